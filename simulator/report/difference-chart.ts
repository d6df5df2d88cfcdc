import { scaleLinear } from "d3-scale";
import { box, label, rule, svgOf } from "./svg.ts";

/** One difference with its interval; infinite ends run off the chart. */
export interface Difference {
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The figures in words, at the right. */
  readonly text: string;
  /** Whether more is better, or less; undefined: it depends. */
  readonly good: "more" | "less" | undefined;
}

const width = 960;
const rowHeight = 26;
const margin = { left: 190, right: 230, top: 8, bottom: 28 };

/**
 * What the second scenario changes, about a line at no difference: green where the whole interval is
 * better, red where it is worse, grey where it holds 0 or where better depends.
 */
export function differenceChart(
  title: string,
  rows: readonly Difference[],
  axis: (value: number) => string,
): string {
  const ends = rows
    .flatMap(({ estimate, low, high }) => [estimate, low, high])
    .filter((value) => Number.isFinite(value))
    .map((value) => Math.abs(value));
  const most = Math.max(...ends, 0) || 1;
  const right = width - margin.right;
  const x = scaleLinear([-most, most], [margin.left, right]).nice(4).clamp(true);
  const height = margin.top + margin.bottom + rows.length * rowHeight;
  return svgOf({
    width,
    height,
    title,
    body: [
      ...x
        .ticks(4)
        .flatMap((tick) => [
          rule(x(tick), margin.top, x(tick), height - margin.bottom, tick === 0 ? "day" : "grid"),
          label(x(tick), height - margin.bottom + 18, axis(tick), { anchor: "middle" }),
        ]),
      ...rows.flatMap((row, index) => difference(row, margin.top + index * rowHeight, x)),
    ],
  });
}

function difference(row: Difference, top: number, x: (value: number) => number): string[] {
  const middle = top + rowHeight / 2;
  const { name, estimate, text } = row;
  const [low, high] = Number.isNaN(row.low) ? [estimate, estimate] : [row.low, row.high];
  const from = Math.min(x(0), x(estimate));
  const to = Math.max(x(0), x(estimate));
  return [
    label(margin.left - 8, middle + 4, name, { anchor: "end", kind: "name" }),
    box(from, top + 6, Math.max(1, to - from), rowHeight - 12, `bar ${barClass(judgement(row))}`),
    rule(x(low), middle, x(high), middle, "whisker"),
    rule(x(low), middle - 4, x(low), middle + 4, "whisker"),
    rule(x(high), middle - 4, x(high), middle + 4, "whisker"),
    label(width - margin.right + 10, middle + 4, text, { kind: "name" }),
  ];
}

/** What the interval says of a difference. */
export type Judgement = "better" | "worse" | "higher" | "lower" | "none shown";

export function judgement({ low, high, good }: Omit<Difference, "name" | "text">): Judgement {
  const shown = low > 0 ? "more" : high < 0 ? "less" : undefined;
  if (shown === undefined) return "none shown";
  if (good === undefined) return shown === "more" ? "higher" : "lower";
  return shown === good ? "better" : "worse";
}

function barClass(judged: Judgement): string {
  return judged === "better" || judged === "worse" ? judged : "neither";
}
