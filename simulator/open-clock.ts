/** Open time of one calendar: how many of its milliseconds lie before an instant. */
export class OpenClock {
  readonly #flips: readonly number[];
  readonly #openFirst: boolean;
  /** Open ms from `from` to each flip. */
  readonly #before: Float64Array;
  readonly #from: number;

  /** @param flips instants after `from` at which open and closed change, ascending */
  constructor(from: number, open: boolean, flips: readonly number[]) {
    this.#from = from;
    this.#openFirst = open;
    this.#flips = flips;
    this.#before = new Float64Array(flips.length);
    let sum = 0;
    let last = from;
    for (const [index, flip] of flips.entries()) {
      if (this.#openAfter(index)) sum += flip - last;
      this.#before[index] = sum;
      last = flip;
    }
  }

  /** Open ms in [from, to); `from` may lie after `to`, which gives 0 or less. */
  between(from: number, to: number): number {
    return this.#upTo(to) - this.#upTo(from);
  }

  isOpen(at: number): boolean {
    return this.#openAfter(this.#flipsUpTo(at));
  }

  /** Every open stretch that touches [from, to), cut to it. */
  stretches(from: number, to: number): readonly { readonly from: number; readonly to: number }[] {
    const marks = [from, ...this.#flips.filter((flip) => flip > from && flip < to), to];
    return marks
      .slice(1)
      .map((end, index) => ({ from: marks[index] ?? from, to: end }))
      .filter((stretch) => this.isOpen(stretch.from));
  }

  #upTo(at: number): number {
    const count = this.#flipsUpTo(at);
    const last = count === 0 ? this.#from : (this.#flips[count - 1] ?? 0);
    const before = count === 0 ? 0 : (this.#before[count - 1] ?? 0);
    return this.#openAfter(count) ? before + at - last : before;
  }

  /** Whether it is open after so many flips. */
  #openAfter(count: number): boolean {
    return count % 2 === 0 ? this.#openFirst : !this.#openFirst;
  }

  #flipsUpTo(at: number): number {
    let low = 0;
    let high = this.#flips.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#flips[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
