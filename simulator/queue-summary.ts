import type { Measures } from "./measures.ts";
import { measuredInstants } from "./observer.ts";
import {
  doorsOf,
  figuresAt,
  type OpeningFigures,
  openingsOf,
  type QueueFigures,
} from "./openings.ts";
import { type ArrivalInterval, arrivalIntervals, intervalFigures } from "./service-by-interval.ts";
import { type Interval, levelInterval } from "./statistics.ts";

/** A queue over the counted window. Ages in ms; means are over replications. */
export interface QueueSummary {
  readonly queue: string;
  /** A millisecond before it opens: the mean of all openings in the window; unknown without any. */
  readonly atOpening: QueueFigures;
  /** The same before it closes. */
  readonly atClosing: QueueFigures;
  /** The greatest of each replication, of all looks `run.intervalMinutes` apart. */
  readonly most: QueueFigures;
  readonly openings: readonly OpeningTimes[];
  /** How it stands at the beginning of each interval, and at the end of the window. */
  readonly looks: {
    readonly at: readonly string[];
    readonly waiting: IntervalColumns;
    readonly oldestMs: IntervalColumns;
  };
  /** Its messages by the interval of the local day in which they arrived. */
  readonly arrivals: ArrivalColumns;
}

/** An opening whose instants are RFC 3339 texts. */
export type OpeningTimes = Omit<OpeningFigures, "opensAt" | "closesAt" | "queue"> & {
  readonly opensAt: string;
  readonly closesAt: string;
};

/** Many intervals, column by column, in one order. */
export interface IntervalColumns {
  readonly estimate: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Service level by interval of arrival: one entry of each column an interval. */
export interface ArrivalColumns {
  readonly from: readonly string[];
  readonly messages: IntervalColumns;
  /** Assigned within T of working time ÷ messages that arrived in it; 0/0 = 1. */
  readonly assignedWithin: IntervalColumns;
  /** Parked ÷ messages that arrived in it; 0/0 = 0. */
  readonly parked: IntervalColumns;
}

/** The queues that some channel with traffic uses, in the configuration's order. */
export function summarizeQueues(
  measures: Measures,
  withinMinutes: number,
): readonly QueueSummary[] {
  const { channels, queues } = measures.world;
  const used = new Set(
    channels
      .filter(({ traffic }) => traffic !== undefined)
      .map(({ settings }) => settings.skillQueue),
  );
  return queues.flatMap(({ id }, queue) =>
    used.has(id) ? [summarizeQueue(measures, queue, withinMinutes * 60_000)] : [],
  );
}

/** All messages, or those of one queue, by interval of arrival. */
export function arrivalColumns(
  { confidence }: Measures,
  intervals: readonly ArrivalInterval[],
): ArrivalColumns {
  const figures = intervals.map((interval) => intervalFigures(interval, confidence));
  return {
    from: intervals.map(({ from }) => textOf(from)),
    messages: columnsOf(figures.map(({ messages }) => messages)),
    assignedWithin: columnsOf(figures.map(({ assignedWithin }) => assignedWithin)),
    parked: columnsOf(figures.map(({ parked }) => parked)),
  };
}

function summarizeQueue(measures: Measures, queue: number, limitMs: number): QueueSummary {
  const { world, records, confidence } = measures;
  const intervalMs = world.scenario.settings.run.intervalMinutes * 60_000;
  const count = measuredInstants(world.countFrom, world.countTo, intervalMs);
  const instants = Array.from({ length: count }, (_unused, index) => index);
  const own = (values: ArrayLike<number>, index: number): number =>
    values[queue * count + index] ?? 0;
  const most = (values: ArrayLike<number>): number =>
    instants.reduce((greatest, index) => Math.max(greatest, own(values, index)), 0);
  const lookAt = (pick: (record: (typeof records)[number]) => ArrayLike<number>): IntervalColumns =>
    columnsOf(
      instants.map((index) =>
        levelInterval(
          records.map((record) => own(pick(record), index)),
          confidence,
        ),
      ),
    );
  const { opens, closes } = doorsOf(measures, queue);
  return {
    queue: world.queues[queue]?.id ?? "",
    atOpening: figuresAt(measures, queue, opens),
    atClosing: figuresAt(measures, queue, closes),
    most: {
      waiting: levelInterval(
        records.map(({ backlog }) => most(backlog)),
        confidence,
      ),
      oldestMs: levelInterval(
        records.map(({ oldestMs }) => most(oldestMs)),
        confidence,
      ),
    },
    openings: openingsOf(measures, queue, limitMs).map(
      ({ opensAt, closesAt, queue: _queue, ...figures }) => ({
        opensAt: textOf(opensAt),
        closesAt: textOf(closesAt),
        ...figures,
      }),
    ),
    looks: {
      at: instants.map((index) => textOf(world.countFrom + index * intervalMs)),
      waiting: lookAt(({ backlog }) => backlog),
      oldestMs: lookAt(({ oldestMs }) => oldestMs),
    },
    arrivals: arrivalColumns(measures, arrivalIntervals(measures, limitMs, queue)),
  };
}

function columnsOf(intervals: readonly Interval[]): IntervalColumns {
  return {
    estimate: intervals.map(({ estimate }) => estimate),
    low: intervals.map(({ low }) => low),
    high: intervals.map(({ high }) => high),
  };
}

function textOf(instant: number): string {
  return new Date(instant).toISOString();
}
