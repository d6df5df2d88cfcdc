/** One measured number. A percentile is a figure of its own; a variant is part of the name. */
export interface Figure {
  /** `assign.latency/waiting=1000`. */
  readonly name: string;
  /** `throughput`, `time`, `p50`, `p99`, `p99.9`, `max`, `min`, `growth`, or what it is a ratio of. */
  readonly metric: string;
  readonly unit: Unit;
  readonly value: number;
  readonly samples: number;
  /** Hash of what the work came to: equal for equal seeds, or the figures compare nothing. */
  readonly resultHash: string;
}

/** A rate, a time, a size, or a bare number. */
export const units = [
  "assignments/s",
  "commands/s",
  "timers/s",
  "us",
  "ms",
  "s",
  "B",
  "MiB/s",
  "ratio",
  "count",
] as const;
export type Unit = (typeof units)[number];

/** What a benchmark is given: the sizes of a published run, or of a smoke run of seconds. */
export interface BenchmarkRun {
  readonly smoke: boolean;
}

export interface Benchmark {
  /** `area.subject`. */
  readonly name: string;
  /** What question it answers. */
  readonly goal: string;
  /** What it must not be read as. */
  readonly nonGoal: string;
  /** Flags of the process it runs in. @defaultValue none */
  readonly execArgv?: readonly string[];
  readonly run: (run: BenchmarkRun) => Promise<readonly Figure[]>;
}

/**
 * The percentile of sorted samples by the nearest-rank method: the smallest sample that at least
 * this share of all do not exceed. `share` in (0, 1].
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The middle one, the upper of two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Figures of one set of samples, sorted here. */
export function latencyFigures(
  name: string,
  unit: "us" | "ms",
  samples: ArrayLike<number>,
  shares: Readonly<Record<string, number>>,
  resultHash: string,
): Figure[] {
  const sorted = Float64Array.from(samples).toSorted();
  const common = { name, unit, samples: sorted.length, resultHash };
  return Object.entries(shares).map(([metric, share]) => ({
    ...common,
    metric,
    value: share === 0 ? (sorted[0] ?? Number.NaN) : percentile(sorted, share),
  }));
}

/** Whether more is better, less is, or neither can be said. */
export function better({
  metric,
  unit,
}: Pick<Figure, "metric" | "unit">): "more" | "less" | "none" {
  if (unit.endsWith("/s")) return "more";
  if (unit === "count") return "none";
  if (unit === "ratio") return metric.startsWith("of ") ? "more" : "less";
  return "less";
}
