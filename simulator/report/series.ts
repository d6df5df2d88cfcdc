import type { Measures } from "../measures.ts";
import { measuredInstants } from "../observer.ts";
import type { ReplicationRecord } from "../replication-record.ts";
import { quantile } from "../quantiles.ts";
import { arrivalIntervals } from "../service-by-interval.ts";
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
  const across = Math.ceil(1440 / world.scenario.settings.run.intervalMinutes);
  const days = world.days.filter((day) => day.to > world.countFrom && day.from < world.countTo);
  const cells = days.map(() => Array.from({ length: across }, () => ({ messages: 0, good: 0 })));
  for (const interval of arrivalIntervals(measures, limitMs)) {
    // The hour that a day of 25 has more is shown with its last.
    const cell = cells[interval.day]?.[Math.min(across - 1, interval.place)];
    if (cell === undefined) continue;
    cell.messages += sumOf(interval.messages);
    cell.good += sumOf(interval.good);
  }
  return days.map(({ date }, index) => ({
    name: Temporal.PlainDate.from(date).toLocaleString("en", {
      weekday: "short",
      day: "numeric",
      month: "short",
    }),
    cells: (cells[index] ?? []).map(({ messages, good }) =>
      messages === 0 ? undefined : { share: good / messages, messages: messages / records.length },
    ),
  }));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
