import { bytesOfText } from "../snapshot-format.ts";
import type { SnapshotWriter } from "../snapshot-format.ts";
import type { TextArena } from "./text-arena.ts";

/** Words of a stretch; an entry that is longer has a stretch of its own. */
const stretchBits = 16;
const stretchWords = 1 << stretchBits;
const offsetMask = stretchWords - 1;

/** Words of an entry: scope and kind, then two numbers of 64 bits, then its text as an arena has it. */
const head = 0;
const conversation = 1;
const at = 3;
const text = 5;
const kindBits = 2;
const kindMask = 3;
/** In place of a kind: it was taken out from between others. */
const gone = 3;

/**
 * Entries in the order in which they came, without a link: each stands behind the one before, in
 * stretches of 256 KiB that are given back as the oldest entries go. So what is there is never copied
 * to make room. A handle says stretch and word; 0 is none.
 */
export class IdLog {
  readonly #texts: TextArena;
  /** By number, from 1 on. */
  readonly #stretches: (Int32Array | undefined)[] = [undefined];
  /** Words in use, the stretch behind, and its place in the order. */
  readonly #ends: number[] = [0];
  readonly #behind: number[] = [0];
  readonly #places: number[] = [0];
  readonly #freeNumbers: number[] = [];
  #spare: Int32Array | undefined;
  #firstStretch = 0;
  #lastStretch = 0;
  #placeCount = 0;
  #first = 0;
  /** When what is appended was accepted: as an argument of a call it would be an object of its own. */
  now = 0;
  /** Entries that are gone but still take up room. */
  goneCount = 0;

  constructor(texts: TextArena) {
    this.#texts = texts;
  }

  /** The oldest, or 0. */
  get first(): number {
    return this.#first;
  }

