import { type Measures, waitsOf } from "../measures.ts";
import { measuredInstants } from "../observer.ts";
import type { ReplicationRecord } from "../replication-record.ts";
import { quantile } from "../quantiles.ts";
import type { World } from "../world.ts";
import type { HeatRow } from "./heat-map.ts";
import type { WeekSeries } from "./week-chart.ts";

/** Mean over replications at each instant of measurement, and the middle 80 % of them. */
export function weekSeries(
  world: World,
  records: readonly ReplicationRecord[],
  queue: number,
  what: "backlog" | "oldest",
): WeekSeries {
  const intervalMs = world.scenario.settings.run.intervalMinutes * 60_000;
  const count = measuredInstants(world.countFrom, world.countTo, intervalMs);
  const instants = Array.from(
    { length: count },
    (_unused, index) => world.countFrom + index * intervalMs,
  );
  const values = instants.map((_instant, index) =>
    Float64Array.from(records, (record) => {
      const place = queue * count + index;
      return what === "backlog"
        ? (record.backlog[place] ?? 0)
        : (record.oldestMs[place] ?? 0) / 3_600_000;
    }).toSorted(),
  );
  const id = world.queues[queue]?.id ?? "";
  const clock = world.queues[queue]?.clock;
  return {
    title:
      what === "backlog"
        ? `Messages waiting in queue ${id} over the week`
        : `Age of the oldest message waiting in queue ${id}, hours`,
    colour: (queue % 8) + 1,
    instants,
    middle: values.map((sample) => sample.reduce((sum, value) => sum + value, 0) / sample.length),
    low: values.map((sample) => quantile(sample, 0.1)),
    high: values.map((sample) => quantile(sample, 0.9)),
    open: clock?.stretches(world.countFrom, world.countTo) ?? [],
    unit: what === "backlog" ? "" : " h",
  };
}

/** Share assigned within T by local day and interval of arrival, all replications together. */
export function heatRows(measures: Measures, limitMs: number): readonly HeatRow[] {
  const { world, records } = measures;
  const { intervalMinutes } = world.scenario.settings.run;
  const days = world.days.filter((day) => day.to > world.countFrom && day.from < world.countTo);
  const across = Math.ceil(1440 / intervalMinutes);
  const good = new Float64Array(days.length * across);
  const all = new Float64Array(days.length * across);
  for (const record of records) {
    const waits = waitsOf(record, "working");
    const { messages } = record;
    for (let row = 0; row < messages.count; row += 1) {
      const at = messages.arrivedAt[row] ?? 0;
      if (at < world.countFrom || at >= world.countTo || messages.contained[row] === 1) continue;
      const day = days.findIndex((candidate) => candidate.from <= at && at < candidate.to);
      const minute = (at - (days[day]?.from ?? at)) / 60_000;
      const place = day * across + Math.min(across - 1, Math.floor(minute / intervalMinutes));
      all[place] = (all[place] ?? 0) + 1;
      if ((waits[row] ?? 0) <= limitMs) good[place] = (good[place] ?? 0) + 1;
    }
  }
  return days.map((day, index) => ({
    name: Temporal.PlainDate.from(day.date).toLocaleString("en", {
      weekday: "short",
      day: "numeric",
      month: "short",
    }),
    cells: Array.from({ length: across }, (_unused, place) => {
      const messages = all[index * across + place] ?? 0;
      if (messages === 0) return undefined;
      return {
        share: (good[index * across + place] ?? 0) / messages,
        messages: messages / records.length,
      };
    }),
  }));
}

/** What one opening of one queue finds: the messages that came while it was closed before it. */
export interface OpeningFigures {
  readonly queue: string;
  readonly at: number;
  /** Means over replications. */
  readonly messages: number;
  readonly assignedWithin: number;
  readonly parked: number;
  /** Conversations waiting at the last instant of measurement before it opens; NaN outside the window. */
  readonly waitingBefore: number;
  /** The same when it closes again. */
  readonly waitingAtClose: number;
}

/** Messages that arrived while their queue was closed, by the opening that ended it. */
export function openings(measures: Measures, limitMs: number): readonly OpeningFigures[] {
  const { world, records } = measures;
  return world.queues.flatMap(({ id, clock }, queue) => {
    const stretches = clock
      .stretches(world.countFrom, world.to)
      .filter(({ from }) => from > world.countFrom);
    const starts = stretches.map(({ from }) => from);
    const sums = starts.map(() => ({ messages: 0, good: 0, parked: 0 }));
    for (const record of records) {
      const { messages } = record;
      const waits = waitsOf(record, "working");
      for (let row = 0; row < messages.count; row += 1) {
        const at = messages.arrivedAt[row] ?? 0;
        if (at < world.countFrom || at >= world.countTo || messages.contained[row] === 1) continue;
        if (messages.queue[row] !== queue || clock.isOpen(at)) continue;
        const sum = sums[starts.findIndex((start) => start > at)];
        if (sum === undefined) continue;
        sum.messages += 1;
        if ((waits[row] ?? 0) <= limitMs) sum.good += 1;
        if (!Number.isNaN(messages.parkedAt[row])) sum.parked += 1;
      }
    }
    return sums.flatMap((sum, index) =>
      sum.messages === 0
        ? []
        : [
            {
              queue: id,
              at: starts[index] ?? 0,
              messages: sum.messages / records.length,
              assignedWithin: sum.good / sum.messages,
              parked: sum.parked / sum.messages,
              waitingBefore: waitingAt(measures, queue, (starts[index] ?? 0) - 1),
              waitingAtClose: waitingAt(measures, queue, stretches[index]?.to ?? 0),
            },
          ],
    );
  });
}

/** Mean backlog of a queue at the last instant of measurement up to `at`. */
function waitingAt({ world, records }: Measures, queue: number, at: number): number {
  const intervalMs = world.scenario.settings.run.intervalMinutes * 60_000;
  if (at > world.countTo) return Number.NaN;
  const count = measuredInstants(world.countFrom, world.countTo, intervalMs);
  const place = queue * count + Math.floor((at - world.countFrom) / intervalMs);
  return records.reduce((sum, { backlog }) => sum + (backlog[place] ?? 0), 0) / records.length;
}
