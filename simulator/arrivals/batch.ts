import type { Law } from "../distributions.ts";
import { exponentialStep, type ArrivalProcess } from "./process.ts";

/**
 * Batches that arrive as a Poisson process, each of a random size (rounded, at least 1): an outage
 * that makes several customers write at once.
 *
 * E = rate × t × E[B], Var = rate × t × E[B²], IDC = E[B²] / E[B] for every t.
 *
 * @param rate batches a unit of time
 * @param sizes probabilities of the sizes 1, 2, 3, …; they sum to 1
 */
export function batchPoisson(rate: number, sizes: readonly number[]): ArrivalProcess {
  const first = sizes.reduce((sum, p, index) => sum + p * (index + 1), 0);
  const second = sizes.reduce((sum, p, index) => sum + p * (index + 1) ** 2, 0);
  return {
    mean: (from, to) => rate * (to - from) * first,
    variance: (from, to) => rate * (to - from) * second,
    arrivals(source, from, to) {
      const times: number[] = [];
      if (rate <= 0) return times;
      for (let t = from + exponentialStep(source) / rate; t < to;) {
        let rest = source.next();
        let size = 1;
        while (size < sizes.length && rest >= (sizes[size - 1] ?? 0)) {
          rest -= sizes[size - 1] ?? 0;
          size += 1;
        }
        for (let count = 0; count < size; count += 1) times.push(t);
        t += exponentialStep(source) / rate;
      }
      return times;
    },
  };
}

/** The probabilities of the sizes of a batch whose size follows a law, rounded and at least 1. */
export function batchSizes(law: Law): number[] {
  const sizes: number[] = [];
  let before = 0;
  for (let size = 1; size <= 10_000 && before < 1 - 1e-12; size += 1) {
    const upTo = law.cdf(size + 0.5);
    sizes.push(upTo - before);
    before = upTo;
  }
  const last = sizes.length - 1;
  sizes[last] = (sizes[last] ?? 0) + (1 - before);
  return sizes;
}
