import type { Table } from "./table.ts";
import type { TextArena } from "./text-arena.ts";

/** The first fields of every row that an `IdTable` finds. */
export const idHash = 0;
export const idScope = 1;
export const idText = 2;

/**
 * Finds rows of a table by the text they stand for, within a scope (a channel, a tenant): open
 * addressing with linear probing, at most half full, shifted back on removal. A slot is the row's
 * handle alone; hash, scope and text are in the row.
 */
export class IdTable {
  readonly #rows: Table;
  readonly #texts: TextArena;
  #slots = new Int32Array(256);
  #count = 0;

  constructor(rows: Table, texts: TextArena) {
    this.#rows = rows;
    this.#texts = texts;
  }

  get count(): number {
    return this.#count;
  }

  /** The row of the text in the scratch, or 0. O(1) expected. */
  find(hash: number, scope: number): number {
    const mask = this.#slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const row = this.#slots[at] ?? 0;
      if (row === 0) return 0;
      if (
        this.#rows.get(row, idHash) === hash &&
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
    if (this.#count * 2 > this.#slots.length) this.#grow();
    this.#put(row);
  }

  /** Only the table forgets it: the row keeps its text. */
  remove(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#rows.get(row, idHash) & mask;
    while (slots[at] !== row) at = (at + 1) & mask;
    this.#count -= 1;
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      const other = slots[at] ?? 0;
      if (other === 0) break;
      const home = this.#rows.get(other, idHash) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = other;
      hole = at;
    }
    slots[hole] = 0;
  }

  #put(row: number): void {
    const mask = this.#slots.length - 1;
    let at = this.#rows.get(row, idHash) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = row;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (const row of before) if (row !== 0) this.#put(row);
  }
}
