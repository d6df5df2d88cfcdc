import type { ArrivalProcess } from "./process.ts";
import type { RateSteps } from "./rate-steps.ts";

/** Recorded instants, played again as they were. E is the count itself, Var and IDC are 0. */
export function replay(times: readonly number[]): ArrivalProcess {
  const sorted = Float64Array.from(times).toSorted();
  const within = (from: number, to: number): number[] =>
    Array.from(sorted.filter((t) => t >= from && t < to));
  return {
    mean: (from, to) => within(from, to).length,
    variance: () => 0,
    arrivals: (_source, from, to) => within(from, to),
  };
}

/** A recorded count over [from, to), times on the same axis as the process. */
export interface CountedInterval {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** How the count spreads within the interval; uniformly if absent. */
  readonly steps?: RateSteps;
}

/**
 * Recorded counts per interval, each count spread over its interval.
 *
 * Over whole intervals E = count and Var = 0; over a part p of one, E = count × p and
 * Var = count × p (1 − p).
 */
export function replayCounts(intervals: readonly CountedInterval[]): ArrivalProcess {
  const upTo = ({ from, to, steps }: CountedInterval, t: number): number => {
    const within = Math.min(Math.max(t, from), to);
    if (steps === undefined) return (within - from) / (to - from);
    return steps.cumulative(within) / steps.cumulative(to);
  };
  const share = (interval: CountedInterval, from: number, to: number): number =>
    upTo(interval, to) - upTo(interval, from);
  return {
    mean: (from, to) => intervals.reduce((sum, i) => sum + i.count * share(i, from, to), 0),
    variance: (from, to) =>
      intervals.reduce((sum, i) => {
        const p = share(i, from, to);
        return sum + i.count * p * (1 - p);
      }, 0),
    arrivals(source, from, to) {
      const times: number[] = [];
      for (const interval of intervals) {
        for (let drawn = 0; drawn < interval.count; drawn += 1) {
          const t = placed(interval, source.next());
          if (t >= from && t < to) times.push(t);
        }
      }
      return times.toSorted((a, b) => a - b);
    },
  };
}

function placed({ from, to, steps }: CountedInterval, u: number): number {
  if (steps === undefined) return from + u * (to - from);
  return steps.inverse(u * steps.cumulative(to));
}
