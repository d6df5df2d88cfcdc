import type { UniformSource } from "../random.ts";

/**
 * A process of arrivals on the time axis. Times and rates share one unit, whichever the caller
 * likes (the simulation uses milliseconds).
 */
export interface ArrivalProcess {
  /** All arrivals in [from, to), ascending. Complexity: linear in their number. */
  readonly arrivals: (source: UniformSource, from: number, to: number) => number[];
  /** E[N(from, to)]. */
  readonly mean: (from: number, to: number) => number;
  /** Var N(from, to). */
  readonly variance: (from: number, to: number) => number;
}

/** The index of dispersion for counts over [from, to): Var N / E N; 1 for a Poisson process. */
export function dispersion(process: ArrivalProcess, from: number, to: number): number {
  return process.variance(from, to) / process.mean(from, to);
}

/** One exponential step of mean 1. */
export function exponentialStep(source: UniformSource): number {
  return -Math.log(source.next());
}

/**
 * Homogeneous Poisson arrivals. E = Var = rate × t, IDC = 1.
 *
 * @param rate arrivals a unit of time, 0 or more
 */
export function poisson(rate: number): ArrivalProcess {
  const mean = (from: number, to: number): number => rate * (to - from);
  return {
    mean,
    variance: mean,
    arrivals(source, from, to) {
      const times: number[] = [];
      if (rate <= 0) return times;
      for (let t = from + exponentialStep(source) / rate; t < to;) {
        times.push(t);
        t += exponentialStep(source) / rate;
      }
      return times;
    },
  };
}
