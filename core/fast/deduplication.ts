import type { SnapshotWriter } from "../snapshot-format.ts";
import { grown, isFull, newSlots, put, roomFor, take } from "./hash-slots.ts";
import { IdLog } from "./id-log.ts";
import type { TextArena } from "./text-arena.ts";

/** Directions, the lowest bit of a scope; the rest is the channel's name. */
export const fromCustomer = 0;
export const fromAgent = 1;

/** So many entries may be gone from between others before the log is written anew. */
const goneMax = 4096;

/**
 * Ids of accepted writes, oldest first (3.1, FINE-PRINT 29): 20 bytes and the text in a log, and 12 to
 * 24 bytes in slots. They nearly always go as they came, so they need no links.
 */
export class RememberedIds {
  readonly #texts: TextArena;
  #log: IdLog;
  #slots = newSlots();
  #count = 0;
  /** When what is added was accepted: as an argument of a call it would be an object of its own. */
  now = 0;
  /** What was asked for last, and is in the scratch still: it may be remembered now. */
  soughtHash = 0;
  soughtScope = 0;
  found = 0;

  constructor(texts: TextArena) {
    this.#texts = texts;
    this.#log = new IdLog(texts);
  }

  get count(): number {
    return this.#count;
  }

  /** The oldest, or 0. */
  get oldest(): number {
    return this.#log.first;
  }

  /** So many are to be added. */
  reserve(ids: number): void {
    this.#slots = roomFor(this.#slots, this.#count + ids);
  }

  /** The id in the scratch, or 0. O(1) expected. */
  seek(hash: number, scope: number): number {
    this.soughtHash = hash;
    this.soughtScope = scope;
    this.found = this.#find(hash, scope);
    return this.found;
  }

  /** Remember the id in the scratch, which is not known, as the newest. */
  add(hash: number, scope: number, number: number, kindCode: number): void {
    this.#count += 1;
    if (isFull(this.#slots, this.#count)) this.#slots = grown(this.#slots);
    this.#log.now = this.now;
    put(this.#slots, this.#log.append(scope, kindCode, number), hash);
  }

  forget(entry: number): void {
    this.#count -= 1;
    take(this.#slots, entry, this.#log.hashOf(entry, this.scopeOf(entry)));
    this.#log.remove(entry);
  }

  nextOf(entry: number): number {
    return this.#log.after(entry);
  }

  scopeOf(entry: number): number {
    return this.#log.scopeOf(entry);
  }

  saveText(entry: number, to: SnapshotWriter): void {
    this.#log.saveText(entry, to);
  }

  conversationOf(entry: number): number {
    return this.#log.conversationOf(entry);
  }

  atOf(entry: number): number {
    return this.#log.atOf(entry);
  }

  kindOf(entry: number): number {
    return this.#log.kindOf(entry);
  }

  /**
   * Where many were forgotten from between others, give their room back. O(all ids), once in as many
   * forgotten ones; no entry keeps its handle.
   */
  tidy(): void {
    if (this.#log.goneCount <= goneMax + this.#count) return;
    const old = this.#log;
    this.#log = new IdLog(this.#texts);
    this.#slots = newSlots();
    this.#count = 0;
    this.found = 0;
    for (let entry = old.first; entry !== 0; entry = old.after(entry)) {
      const scope = old.scopeOf(entry);
      const hash = old.textIntoScratch(entry, scope);
      this.now = old.atOf(entry);
      this.add(hash, scope, old.conversationOf(entry), old.kindOf(entry));
    }
  }

  /**
   * Another channel takes over the ids of one scope. Where it knows an id already, the newer entry
   * takes the place of the older. O(all ids).
   */
  rename(from: number, to: number): void {
    const log = this.#log;
    for (let entry = log.first; entry !== 0;) {
      // Behind one that is forgotten; the next may be forgotten itself, and still knows its own next.
      const next = log.after(entry);
      if (log.scopeOf(entry) === from) this.#renameOne(entry, to);
      entry = next;
    }
    this.tidy();
  }

  #renameOne(entry: number, to: number): void {
    const log = this.#log;
    const hash = log.textIntoScratch(entry, to);
    const other = this.#find(hash, to);
    if (other !== 0 && log.isBefore(other, entry)) {
      log.copy(entry, other);
      this.forget(entry);
      return;
    }
    if (other !== 0) {
      log.copy(other, entry);
      this.forget(other);
    }
    take(this.#slots, entry, log.hashOf(entry, log.scopeOf(entry)));
    log.setScope(entry, to);
    put(this.#slots, entry, hash);
  }

  #find(hash: number, scope: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const entry = slots[at] ?? 0;
      if (entry === 0) return 0;
      if (slots[at + 1] !== hash || this.#log.scopeOf(entry) !== scope) continue;
      if (this.#log.hasTextInScratch(entry)) return entry;
    }
  }
}
