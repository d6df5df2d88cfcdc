import { scaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import type { World } from "../world.ts";
import { at, box, label, rule, svgOf } from "./svg.ts";

/** One line over the counted window, with the spread of the replications around it. */
export interface WeekSeries {
  readonly title: string;
  /** Which of the eight colours. */
  readonly colour: number;
  readonly instants: readonly number[];
  readonly middle: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Open stretches of its queue. */
  readonly open: readonly { readonly from: number; readonly to: number }[];
  readonly unit: string;
}

const width = 960;
const height = 230;
const margin = { left: 56, right: 12, top: 12, bottom: 30 };

/** Time runs to the right, open hours are shaded, the band holds the middle 80 % of replications. */
export function weekChart(world: World, series: WeekSeries): string {
  const x = scaleLinear([world.countFrom, world.countTo], [margin.left, width - margin.right]);
  const highest = Math.max(1e-9, ...series.high);
  const y = scaleLinear([0, highest], [height - margin.bottom, margin.top]).nice(5);
  const points = series.instants.map((instant, index) => ({ instant, index }));
  const lineOf = line<(typeof points)[number]>(
    ({ instant }) => x(instant),
    ({ index }) => y(series.middle[index] ?? 0),
  )
    .curve(curveStepAfter)
    .digits(1);
  const bandOf = area<(typeof points)[number]>()
    .x(({ instant }) => x(instant))
    .y0(({ index }) => y(series.low[index] ?? 0))
    .y1(({ index }) => y(series.high[index] ?? 0))
    .curve(curveStepAfter)
    .digits(1);
  return svgOf({
    width,
    height,
    title: series.title,
    body: [
      ...series.open.map(({ from, to }) =>
        box(x(from), margin.top, x(to) - x(from), height - margin.top - margin.bottom, "open"),
      ),
      ...y.ticks(4).flatMap((tick) => [
        rule(margin.left, y(tick), width - margin.right, y(tick)),
        label(margin.left - 6, y(tick) + 4, `${tick.toLocaleString("en")}${series.unit}`, {
          anchor: "end",
        }),
      ]),
      ...dayTicks(world, x),
      `<path d="${bandOf(points) ?? ""}" class="band series-${series.colour}"/>`,
      `<path d="${lineOf(points) ?? ""}" class="line series-${series.colour}"/>`,
    ],
  });
}

function dayTicks(world: World, x: (instant: number) => number): string[] {
  const days = world.days.filter((day) => day.to > world.countFrom && day.from < world.countTo);
  const every = Math.ceil(days.length / 9);
  return days.flatMap((day, index) => {
    const from = x(Math.max(day.from, world.countFrom));
    const name = Temporal.PlainDate.from(day.date).toLocaleString("en", {
      weekday: "short",
      day: "numeric",
      month: "short",
    });
    return [
      `<line x1="${at(from)}" y1="${margin.top}" x2="${at(from)}" y2="${height - margin.bottom + 5}" class="day"/>`,
      ...(index % every === 0 ? [label(from + 4, height - margin.bottom + 18, name)] : []),
    ];
  });
}
