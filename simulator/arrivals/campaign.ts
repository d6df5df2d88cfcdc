import type { Law } from "../distributions.ts";
import { exponentialStep, type ArrivalProcess } from "./process.ts";

/**
 * What a mailing brings: a Poisson number of answers with mean `size`, each after a delay that
 * follows `delay`. So it is a Poisson process of rate size × density(t − sentAt):
 * E = Var = size × (F(to − sentAt) − F(from − sentAt)), IDC = 1.
 */
export function campaign(sentAt: number, size: number, delay: Law): ArrivalProcess {
  const mean = (from: number, to: number): number =>
    size * (delay.cdf(to - sentAt) - delay.cdf(from - sentAt));
  return {
    mean,
    variance: mean,
    arrivals(source, from, to) {
      const times: number[] = [];
      // Inversion of the cumulative rate, which ends at `size`.
      for (let level = exponentialStep(source); level < size; level += exponentialStep(source)) {
        const t = sentAt + delay.quantile(level / size);
        if (t >= to) break;
        if (t >= from) times.push(t);
      }
      return times;
    },
  };
}

/** Independent processes together: means and variances add. */
export function superposition(parts: readonly ArrivalProcess[]): ArrivalProcess {
  return {
    mean: (from, to) => parts.reduce((sum, part) => sum + part.mean(from, to), 0),
    variance: (from, to) => parts.reduce((sum, part) => sum + part.variance(from, to), 0),
    arrivals: (source, from, to) =>
      parts.flatMap((part) => part.arrivals(source, from, to)).toSorted((a, b) => a - b),
  };
}
