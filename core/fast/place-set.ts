/**
 * A set of places in a queue, asked for the next one from a place on: a bit each, and a bit for
 * each word of 32 that is not empty. O(1) to change, O(places / 1024) to find the next.
 */
export class PlaceSet {
  readonly #words: Int32Array;
  readonly #summary: Int32Array;

  constructor(places: number) {
    this.#words = new Int32Array((places + 31) >> 5);
    this.#summary = new Int32Array((this.#words.length + 31) >> 5);
  }

  has(place: number): boolean {
    return ((this.#words[place >> 5] ?? 0) & (1 << (place & 31))) !== 0;
  }

  add(place: number): void {
    const word = place >> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (place & 31));
    this.#summary[word >> 5] = (this.#summary[word >> 5] ?? 0) | (1 << (word & 31));
  }

  remove(place: number): void {
    const word = place >> 5;
    const left = (this.#words[word] ?? 0) & ~(1 << (place & 31));
    this.#words[word] = left;
    if (left !== 0) return;
    this.#summary[word >> 5] = (this.#summary[word >> 5] ?? 0) & ~(1 << (word & 31));
  }

  /** The first place of the set from this one on, or -1. */
  next(from: number): number {
    const word = from >> 5;
    const left = (this.#words[word] ?? 0) & (-1 << (from & 31));
    if (left !== 0) return (word << 5) + lowestBit(left);
    const following = nextIn(this.#summary, word + 1);
    return following < 0 ? -1 : (following << 5) + lowestBit(this.#words[following] ?? 0);
  }
}

function nextIn(words: Int32Array, from: number): number {
  let at = from >> 5;
  let left = (words[at] ?? 0) & (-1 << (from & 31));
  while (left === 0) {
    at += 1;
    if (at >= words.length) return -1;
    left = words[at] ?? 0;
  }
  return (at << 5) + lowestBit(left);
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
