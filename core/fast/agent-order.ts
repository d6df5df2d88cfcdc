/**
 * The free agents of a queue, for one class of cost, in the order of selection: a binary heap of
 * their places in the queue, by two keys and then by place.
 *
 * Keys may be out of date, as long as they only rise: whoever asks for the first brings that one up
 * to date, and asks again. So an agent's work costs nothing in all the queues in which somebody
 * else is first anyway.
 */
export class AgentOrder {
  /** Places, first the first. */
  readonly #heap: Int32Array;
  /** By place: where in the heap; -1: not in it. */
  readonly #where: Int32Array;
  /** By place, two keys each. */
  readonly #keys: Float64Array;
  #count = 0;

  /** @param places agents of the queue */
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
    this.#keys[2 * place] = a;
    this.#keys[2 * place + 1] = b;
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
