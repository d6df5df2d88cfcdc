import type { ClockName, Measures, ScopedMessages } from "./measures.ts";
import type { Interval } from "./statistics.ts";

/** Quantiles of a wait, ms. */
export interface WaitQuantiles {
  readonly p50: Interval;
  readonly p90: Interval;
  readonly p95: Interval;
  readonly p99: Interval;
}

export function summarizeQuantiles(
  measures: Measures,
  scoped: ScopedMessages,
  clock: ClockName,
): WaitQuantiles {
  return {
    p50: measures.waitQuantile(scoped, 0.5, clock),
    p90: measures.waitQuantile(scoped, 0.9, clock),
    p95: measures.waitQuantile(scoped, 0.95, clock),
    p99: measures.waitQuantile(scoped, 0.99, clock),
  };
}
