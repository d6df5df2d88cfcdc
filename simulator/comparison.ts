import { Measures, type RowTest, type Scope, type ScopedMessages, waitsOf } from "./measures.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { counted } from "./figures.ts";
import { doorsOf, doorValues } from "./openings.ts";
import { pairedMeans } from "./paired-means.ts";
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
  return [
    ...ofMessages,
    ...ofDoors(a, b),
    ...occupancies(first, second, confidence),
    ...ofGroups(a, b, withinMinutes * 60_000),
  ];
}

/** Each queue that both have, a millisecond before it opens and before it closes. */
function ofDoors(a: Measures, b: Measures): readonly ComparedMeasure[] {
  return commonQueues(a.world, b.world).flatMap(({ scope: { queue: id }, label }) => {
    const [inA, inB] = [a, b].map((measures) => {
      const queue = measures.world.queues.findIndex((one) => one.id === id);
      const { opens, closes } = doorsOf(measures, queue);
      const [waitingAtOpening, oldestAtOpening] = doorValues(measures, queue, opens);
      const [waitingAtClosing, oldestAtClosing] = doorValues(measures, queue, closes);
      return { waitingAtOpening, oldestAtOpening, waitingAtClosing, oldestAtClosing };
    });
    if (inA === undefined || inB === undefined) return [];
    const measures = [
      ["waiting at opening", "count", inA.waitingAtOpening, inB.waitingAtOpening],
      ["age of the oldest at opening", "ms", inA.oldestAtOpening, inB.oldestAtOpening],
      ["waiting at closing", "count", inA.waitingAtClosing, inB.waitingAtClosing],
      ["age of the oldest at closing", "ms", inA.oldestAtClosing, inB.oldestAtClosing],
    ] as const;
    return measures.flatMap(([measure, unit, ofA, ofB]): readonly ComparedMeasure[] =>
      // A queue without a calendar has no doors.
      [...ofA, ...ofB].some(Number.isNaN)
        ? []
        : [{ scope: label, measure, unit, ...pairedMeans(ofA, ofB, a.confidence) }],
    );
  });
}

/** What each group that both have took of the messages, and how old that was. */
function ofGroups(a: Measures, b: Measures, limitMs: number): readonly ComparedMeasure[] {
  return commonGroups(a.world, b.world).flatMap((group): readonly ComparedMeasure[] => {
    const scope = `group ${group}`;
    const [inA, inB] = [a.select({ group }), b.select({ group })];
    const taken = ({ rows }: ScopedMessages): readonly number[] => rows.map((own) => own.length);
    const within: RowTest = (record, row) => (waitsOf(record, "working")[row] ?? 0) <= limitMs;
    return [
      {
        scope,
        measure: "messages taken",
        unit: "count",
        ...pairedMeans(taken(inA), taken(inB), a.confidence),
      },
      {
        scope,
        measure: `taken within ${counted(limitMs / 60_000, "working minute")} of those`,
        unit: "share",
        ...pairedRatios(a.counts(inA, within), b.counts(inB, within), a.confidence),
      },
    ];
  });
}

/** The three occupancies of everybody, then of each group that both have. */
function occupancies(
  first: ComparedRun,
  second: ComparedRun,
  confidence: number,
): readonly ComparedMeasure[] {
  const groups = commonGroups(first.world, second.world);
  const isOnly = [first, second].every(({ world }) => world.groups.length === 1);
  const scopes = [
    { scope: "all agents", group: undefined },
    // The only group of both would say again what all agents say.
    ...(isOnly ? [] : groups).map((group) => ({ scope: `group ${group}`, group })),
  ];
  return scopes.flatMap(({ scope, group }) =>
    occupancyKinds.map((kind): ComparedMeasure => ({
      scope,
      measure: `${kind} occupancy`,
      unit: "share",
      ...pairedRatios(used(first, kind, group), used(second, kind, group), confidence),
    })),
  );
}

const occupancyKinds = ["agent", "slots", "effort"] as const;

function used(
  { world, records }: ComparedRun,
  kind: (typeof occupancyKinds)[number],
  group: string | undefined,
): Counts {
  const sums = (pick: (one: GroupOccupancy) => number): readonly number[] =>
    records.map(({ occupancy }) =>
      occupancy.reduce(
        (sum, one, index) =>
          group === undefined || world.groups[index]?.name === group ? sum + pick(one) : sum,
        0,
      ),
    );
  return {
    agent: { good: sums((one) => one.busyMs), asked: sums((one) => one.signedInMs) },
    slots: { good: sums((one) => one.usedUnitMs), asked: sums((one) => one.capacityUnitMs) },
    effort: { good: sums((one) => one.workingMs), asked: sums((one) => one.signedInMs) },
  }[kind];
}

function commonGroups(first: World, second: World): readonly string[] {
  return first.groups
    .map(({ name }) => name)
    .filter((name) => second.groups.some((other) => other.name === name));
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
  const queues = commonQueues(first, second);
  return [
    { label: "all", scope: {} },
    ...channels.map(({ id }) => ({ label: `channel ${id}`, scope: { channel: id } })),
    // The only queue of both would say again what all messages say.
    ...([first, second].every((world) => usedQueues(world).size === 1) ? [] : queues),
  ];
}

/** Queues that some channel with traffic uses in both. */
function commonQueues(
  first: World,
  second: World,
): readonly { readonly label: string; readonly scope: { readonly queue: string } }[] {
  const inSecond = usedQueues(second);
  return [...usedQueues(first)]
    .filter((id) => inSecond.has(id))
    .map((id) => ({ label: `queue ${id}`, scope: { queue: id } }));
}

function usedQueues({ channels }: World): ReadonlySet<string> {
  return new Set(
    channels
      .filter(({ traffic }) => traffic !== undefined)
      .map(({ settings }) => settings.skillQueue),
  );
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
