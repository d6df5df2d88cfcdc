import type { UniformSource } from "../random.ts";
import { exponentialStep, type ArrivalProcess } from "./process.ts";

/**
 * A rate that is constant between breakpoints and zero outside them, with its integral.
 */
export class RateSteps {
  readonly #starts: Float64Array;
  readonly #rates: Float64Array;
  /** The integral of the rate up to each start. */
  readonly #cumulative: Float64Array;

  /**
   * @param starts ascending; `rates[i]` holds from `starts[i]` to `starts[i + 1]`, so there is one
   *   start more than rates
   */
  constructor(starts: ArrayLike<number>, rates: ArrayLike<number>) {
    this.#starts = Float64Array.from(starts);
    this.#rates = Float64Array.from(rates);
    this.#cumulative = new Float64Array(this.#starts.length);
    for (let index = 0; index < this.#rates.length; index += 1) {
      const width = (this.#starts[index + 1] ?? 0) - (this.#starts[index] ?? 0);
      this.#cumulative[index + 1] =
        (this.#cumulative[index] ?? 0) + width * (this.#rates[index] ?? 0);
    }
  }

  /** The rate at t. Complexity: O(log steps). */
  rate(t: number): number {
    const index = lastAtMost(this.#starts, t);
    return index < 0 ? 0 : (this.#rates[index] ?? 0);
  }

  /** The largest rate of any step. */
  highest(): number {
    return this.#rates.reduce((highest, rate) => Math.max(highest, rate), 0);
  }

  /** The expected number up to t. */
  cumulative(t: number): number {
    const index = lastAtMost(this.#starts, t);
    if (index < 0) return 0;
    const rate = this.#rates[index];
    const base = this.#cumulative[index] ?? 0;
    return rate === undefined ? base : base + rate * (t - (this.#starts[index] ?? 0));
  }

  /** The first t at which the expected number reaches `level`; infinite where it never does. */
  inverse(level: number): number {
    const index = this.stepAt(level, 0);
    return index < 0 ? Number.POSITIVE_INFINITY : this.timeIn(index, level);
  }

  /** The step in which `level` is reached, searched onwards from `step`; −1 beyond the end. */
  stepAt(level: number, step: number): number {
    for (let index = step; index < this.#rates.length; index += 1) {
      if (level < (this.#cumulative[index + 1] ?? 0)) return index;
    }
    return -1;
  }

  /** The time within a step at which `level` is reached. */
  timeIn(step: number, level: number): number {
    const above = level - (this.#cumulative[step] ?? 0);
    return (this.#starts[step] ?? 0) + above / (this.#rates[step] ?? 1);
  }
}

/**
 * Poisson arrivals at a stepwise rate, by exact inversion of the cumulative rate: arrivals of a
 * unit-rate process are mapped through its inverse, so nothing is redrawn where the rate changes.
 * E = Var = Λ(from, to), IDC = 1.
 *
 * Source: Çinlar, Introduction to Stochastic Processes (1975), section 4.7.
 */
export function inhomogeneousPoisson(steps: RateSteps): ArrivalProcess {
  const mean = (from: number, to: number): number => steps.cumulative(to) - steps.cumulative(from);
  return {
    mean,
    variance: mean,
    arrivals(source, from, to) {
      const times: number[] = [];
      let level = steps.cumulative(from) + exponentialStep(source);
      let step = steps.stepAt(level, 0);
      while (step >= 0) {
        const t = steps.timeIn(step, level);
        if (t >= to) break;
        times.push(t);
        level += exponentialStep(source);
        step = steps.stepAt(level, step);
      }
      return times;
    },
  };
}

/**
 * The same law as {@link inhomogeneousPoisson} by thinning: candidates at the highest rate, each
 * kept with probability rate(t) / highest. Slower; it is here to check the inversion.
 *
 * Source: Lewis & Shedler, Naval Research Logistics Quarterly 26 (1979).
 */
export function thinnedPoisson(steps: RateSteps): ArrivalProcess {
  const exact = inhomogeneousPoisson(steps);
  return {
    mean: exact.mean,
    variance: exact.variance,
    arrivals(source: UniformSource, from, to) {
      const times: number[] = [];
      const highest = steps.highest();
      if (highest <= 0) return times;
      for (let t = from + exponentialStep(source) / highest; t < to;) {
        if (source.next() * highest < steps.rate(t)) times.push(t);
        t += exponentialStep(source) / highest;
      }
      return times;
    },
  };
}

function lastAtMost(sorted: Float64Array, t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
