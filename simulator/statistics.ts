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
    | "t of the share within"
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

/** The same of what is never below 0, such as how many wait. */
export function levelInterval(values: readonly number[], confidence: number): Interval {
  const { low, ...interval } = meanInterval(values, confidence);
  return { ...interval, low: Math.max(0, low) };
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

function tFactor(n: number, confidence: number): number {
  return studentQuantile(n - 1, 1 - (1 - confidence) / 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function unknown(estimate: number): Interval {
  return { estimate, low: Number.NaN, high: Number.NaN, method: "none" };
}
