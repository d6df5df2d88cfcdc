import { Measures, type RowTest, type Scope, type ScopedMessages, waitsOf } from "./measures.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { counted } from "./figures.ts";
import { quantileDifference, type SampledRun } from "./quantiles.ts";
import { clopperPearson, type Interval, ratioInterval } from "./statistics.ts";
import { studentQuantile } from "./special-functions.ts";
import type { GroupOccupancy } from "./agents-at-work.ts";
import type { World } from "./world.ts";

/** One measure under both scenarios and what the second changes, replication by replication. */
export interface ComparedMeasure {
  readonly scope: string;
  readonly measure: string;
  readonly unit: "share" | "ms" | "count";
  readonly first: number;
  readonly second: number;
  /** second − first. */
  readonly difference: Interval;
  /**
   * Variance of the difference had the runs been independent ÷ its variance as they are; above 1 is
   * what common random numbers gained, below 1 what they cost. NaN where it has no meaning.
   */
  readonly varianceReduction: number;
}

/** Both runs of a comparison: the same seed, the same window, the same number of replications. */
export interface ComparedRun {
  readonly world: World;
  readonly records: readonly ReplicationRecord[];
}

/**
 * Compares two runs under common random numbers. Shares: difference of ratios of expectations, delta
 * method on pairs. Quantiles: both intervals put together with what the pairs share.
 */
export function compareRuns(
  first: ComparedRun,
  second: ComparedRun,
  withinMinutes: number,
  confidence: number,
): readonly ComparedMeasure[] {
  const a = new Measures(first.world, first.records, confidence);
  const b = new Measures(second.world, second.records, confidence);
  const shares = shareMeasures(withinMinutes * 60_000);
  const ofMessages = commonScopes(first.world, second.world).flatMap(({ label, scope }) => {
    const inA = a.select(scope);
    const inB = b.select(scope);
    const ofShares = shares.flatMap(({ name, isGood, isAsked }): readonly ComparedMeasure[] => {
      const countsA = a.counts(inA, isGood, isAsked);
      const countsB = b.counts(inB, isGood, isAsked);
      // Where nothing was asked, as of last agents on a channel without, there is nothing to compare.
      if ([...countsA.asked, ...countsB.asked].every((count) => count === 0)) return [];
      const paired = pairedRatios(countsA, countsB, confidence);
      return [{ scope: label, measure: name, unit: "share", ...paired }];
    });
    const ofWaits = [0.5, 0.9, 0.99].map((q): ComparedMeasure => {
      return {
        scope: label,
        measure: `p${q * 100} of the working-time wait`,
        unit: "ms",
        ...quantileDifference([sampled(inA), sampled(inB)], q, confidence),
      };
    });
    return [...ofShares, ...ofWaits];
  });
  return [...ofMessages, ...occupancies(first, second, confidence)];
}

/** Effort occupancy of everybody, then of each group that both have. */
function occupancies(
  first: ComparedRun,
  second: ComparedRun,
  confidence: number,
): readonly ComparedMeasure[] {
  const groups = first.world.groups.filter(({ name }) =>
    second.world.groups.some((other) => other.name === name),
  );
  const scopes = [
    { scope: "all agents", group: undefined },
    ...groups.map(({ name }) => ({ scope: `group ${name}`, group: name })),
  ];
  return scopes.map(({ scope, group }) => ({
    scope,
    measure: "effort occupancy",
    unit: "share",
    ...pairedRatios(effort(first, group), effort(second, group), confidence),
  }));
}

function effort({ world, records }: ComparedRun, group: string | undefined): Counts {
  const sums = (pick: (one: GroupOccupancy) => number): readonly number[] =>
    records.map(({ occupancy }) =>
      occupancy.reduce(
        (sum, one, index) =>
          group === undefined || world.groups[index]?.name === group ? sum + pick(one) : sum,
        0,
      ),
    );
  return { good: sums((one) => one.workingMs), asked: sums((one) => one.signedInMs) };
}

