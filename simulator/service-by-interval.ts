import { type Measures, waitsOf } from "./measures.ts";
import { countUpTo } from "./quantiles.ts";
import { type Interval, levelInterval, ratioInterval } from "./statistics.ts";
import type { World } from "./world.ts";

/** Messages by the interval of the local day in which they arrived, one entry a replication. */
export interface ArrivalInterval {
  /** Epoch ms; the last of a day may be shorter, and a day of 25 hours has more of them. */
  readonly from: number;
  readonly to: number;
  /** Place of its day among the counted ones, and its own in the day. */
  readonly day: number;
  readonly place: number;
  readonly messages: readonly number[];
  readonly good: readonly number[];
  readonly parked: readonly number[];
}

/** What an interval of arrival comes to. */
export interface IntervalFigures {
  readonly messages: Interval;
  /** Assigned within T of working time ÷ messages that arrived in it; 0/0 = 1. */
  readonly assignedWithin: Interval;
  /** Parked before anybody was assigned ÷ messages that arrived in it; 0/0 = 0. */
  readonly parked: Interval;
}

/**
 * Every interval of the counted window, with the messages of all queues, or of one.
 * Complexity: O(messages × log intervals).
 */
export function arrivalIntervals(
  { world, records }: Measures,
  limitMs: number,
  queue?: number,
): readonly ArrivalInterval[] {
  const places = intervalsOf(world);
  const starts = Float64Array.from(places, ({ from }) => from);
  const counts = records.map((record) => {
    const sums = [0, 1, 2].map(() => new Float64Array(places.length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const waits = waitsOf(record, "working");
    const { messages } = record;
    for (let row = 0; row < messages.count; row += 1) {
      const at = messages.arrivedAt[row] ?? 0;
      if (at < world.countFrom || at >= world.countTo || messages.contained[row] === 1) continue;
      if (queue !== undefined && messages.queue[row] !== queue) continue;
      const place = countUpTo(starts, at) - 1;
      count(sums[0], place);
      if ((waits[row] ?? 0) <= limitMs) count(sums[1], place);
      if (!Number.isNaN(messages.parkedAt[row])) count(sums[2], place);
    }
    return sums;
  });
  return places.map((interval, index) => ({
    ...interval,
    messages: counts.map(([all]) => all[index] ?? 0),
    good: counts.map(([, good]) => good[index] ?? 0),
    parked: counts.map(([, , parked]) => parked[index] ?? 0),
  }));
}

export function intervalFigures(
  { messages, good, parked }: ArrivalInterval,
  confidence: number,
): IntervalFigures {
  return {
    messages: levelInterval(messages, confidence),
    assignedWithin: ratioInterval(good, messages, confidence, { share: true, empty: 1 }),
    parked: ratioInterval(parked, messages, confidence, { share: true, empty: 0 }),
  };
}

function count(sums: Float64Array, place: number): void {
  sums[place] = (sums[place] ?? 0) + 1;
}

/** Cut to the window: it may begin and end in the middle of a day. */
function intervalsOf(
  world: World,
): readonly Pick<ArrivalInterval, "from" | "to" | "day" | "place">[] {
  const step = world.scenario.settings.run.intervalMinutes * 60_000;
  const days = world.days.filter((day) => day.to > world.countFrom && day.from < world.countTo);
  return days.flatMap((day, index) =>
    Array.from({ length: Math.ceil((day.to - day.from) / step) }, (_unused, place) => ({
      day: index,
      place,
      from: Math.max(world.countFrom, day.from + place * step),
      to: Math.min(world.countTo, day.to, day.from + (place + 1) * step),
    })).filter(({ from, to }) => from < to),
  );
}
