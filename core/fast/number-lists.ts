import { Table } from "./table.ts";

const width = 4;
const value = 0;
const next = 2;

/**
 * Short lists of numbers, oldest first, in shared rows of 16 bytes. Whoever owns a list keeps its
 * first and last handle in two fields of a row of their own.
 */
export class NumberLists {
  readonly #nodes = new Table(width);

  /** Append to the list whose first and last node stand in these fields of the owner's row. */
  push(owner: Table, row: number, first: number, number: number): void {
    const node = this.#nodes.take();
    this.#nodes.setDouble(node, value, number);
    const last = owner.get(row, first + 1);
    if (last === 0) owner.set(row, first, node);
    else this.#nodes.set(last, next, node);
    owner.set(row, first + 1, node);
  }

  /** Take the oldest; 0 from an empty list. */
  shift(owner: Table, row: number, first: number): number {
    const node = owner.get(row, first);
    if (node === 0) return 0;
    const number = this.valueOf(node);
    const following = this.#nodes.get(node, next);
    owner.set(row, first, following);
    if (following === 0) owner.set(row, first + 1, 0);
    this.#nodes.give(node);
    return number;
  }

  clear(owner: Table, row: number, first: number): void {
    let node = owner.get(row, first);
    while (node !== 0) {
      const following = this.#nodes.get(node, next);
      this.#nodes.give(node);
      node = following;
    }
    owner.set(row, first, 0);
    owner.set(row, first + 1, 0);
  }

  /** 0 for no node. */
  valueOf(node: number): number {
    return node === 0 ? 0 : this.#nodes.getDouble(node, value);
  }

  toArray(first: number): number[] {
    const numbers: number[] = [];
    for (let node = first; node !== 0; node = this.#nodes.get(node, next)) {
      numbers.push(this.valueOf(node));
    }
    return numbers;
  }
}
