import type { SnapshotWriter } from "../snapshot-format.ts";
import { idScope, idText, IdTable } from "./id-table.ts";
import { Table } from "./table.ts";
import type { TextArena } from "./text-arena.ts";

/** Fields of a remembered id's row, after those of `IdTable`: 40 bytes, and the text. */
const width = 10;
const previous = 3;
const next = 4;
const kind = 5;
const conversation = 3;
const at = 4;

/** Directions, the lowest bit of a scope; the rest is the channel's name. */
export const fromCustomer = 0;
export const fromAgent = 1;

/** Ids of accepted writes, oldest first (3.1, FINE-PRINT 29). */
export class RememberedIds {
  readonly #rows = new Table(width);
  readonly #texts: TextArena;
  readonly #byId: IdTable;
  #first = 0;
  #last = 0;
  /** When what is added was accepted: as an argument of a call it would be an object of its own. */
  now = 0;
  /** What was asked for last, and is in the scratch still: it may be remembered now. */
  soughtHash = 0;
  soughtScope = 0;
  found = 0;

  constructor(texts: TextArena) {
    this.#texts = texts;
    this.#byId = new IdTable(this.#rows, texts);
  }

  get count(): number {
    return this.#byId.count;
  }

  /** The oldest, or 0. */
  get oldest(): number {
    return this.#first;
  }

  /** So many are to be added. */
  reserve(ids: number): void {
    this.#rows.reserve(ids);
    this.#byId.reserve(ids);
  }

  /** The row of the id in the scratch, or 0. */
  seek(hash: number, scope: number): number {
    this.soughtHash = hash;
    this.soughtScope = scope;
    this.found = this.#byId.find(hash, scope);
    return this.found;
  }

  /** Remember the id in the scratch, which is not known, as the newest. */
  add(hash: number, scope: number, number: number, kindCode: number): void {
    const row = this.#rows.take();
    this.#byId.add(row, hash, scope);
    this.#rows.setDouble(row, conversation, number);
    this.#rows.setDouble(row, at, this.now);
    this.#rows.set(row, kind, kindCode);
    this.#rows.set(row, previous, this.#last);
    if (this.#last === 0) this.#first = row;
    else this.#rows.set(this.#last, next, row);
    this.#last = row;
  }

  forget(row: number): void {
    const before = this.#rows.get(row, previous);
    const after = this.#rows.get(row, next);
    if (before === 0) this.#first = after;
    else this.#rows.set(before, next, after);
    if (after === 0) this.#last = before;
    else this.#rows.set(after, previous, before);
    this.#byId.remove(row);
    this.#texts.free(this.#rows.get(row, idText));
    this.#rows.give(row);
  }

  nextOf(row: number): number {
    return this.#rows.get(row, next);
  }

  scopeOf(row: number): number {
    return this.#rows.get(row, idScope);
  }

  textOf(row: number): string {
    return this.#texts.load(this.#rows.get(row, idText));
  }

  saveText(row: number, to: SnapshotWriter): void {
    this.#texts.save(this.#rows.get(row, idText), to);
  }

  conversationOf(row: number): number {
    return this.#rows.getDouble(row, conversation);
  }

  atOf(row: number): number {
    return this.#rows.getDouble(row, at);
  }

  kindOf(row: number): number {
    return this.#rows.get(row, kind);
  }

  /**
   * Another channel takes over the ids of one scope. Where it knows an id already, the newer entry
   * takes the place of the older. O(all ids).
   */
  rename(from: number, to: number): void {
    for (let row = this.#first; row !== 0;) {
      // What stays behind in its place is the same row, unless an older one takes it over.
      const before = this.#rows.get(row, previous);
      const isKept = this.scopeOf(row) !== from || this.#renameOne(row, to);
      if (isKept) row = this.nextOf(row);
      else row = before === 0 ? this.#first : this.nextOf(before);
    }
  }

  /** Whether the row is still there. */
  #renameOne(row: number, to: number): boolean {
    const id = this.textOf(row);
    const other = this.#byId.findText(id, to);
    if (other !== 0 && this.#isBefore(other, row)) {
      this.#copy(row, other);
      this.forget(row);
      return false;
    }
    if (other !== 0) {
      this.#copy(other, row);
      this.forget(other);
    }
    this.#byId.remove(row);
    this.#texts.free(this.#rows.get(row, idText));
    const hash = this.#texts.encode(id, to);
    this.#byId.add(row, hash, to);
    return true;
  }

  #copy(from: number, into: number): void {
    this.#rows.setDouble(into, conversation, this.conversationOf(from));
    this.#rows.setDouble(into, at, this.atOf(from));
    this.#rows.set(into, kind, this.kindOf(from));
  }

  #isBefore(a: number, b: number): boolean {
    let row = a;
    while (row !== 0 && row !== b) row = this.nextOf(row);
    return row === b;
  }
}
