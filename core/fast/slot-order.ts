/**
 * The timers of one coarse slot of a wheel by due time, for whoever has to know the exact first of
 * many: a binary heap from which nothing is removed. The wheel drops what has left the slot when it
 * comes first. Built in O(timers) when it is asked for, O(log n) amortised from then on.
 */
export class SlotOrder {
  #timers = new Int32Array(64);
  #dues = new Float64Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(timer: number, due: number): void {
    if (this.#count === this.#timers.length) this.#grow();
    let at = this.#count;
    this.#count += 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((this.#dues[above] ?? 0) <= due) break;
      this.#set(at, this.#timers[above] ?? 0, this.#dues[above] ?? 0);
      at = above;
    }
    this.#set(at, timer, due);
  }

  /** The first timer; 0: none. */
  first(): number {
    return this.#count === 0 ? 0 : (this.#timers[0] ?? 0);
  }

  /** What the first was due at when it was added. */
  firstDue(): number {
    return this.#count === 0 ? Infinity : (this.#dues[0] ?? Infinity);
  }

  dropFirst(): void {
    this.#count -= 1;
    const timer = this.#timers[this.#count] ?? 0;
    const due = this.#dues[this.#count] ?? 0;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#count) break;
      if (below + 1 < this.#count && (this.#dues[below + 1] ?? 0) < (this.#dues[below] ?? 0)) {
        below += 1;
      }
      if ((this.#dues[below] ?? 0) >= due) break;
      this.#set(at, this.#timers[below] ?? 0, this.#dues[below] ?? 0);
      at = below;
    }
    this.#set(at, timer, due);
  }

  #set(at: number, timer: number, due: number): void {
    this.#timers[at] = timer;
    this.#dues[at] = due;
  }

  #grow(): void {
    const timers = new Int32Array(2 * this.#timers.length);
    timers.set(this.#timers);
    this.#timers = timers;
    const dues = new Float64Array(timers.length);
    dues.set(this.#dues);
    this.#dues = dues;
  }
}