  /** An entry with the text in the scratch, behind all others. */
  append(scope: number, kind: number, number: number): number {
    const size = text + this.#texts.scratchWords;
    let end = this.#ends[this.#lastStretch] ?? 0;
    if (this.#lastStretch === 0 || end + size > stretchWords) {
      this.#begin(size);
      end = 0;
    }
    this.#ends[this.#lastStretch] = end + size;
    const entry = (this.#lastStretch << stretchBits) | end;
    const words = this.#wordsOf(entry);
    words[end + head] = (scope << kindBits) | kind;
    setNumber(words, end + conversation, number);
    setNumber(words, end + at, this.now);
    this.#texts.copyScratch(words, end + text);
    if (this.#first === 0) this.#first = entry;
    return entry;
  }

  /** Take an entry out. O(1) amortised. */
  remove(entry: number): void {
    const words = this.#wordsOf(entry);
    const place = entry & offsetMask;
    words[place + head] = (words[place + head] ?? 0) | gone;
    this.goneCount += 1;
    if (entry === this.#first) this.#advance();
  }

  /** The next that is not gone, or 0. */
  after(entry: number): number {
    let next = this.#following(entry);
    while (next !== 0 && this.isGone(next)) next = this.#following(next);
    return next;
  }

  isGone(entry: number): boolean {
    return this.kindOf(entry) === gone;
  }

  isBefore(a: number, b: number): boolean {
    const placeA = this.#places[a >> stretchBits] ?? 0;
    const placeB = this.#places[b >> stretchBits] ?? 0;
    return placeA === placeB ? a < b : placeA < placeB;
  }

  scopeOf(entry: number): number {
    return (this.#wordsOf(entry)[(entry & offsetMask) + head] ?? 0) >> kindBits;
  }

  kindOf(entry: number): number {
    return (this.#wordsOf(entry)[(entry & offsetMask) + head] ?? 0) & kindMask;
  }

  conversationOf(entry: number): number {
    return numberAt(this.#wordsOf(entry), (entry & offsetMask) + conversation);
  }

  atOf(entry: number): number {
    return numberAt(this.#wordsOf(entry), (entry & offsetMask) + at);
  }

  /** Hash of its text, together with a scope. */
  hashOf(entry: number, scope: number): number {
    return this.#texts.hashOf(this.#wordsOf(entry), (entry & offsetMask) + text, scope);
  }

  hasTextInScratch(entry: number): boolean {
    return this.#texts.isScratchAt(this.#wordsOf(entry), (entry & offsetMask) + text);
  }

  /** Put its text into the scratch; answers the hash of it, together with a scope. */
  textIntoScratch(entry: number, scope: number): number {
    return this.#texts.encodeWords(this.#wordsOf(entry), (entry & offsetMask) + text, scope);
  }

  saveText(entry: number, to: SnapshotWriter): void {
    to.wordsOfText(this.#wordsOf(entry), (entry & offsetMask) + text);
  }

  setScope(entry: number, scope: number): void {
    const words = this.#wordsOf(entry);
    const place = (entry & offsetMask) + head;
    words[place] = (scope << kindBits) | ((words[place] ?? 0) & kindMask);
  }

  /** One entry takes over what another says, but for scope and text. */
  copy(from: number, into: number): void {
    const words = this.#wordsOf(into);
    const place = into & offsetMask;
    words[place + head] = (this.scopeOf(into) << kindBits) | this.kindOf(from);
    setNumber(words, place + conversation, this.conversationOf(from));
    setNumber(words, place + at, this.atOf(from));
  }

  #wordsOf(entry: number): Int32Array {
    return this.#stretches[entry >> stretchBits] ?? nothing;
  }

  /** The next in the log, gone or not. */
  #following(entry: number): number {
    const stretch = entry >> stretchBits;
    const place = entry & offsetMask;
    const textHead = this.#wordsOf(entry)[place + text] ?? 0;
    const end = place + text + 1 + ((bytesOfText(textHead) + 3) >> 2);
    if (end < (this.#ends[stretch] ?? 0)) return (stretch << stretchBits) | end;
    return (this.#behind[stretch] ?? 0) << stretchBits;
  }

  /** Past those that are gone; stretches that are left behind are given back. */
  #advance(): void {
    let entry = this.#first;
    while (entry !== 0 && this.isGone(entry)) {
      this.goneCount -= 1;
      const next = this.#following(entry);
      if (next >> stretchBits !== this.#firstStretch) this.#giveFirst();
      entry = next;
    }
    this.#first = entry;
  }

  #begin(words: number): void {
    const number = this.#freeNumbers.pop() ?? this.#stretches.length;
    const isOrdinary = words <= stretchWords;
    this.#stretches[number] =
      isOrdinary && this.#spare !== undefined
        ? this.#spare
        : new Int32Array(isOrdinary ? stretchWords : words);
    if (isOrdinary) this.#spare = undefined;
    this.#ends[number] = 0;
    this.#behind[number] = 0;
    this.#placeCount += 1;
    this.#places[number] = this.#placeCount;
    if (this.#lastStretch === 0) this.#firstStretch = number;
    else this.#behind[this.#lastStretch] = number;
    this.#lastStretch = number;
  }

  #giveFirst(): void {
    const number = this.#firstStretch;
    const words = this.#stretches[number];
    if (words?.length === stretchWords) this.#spare = words;
    this.#stretches[number] = undefined;
    this.#freeNumbers.push(number);
    this.#firstStretch = this.#behind[number] ?? 0;
    if (this.#firstStretch === 0) this.#lastStretch = 0;
  }
}

const nothing = new Int32Array(0);

/** An integer from 0 to 2^53 − 1 as two words. */
function setNumber(words: Int32Array, place: number, value: number): void {
  words[place] = value;
  words[place + 1] = Math.floor(value / 2 ** 32);
}

function numberAt(words: Int32Array, place: number): number {
  return (words[place + 1] ?? 0) * 2 ** 32 + ((words[place] ?? 0) >>> 0);
}
