import { scaleLinear } from "d3-scale";
import { shareText } from "../figures.ts";
import type { Interval } from "../statistics.ts";
import { box, label, rule, svgOf } from "./svg.ts";

/** One bar: a share with its interval. */
export interface Bar {
  readonly name: string;
  readonly interval: Interval;
  /** Which of the eight colours. */
  readonly colour: number;
}

const width = 960;
const rowHeight = 26;
const margin = { left: 190, right: 190, top: 8, bottom: 26 };

/** Horizontal bars from 0 to 100 %, the interval as a whisker, the figures beside it. */
export function intervalChart(title: string, bars: readonly Bar[], goal?: number): string {
  const height = margin.top + margin.bottom + bars.length * rowHeight;
  const x = scaleLinear([0, 1], [margin.left, width - margin.right]);
  return svgOf({
    width,
    height,
    title,
    body: [
      ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
        rule(x(share), margin.top, x(share), height - margin.bottom),
        label(x(share), height - margin.bottom + 17, `${share * 100} %`, { anchor: "middle" }),
      ]),
      ...bars.flatMap((bar, index) => {
        const top = margin.top + index * rowHeight;
        const middle = top + rowHeight / 2;
        const { estimate, low, high } = bar.interval;
        const whisker = Number.isNaN(low)
          ? []
          : [
              rule(x(low), middle, x(high), middle, "whisker"),
              rule(x(low), middle - 4, x(low), middle + 4, "whisker"),
              rule(x(high), middle - 4, x(high), middle + 4, "whisker"),
            ];
        return [
          label(margin.left - 8, middle + 4, bar.name, { anchor: "end", kind: "name" }),
          box(x(0), top + 5, x(estimate) - x(0), rowHeight - 10, `bar series-${bar.colour}`),
          ...whisker,
          label(width - margin.right + 10, middle + 4, shareText(bar.interval), { kind: "name" }),
        ];
      }),
      ...(goal === undefined
        ? []
        : [rule(x(goal), margin.top, x(goal), height - margin.bottom, "goal")]),
    ],
  });
}
