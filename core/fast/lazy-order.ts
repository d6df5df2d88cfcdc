/**
 * Small numbers (an agent's place in a queue, a clock) in the order of two keys, and then of the
 * numbers: a binary heap, with the place of each in it.
 *
 * Keys may be out of date, as long as they only rise: whoever asks for the first brings that one up
 * to date, and asks again. So an agent's work costs nothing in all the queues in which somebody
 * else is first anyway.
 */
export class LazyOrder {
  /** Places, first the first. */
  #heap: Int32Array;
  /** By place: where in the heap; -1: not in it. */
  #where: Int32Array;
  /** By place, two keys each. */
  #keys: Float64Array;
  #count = 0;
  /** Arguments: a number of 64 bits in a field is no object of its own. */
  limit = 0;
  key = 0;

  /** @param places how many there are to be; more make it grow */
  constructor(places: number) {
    this.#heap = new Int32Array(places);
    this.#where = new Int32Array(places).fill(-1);
    this.#keys = new Float64Array(2 * places);
  }

  has(place: number): boolean {
    return (this.#where[place] ?? -1) >= 0;
  }

  /** The first place, or -1. */
  first(): number {
    return this.#count === 0 ? -1 : (this.#heap[0] ?? -1);
  }

  firstKeyOf(place: number): number {
    return this.#keys[2 * place] ?? Infinity;
  }

  /** The first key of the first place, into `key`; Infinity if there is none. */
  findFirstKey(): void {
    if (this.#count === 0) this.key = Infinity;
    else this.key = this.#keys[2 * (this.#heap[0] ?? 0)] ?? 0;
  }

  /** The second key. */
  keyOf(place: number): number {
    return this.#keys[2 * place + 1] ?? 0;
  }

  /** The first has a higher second key by now: put it where it belongs. O(log n). */
  putBackFirst(place: number, b: number): void {
    this.#keys[2 * place + 1] = b;
    this.#sink(place, 0);
  }

  /** Put in, or put where these keys belong. O(log n). */
  put(place: number, a: number, b: number): void {
    if (place >= this.#where.length) this.#grow(place + 1);
    this.#keys[2 * place] = a;
    this.#keys[2 * place + 1] = b;
    this.#arrange(place);
  }

  #arrange(place: number): void {
    let at = this.#where[place] ?? -1;
    if (at < 0) {
      at = this.#count;
      this.#count += 1;
    }
    this.#sink(place, this.#rise(place, at));
  }

  /** Take the first out. O(log n). */
  removeFirst(): void {
    const place = this.#heap[0] ?? 0;
    this.#where[place] = -1;
    this.#count -= 1;
    if (this.#count > 0) this.#sink(this.#heap[this.#count] ?? 0, 0);
  }

  /** Append those whose first key is at most `limit`. O(as many). */
  upToLimit(into: number[]): void {
    this.#collect(into, 0);
  }

  /** Put in, or put where `key` belongs as its first key. O(log n). */
  putByKey(place: number): void {
    if (place >= this.#where.length) this.#grow(place + 1);
    this.#keys[2 * place] = this.key;
    this.#arrange(place);
  }

  #collect(into: number[], at: number): void {
    if (at >= this.#count) return;
    const place = this.#heap[at] ?? 0;
    if (this.firstKeyOf(place) > this.limit) return;
    into.push(place);
    this.#collect(into, 2 * at + 1);
    this.#collect(into, 2 * at + 2);
  }

  #grow(places: number): void {
    const before = this.#where.length;
    const after = Math.max(places, 2 * before);
    const [heap, where, keys] = [this.#heap, this.#where, this.#keys];
    this.#heap = new Int32Array(after);
    this.#heap.set(heap);
    this.#where = new Int32Array(after).fill(-1, before);
    this.#where.set(where);
    this.#keys = new Float64Array(2 * after);
    this.#keys.set(keys);
  }

  #goesBefore(one: number, other: number): boolean {
    const keys = this.#keys;
    const a = keys[2 * one] ?? 0;
    const otherA = keys[2 * other] ?? 0;
    if (a !== otherA) return a < otherA;
    const b = keys[2 * one + 1] ?? 0;
    const otherB = keys[2 * other + 1] ?? 0;
    return b === otherB ? one < other : b < otherB;
  }

  /** Up from a gap, as far as it goes; answers the gap then. */
  #rise(place: number, from: number): number {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above] ?? 0;
      if (!this.#goesBefore(place, other)) break;
      heap[at] = other;
      this.#where[other] = at;
      at = above;
    }
    return at;
  }

  /** Down from a gap, as far as it goes, and into the gap then. */
  #sink(place: number, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#count) break;
      let other = heap[below] ?? 0;
      if (below + 1 < this.#count && this.#goesBefore(heap[below + 1] ?? 0, other)) {
        below += 1;
        other = heap[below] ?? 0;
      }
      if (!this.#goesBefore(other, place)) break;
      heap[at] = other;
      this.#where[other] = at;
      at = below;
    }
    heap[at] = place;
    this.#where[place] = at;
  }
}
