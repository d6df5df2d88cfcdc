import type { Table } from "./table.ts";

/** Finds rows by the number (a 64-bit field) they stand for; built as `IdTable` is. */
export class NumberTable {
  readonly #rows: Table;
  readonly #field: number;
  #slots = new Int32Array(256);
  #count = 0;

  constructor(rows: Table, field: number) {
    this.#rows = rows;
    this.#field = field;
  }

  /** The row, or 0. O(1) expected. */
  find(number: number): number {
    const mask = this.#slots.length - 1;
    for (let at = hashOf(number) & mask; ; at = (at + 1) & mask) {
      const row = this.#slots[at] ?? 0;
      if (row === 0 || this.#rows.getDouble(row, this.#field) === number) return row;
    }
  }

  add(row: number): void {
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    this.#put(row);
  }

  remove(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#homeOf(row) & mask;
    while (slots[at] !== row) at = (at + 1) & mask;
    this.#count -= 1;
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      const other = slots[at] ?? 0;
      if (other === 0) break;
      const home = this.#homeOf(other) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = other;
      hole = at;
    }
    slots[hole] = 0;
  }

  #homeOf(row: number): number {
    return hashOf(this.#rows.getDouble(row, this.#field));
  }

  #put(row: number): void {
    const mask = this.#slots.length - 1;
    let at = this.#homeOf(row) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = row;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (const row of before) if (row !== 0) this.#put(row);
  }
}

/** Spread: of numbers given out in order one long run would form, walked whole at each removal. */
function hashOf(number: number): number {
  const mixed = Math.imul(number, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
