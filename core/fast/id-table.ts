import { grown, isFull, newSlots, put, roomFor, take } from "./hash-slots.ts";
import type { Table } from "./table.ts";
import type { TextArena } from "./text-arena.ts";

/** The first fields of every row that an `IdTable` finds. */
export const idHash = 0;
export const idScope = 1;
export const idText = 2;

/**
 * Finds rows of a table by the text they stand for, within a scope (a channel, a tenant). Scope and
 * text are in the row, and the hash too, by which it is removed.
 */
export class IdTable {
  readonly #rows: Table;
  readonly #texts: TextArena;
  #slots = newSlots();
  #count = 0;

  constructor(rows: Table, texts: TextArena) {
    this.#rows = rows;
    this.#texts = texts;
  }

  get count(): number {
    return this.#count;
  }

  /** So many rows are to be added. */
  reserve(rows: number): void {
    this.#slots = roomFor(this.#slots, this.#count + rows);
  }

  /** The row of the text in the scratch, or 0. O(1) expected. */
  find(hash: number, scope: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const row = slots[at] ?? 0;
      if (row === 0) return 0;
      if (
        slots[at + 1] === hash &&
        this.#rows.get(row, idScope) === scope &&
        this.#texts.isInScratch(this.#rows.get(row, idText))
      ) {
        return row;
      }
    }
  }

  findText(text: string, scope: number): number {
    return this.find(this.#texts.encode(text, scope), scope);
  }

  /** Store the text in the scratch in the row, and the row in the table. */
  add(row: number, hash: number, scope: number): void {
    this.#rows.set(row, idHash, hash);
    this.#rows.set(row, idScope, scope);
    this.#rows.set(row, idText, this.#texts.store());
    this.#count += 1;
    if (isFull(this.#slots, this.#count)) this.#slots = grown(this.#slots);
    put(this.#slots, row, hash);
  }

  /** Only the table forgets it: the row keeps its text. */
  remove(row: number): void {
    this.#count -= 1;
    take(this.#slots, row, this.#rows.get(row, idHash));
  }
}
