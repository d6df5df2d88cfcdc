import { KeyedRandom, purposes } from "./keyed-random.ts";
import { betaQuantile, studentQuantile } from "./special-functions.ts";

/**
 * An estimate and what the replications say about its error. The unit is always the replication,
 * never a day or a message inside it.
 */
export interface Interval {
  readonly estimate: number;
  /** NaN where one replication leaves nothing to say. */
  readonly low: number;
  readonly high: number;
  readonly method:
    | "t"
    | "delta"
    | "clopper-pearson on replications"
    | "bootstrap of replications"
    | "none";
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Sample variance (n − 1); NaN below two values. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}

/** Student's t interval for the mean of the replications' values. */
export function meanInterval(values: readonly number[], confidence: number): Interval {
  const estimate = mean(values);
  if (values.length < 2) return unknown(estimate);
  const half = tFactor(values.length, confidence) * Math.sqrt(variance(values) / values.length);
  return { estimate, low: estimate - half, high: estimate + half, method: "t" };
}

/**
 * The ratio of expectations Σ x / Σ y by the delta method over replications, kept within [0, 1] if
 * `share`. 0/0 is `empty`.
 *
 * Fewer than ten events in all (as many as `x` counts, or as many as it lacks) leave no normal law
 * to lean on: then the bound is Clopper–Pearson's for the share of replications with any event,
 * times the largest share of events seen in one (at least one event).
 */
export function ratioInterval(
  x: readonly number[],
  y: readonly number[],
  confidence: number,
  { share, empty }: { readonly share: boolean; readonly empty: number },
): Interval {
  const total = sum(y);
  if (total === 0) return unknown(empty);
  const estimate = sum(x) / total;
  const n = x.length;
  if (n < 2) return unknown(estimate);
  if (share && sum(x) < 10) return rareInterval(x, y, estimate, confidence);
  if (share && total - sum(x) < 10) {
    const lacking = x.map((value, index) => (y[index] ?? 0) - value);
    const { low, high, method } = rareInterval(lacking, y, 1 - estimate, confidence);
    return { estimate, low: 1 - high, high: 1 - low, method };
  }
  const residuals = x.map((value, index) => (value - estimate * (y[index] ?? 0)) ** 2);
  const error = Math.sqrt(sum(residuals) / (n - 1) / n) / (total / n);
  const half = tFactor(n, confidence) * error;
  const [least, most] = share ? [0, 1] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    estimate,
    low: Math.max(least, estimate - half),
    high: Math.min(most, estimate + half),
    method: "delta",
  };
}

function rareInterval(
  events: readonly number[],
  counts: readonly number[],
  estimate: number,
  confidence: number,
): Interval {
  const touched = events.filter((count) => count > 0).length;
  const bound = clopperPearson(touched, events.length, confidence);
  const one = 1 / (sum(counts) / counts.length);
  const largest = Math.max(
    ...events.map((count, index) => count / Math.max(1, counts[index] ?? 0)),
  );
  return {
    estimate,
    low: Math.min(estimate, bound.low * one),
    high: Math.min(1, Math.max(estimate, bound.high * Math.max(one, largest))),
    method: "clopper-pearson on replications",
  };
}

/** The exact interval for a probability after `successes` of `trials`. */
export function clopperPearson(
  successes: number,
  trials: number,
  confidence: number,
): { readonly low: number; readonly high: number } {
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(successes, trials - successes + 1, tail),
    high: successes === trials ? 1 : betaQuantile(successes + 1, trials - successes, 1 - tail),
  };
}

/**
 * The q-quantile of a sorted sample: its ⌈q n⌉-th value, so that infinite values count as the
 * largest and are never averaged with others. NaN of an empty sample.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
  return sorted[rank - 1] ?? Number.NaN;
}

const resamples = 400;

/**
 * A quantile of all replications together, with the percentile interval of resampled replications.
 *
 * @param samples one sorted sample a replication, infinite values last
 * @param pooled all of them as one, sorted, where the caller has it already
 */
export function quantileInterval(
  samples: readonly Float64Array[],
  q: number,
  confidence: number,
  pooled: Float64Array = pool(samples),
): Interval {
  const estimate = quantile(pooled, q);
  const n = samples.length;
  if (n < 2 || pooled.length === 0) return unknown(estimate);
  const [drawn = new Float64Array()] = resampledQuantiles([samples], q, [pooled]);
  const ordered = drawn.toSorted();
  const tail = (1 - confidence) / 2;
  return {
    estimate,
    low: quantile(ordered, tail),
    high: quantile(ordered, 1 - tail),
    method: "bootstrap of replications",
  };
}

/**
 * The q-quantile of each of several runs in every resample of their replications; all runs take the
 * same replications in a resample. Nothing where there is but one replication.
 *
 * @param runs the same number of sorted samples each, one a replication
 * @param pooled each run's samples as one, sorted, where the caller has them already
 */
export function resampledQuantiles(
  runs: readonly (readonly Float64Array[])[],
  q: number,
  pooled: readonly Float64Array[] = runs.map(pool),
): readonly Float64Array[] {
  const n = runs[0]?.length ?? 0;
  if (n < 2) return [];
  const random = new KeyedRandom(0, 0).at(0, n, purposes.bootstrap);
  const weights = new Int32Array(n);
  const drawn = runs.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let pick = 0; pick < n; pick += 1) {
      const chosen = Math.floor(random.next() * n);
      weights[chosen] = (weights[chosen] ?? 0) + 1;
    }
    for (const [run, samples] of runs.entries()) {
      const found = weightedQuantile(samples, weights, pooled[run] ?? new Float64Array(), q);
      drawn[run]?.fill(found, resample, resample + 1);
    }
  }
  return drawn;
}

/** All samples as one, sorted. */
export function pool(samples: readonly Float64Array[]): Float64Array {
  const pooled = new Float64Array(samples.reduce((total, sample) => total + sample.length, 0));
  let place = 0;
  for (const sample of samples) {
    pooled.set(sample, place);
    place += sample.length;
  }
  return pooled.toSorted();
}

/** Bisects over the pooled values for the first at which enough of the weighted samples lie. */
function weightedQuantile(
  samples: readonly Float64Array[],
  weights: Int32Array,
  pooled: Float64Array,
  q: number,
): number {
  let total = 0;
  for (const [index, sample] of samples.entries()) total += sample.length * (weights[index] ?? 0);
  const rank = Math.max(1, Math.ceil(q * total - 1e-9));
  let low = 0;
  let high = pooled.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = pooled[middle] ?? 0;
    let below = 0;
    for (const [index, sample] of samples.entries()) {
      const weight = weights[index] ?? 0;
      if (weight > 0) below += weight * countUpTo(sample, value);
    }
    if (below >= rank) high = middle;
    else low = middle + 1;
  }
  return pooled[low] ?? Number.NaN;
}

/** How many values of a sorted sample are at most `value`. */
export function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tFactor(n: number, confidence: number): number {
  return studentQuantile(n - 1, 1 - (1 - confidence) / 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function unknown(estimate: number): Interval {
  return { estimate, low: Number.NaN, high: Number.NaN, method: "none" };
}
