import { grown, isFull, newSlots, put, roomFor, take } from "./hash-slots.ts";
import type { Table } from "./table.ts";

/** Finds rows by the number (a 64-bit field) they stand for. */
export class NumberTable {
  readonly #rows: Table;
  readonly #field: number;
  #slots = newSlots();
  #count = 0;

  constructor(rows: Table, field: number) {
    this.#rows = rows;
    this.#field = field;
  }

  /** So many rows are to be added. */
  reserve(rows: number): void {
    this.#slots = roomFor(this.#slots, this.#count + rows);
  }

  /** The row, or 0. O(1) expected. */
  find(number: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(number);
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const row = slots[at] ?? 0;
      if (row === 0) return 0;
      if (slots[at + 1] === hash && this.#rows.getDouble(row, this.#field) === number) return row;
    }
  }

  add(row: number): void {
    this.#count += 1;
    if (isFull(this.#slots, this.#count)) this.#slots = grown(this.#slots);
    put(this.#slots, row, this.#hashOfRow(row));
  }

  remove(row: number): void {
    this.#count -= 1;
    take(this.#slots, row, this.#hashOfRow(row));
  }

  #hashOfRow(row: number): number {
    return hashOf(this.#rows.getDouble(row, this.#field));
  }
}

/** Spread: of numbers given out in order one long run would form, walked whole at each removal. */
function hashOf(number: number): number {
  const mixed = Math.imul(number, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