function shareMeasures(
  limitMs: number,
): readonly { readonly name: string; readonly isGood: RowTest; readonly isAsked: RowTest }[] {
  const all: RowTest = () => true;
  return [
    {
      name: `assigned within ${counted(limitMs / 60_000, "working minute")}`,
      isGood: (record, row) => (waitsOf(record, "working")[row] ?? 0) <= limitMs,
      isAsked: all,
    },
    {
      name: "parked",
      isGood: ({ messages }, row) => !Number.isNaN(messages.parkedAt[row]),
      isAsked: all,
    },
    {
      name: "last-agent hits",
      isGood: ({ messages }, row) => messages.lastAgentHit[row] === 1,
      isAsked: ({ messages }, row) => (messages.lastAgentHit[row] ?? -1) >= 0,
    },
  ];
}

function commonScopes(
  first: World,
  second: World,
): readonly { readonly label: string; readonly scope: Scope }[] {
  const channels = first.channels.filter(
    ({ id, traffic }) =>
      traffic !== undefined &&
      second.channels.some((other) => other.id === id && other.traffic !== undefined),
  );
  return [
    { label: "all", scope: {} },
    ...channels.map(({ id }) => ({ label: `channel ${id}`, scope: { channel: id } })),
  ];
}

function sampled({ waits, pooled }: ScopedMessages): SampledRun {
  return { samples: waits.working, pooled: pooled.working };
}

interface Counts {
  readonly good: readonly number[];
  readonly asked: readonly number[];
}

type Paired = Pick<ComparedMeasure, "first" | "second" | "difference" | "varianceReduction">;

/**
 * The difference of two ratios of expectations, whose replications are pairs.
 *
 * Where fewer than ten events tell the runs apart there is no normal law to lean on: then the interval
 * is no narrower than Clopper–Pearson's bound for the share of replications that differ at all, times
 * the largest difference seen in one (at least one event). So it is never [0, 0].
 */
export function pairedRatios(a: Counts, b: Counts, confidence: number): Paired {
  const n = a.good.length;
  const options = { share: true, empty: 1 } as const;
  const first = ratioInterval(a.good, a.asked, confidence, options).estimate;
  const second = ratioInterval(b.good, b.asked, confidence, options).estimate;
  const ofA = influences(a, first);
  const ofB = influences(b, second);
  const estimate = second - first;
  const paired = ofB.map((value, index) => value - (ofA[index] ?? 0));
  const variance = meanSquare(paired);
  const half =
    studentQuantile(Math.max(1, n - 1), 1 - (1 - confidence) / 2) * Math.sqrt(variance / n);
  const bound = rareBound(a, b, paired, confidence);
  const difference: Interval =
    n < 2
      ? { estimate, low: Number.NaN, high: Number.NaN, method: "none" }
      : {
          estimate,
          low: estimate - Math.max(half, bound),
          high: estimate + Math.max(half, bound),
          method: bound > half ? "clopper-pearson on replications" : "delta",
        };
  return {
    first,
    second,
    difference,
    varianceReduction: (meanSquare(ofA) + meanSquare(ofB)) / variance,
  };
}

/** 0 where ten events or more tell the runs apart. @param paired what each replication pulls by */
function rareBound(a: Counts, b: Counts, paired: readonly number[], confidence: number): number {
  const events = b.good.map((count, index) => Math.abs(count - (a.good[index] ?? 0)));
  const asked = a.asked.reduce((sum, count) => sum + count, 0) / a.asked.length;
  if (asked === 0 || events.reduce((sum, count) => sum + count, 0) >= 10) return 0;
  const touched = events.filter((count) => count > 0).length;
  const { high } = clopperPearson(touched, events.length, confidence);
  return high * Math.max(1 / Math.max(1, asked), ...paired.map(Math.abs));
}

/** What each replication pulls the ratio by. */
function influences({ good, asked }: Counts, ratio: number): readonly number[] {
  const mean = asked.reduce((sum, count) => sum + count, 0) / asked.length;
  return good.map((count, index) =>
    mean === 0 ? 0 : (count - ratio * (asked[index] ?? 0)) / mean,
  );
}

function meanSquare(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0) / (values.length - 1);
}
