import { bytesOfText, type SnapshotReader, type SnapshotWriter } from "../snapshot-format.ts";

const wide = 1;
/** Units read at a time. */
const piece = 256;

/** A text; or two words that stand for one of eight characters, so that none need be made. */
export interface TextOrWords {
  /** Undefined: the words are the text. */
  text: string | undefined;
  high: number;
  low: number;
}

/**
 * Texts from outside as words in one growing piece of memory: a header (length in UTF-16 units, and
 * whether any is above U+00FF), then one byte a unit, or two. Every string comes back as it was.
 * What is freed is taken again by a text of as many words.
 *
 * A text to be looked up is encoded into the scratch first; most are found, and never stored.
 */
export class TextArena {
  #words = new Int32Array(1024);
  #size = 1;
  /** By number of words: the first free piece of that size, each naming the next. */
  readonly #free: number[] = [];
  #scratch = new Int32Array(64);
  #scratchWords = 0;
  /** By length. */
  readonly #units: (number[] | undefined)[] = [];

  /** Put the text into the scratch; answers its hash together with `scope`. O(length). */
  encode(text: string, scope: number): number {
    const { length } = text;
    if (length * 2 + 8 > this.#scratch.length * 4) this.#scratch = new Int32Array(length);
    let words = 1;
    let bits = 0;
    let word = 0;
    const scratch = this.#scratch;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0xff) return this.#encodeWide(text, scope);
      word |= unit << bits;
      bits += 8;
      if (bits === 32) {
        scratch[words] = word;
        words += 1;
        word = 0;
        bits = 0;
      }
    }
    if (bits > 0) {
      scratch[words] = word;
      words += 1;
    }
    scratch[0] = length << 1;
    this.#scratchWords = words;
    return this.#hash(scope);
  }

  /** The same of a text that may be two words already. */
  encodeEither({ text, high, low }: TextOrWords, scope: number): number {
    if (text !== undefined) return this.encode(text, scope);
    this.#scratch[0] = 8 << 1;
    this.#scratch[1] = high;
    this.#scratch[2] = low;
    this.#scratchWords = 3;
    return this.#hash(scope);
  }

  /** The same of the text that comes next in a snapshot. */
  encodeSaved(from: SnapshotReader, scope: number): number {
    const words = from.wordsAhead();
    if (words > this.#scratch.length) this.#scratch = new Int32Array(words * 2);
    this.#scratchWords = from.textInto(this.#scratch);
    return this.#hash(scope);
  }

  /** Write a stored text into a snapshot, which has its units in the same order. */
  save(at: number, to: SnapshotWriter): void {
    to.wordsOfText(this.#words, at);
  }

  /** The same of a text in words of somebody else. */
  encodeWords(words: Int32Array, at: number, scope: number): number {
    const count = wordsOf(words[at] ?? 0);
    if (count > this.#scratch.length) this.#scratch = new Int32Array(count * 2);
    for (let index = 0; index < count; index += 1) this.#scratch[index] = words[at + index] ?? 0;
    this.#scratchWords = count;
    return this.#hash(scope);
  }

  /** How many words the text in the scratch takes. */
  get scratchWords(): number {
    return this.#scratchWords;
  }

  /** What is in the scratch into words of somebody else. */
  copyScratch(into: Int32Array, at: number): void {
    for (let index = 0; index < this.#scratchWords; index += 1) {
      into[at + index] = this.#scratch[index] ?? 0;
    }
  }

  /** Whether the text there is the one in the scratch. */
  isScratchAt(words: Int32Array, at: number): boolean {
    for (let index = 0; index < this.#scratchWords; index += 1) {
      if (words[at + index] !== this.#scratch[index]) return false;
    }
    return true;
  }

  /** Hash of a text in words of somebody else, as `encode` gives it. */
  hashOf(words: Int32Array, at: number, scope: number): number {
    return hash(words, at, wordsOf(words[at] ?? 0), scope);
  }

  /** Keep what is in the scratch; answers where. */
  store(): number {
    const at = this.#take(this.#scratchWords);
    for (let index = 0; index < this.#scratchWords; index += 1) {
      this.#words[at + index] = this.#scratch[index] ?? 0;
    }
    return at;
  }

  free(at: number): void {
    const count = wordsOf(this.#words[at] ?? 0);
    this.#words[at] = this.#free[count] ?? 0;
    this.#free[count] = at;
  }

  isInScratch(at: number): boolean {
    return this.isScratchAt(this.#words, at);
  }

  load(at: number): string {
    const header = this.#words[at] ?? 0;
    const length = header >> 1;
    const isWide = (header & wide) !== 0;
    let text = "";
    for (let from = 0; from < length; from += piece) {
      const units = this.#unitsOf(Math.min(piece, length - from));
      for (let index = 0; index < units.length; index += 1) {
        const unit = from + index;
        units[index] = isWide
          ? ((this.#words[at + 1 + (unit >> 1)] ?? 0) >>> (16 * (unit & 1))) & 0xffff
          : ((this.#words[at + 1 + (unit >> 2)] ?? 0) >>> (8 * (unit & 3))) & 0xff;
      }
      const part = String.fromCharCode(...units);
      text = from === 0 ? part : text + part;
    }
    return text;
  }

  /** A list of so many units, to be filled and read at once. */
  #unitsOf(length: number): number[] {
    const known = this.#units[length];
    if (known !== undefined) return known;
    const units = Array.from({ length }, () => 0);
    this.#units[length] = units;
    return units;
  }

  #encodeWide(text: string, scope: number): number {
    const { length } = text;
    const words = 1 + ((length + 1) >> 1);
    const scratch = this.#scratch; // `encode` has made room
    scratch[0] = (length << 1) | wide;
    for (let index = 0; index < length; index += 2) {
      const second = index + 1 < length ? text.charCodeAt(index + 1) : 0;
      scratch[1 + (index >> 1)] = text.charCodeAt(index) | (second << 16);
    }
    this.#scratchWords = words;
    return this.#hash(scope);
  }

  #hash(scope: number): number {
    return hash(this.#scratch, 0, this.#scratchWords, scope);
  }

  #take(count: number): number {
    const free = this.#free[count] ?? 0;
    if (free !== 0) {
      this.#free[count] = this.#words[free] ?? 0;
      return free;
    }
    while (this.#free.length <= count) this.#free.push(0);
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#words.length) {
      const grown = new Int32Array(Math.max(this.#size, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    return at;
  }
}

function hash(words: Int32Array, at: number, count: number, scope: number): number {
  let mixed = Math.imul(scope ^ 0x27d4eb2f, 0x85ebca6b);
  for (let index = 0; index < count; index += 1) {
    mixed = Math.imul(mixed ^ (words[at + index] ?? 0), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Words of a text, its head included. */
function wordsOf(head: number): number {
  return 1 + ((bytesOfText(head) + 3) >> 2);
}
