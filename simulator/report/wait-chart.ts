import { scaleLinear, scaleSymlog } from "d3-scale";
import { line } from "d3-shape";
import { durationText } from "../figures.ts";
import { label, rule, svgOf } from "./svg.ts";

/** The waits of one channel, sorted, infinite ones last. */
export interface WaitCurve {
  readonly name: string;
  readonly sorted: Float64Array;
}

const width = 960;
const height = 320;
const margin = { left: 56, right: 84, top: 14, bottom: 34 };
const marksMs = [0, 10_000, 60_000, 300_000, 900_000, 3_600_000, 4 * 3_600_000, 86_400_000];

/**
 * Share of all messages assigned within the time on the axis. A curve that ends below 100 % shows at
 * its right end what parked or left: that gap is where quantiles are "beyond the limit".
 */
export function waitChart(title: string, curves: readonly WaitCurve[]): string {
  const longest = Math.max(600_000, ...curves.map(({ sorted }) => sorted[lastFinite(sorted)] ?? 0));
  const x = scaleSymlog([0, longest], [margin.left, width - margin.right]).constant(15_000);
  const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
  const ends = spread(
    curves.map(({ sorted }) =>
      y(sorted.length === 0 ? 0 : (lastFinite(sorted) + 1) / sorted.length),
    ),
  );
  return svgOf({
    width,
    height,
    title,
    body: [
      ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
        rule(margin.left, y(share), width - margin.right, y(share)),
        label(margin.left - 6, y(share) + 4, `${share * 100} %`, { anchor: "end" }),
      ]),
      ...marksMs
        .filter((mark) => mark <= longest)
        .flatMap((mark) => [
          rule(x(mark), margin.top, x(mark), height - margin.bottom),
          label(
            x(mark),
            height - margin.bottom + 18,
            mark === 0 ? "0" : durationText(mark).replace(".0", ""),
            {
              anchor: "middle",
            },
          ),
        ]),
      ...curves.flatMap((curve, index) => {
        const colour = (index % 8) + 1;
        return [
          `<path d="${path(curve.sorted, x, y)}" class="line series-${colour}"/>`,
          label(width - margin.right + 6, (ends[index] ?? 0) + 4, curve.name, { kind: "name" }),
        ];
      }),
    ],
  });
}

function path(
  sorted: Float64Array,
  x: (ms: number) => number,
  y: (share: number) => number,
): string {
  const last = lastFinite(sorted);
  if (last < 0) return "";
  const steps = Math.min(160, last + 1);
  const points = Array.from({ length: steps }, (_unused, step): [number, number] => {
    const index = steps === 1 ? last : Math.round((step / (steps - 1)) * last);
    return [x(sorted[index] ?? 0), y((index + 1) / sorted.length)];
  });
  const start: [number, number] = [x(0), y(0)];
  return line().digits(1)([start, ...points]) ?? "";
}

function lastFinite(sorted: Float64Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < Number.POSITIVE_INFINITY) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Names at the curves' ends, moved apart so that none covers another. */
function spread(heights: readonly number[]): readonly number[] {
  const order = heights.map((y, index) => ({ y, index })).toSorted((a, b) => a.y - b.y);
  const placed: number[] = [];
  let above = Number.NEGATIVE_INFINITY;
  for (const { y, index } of order) {
    above = Math.max(y, above + 14);
    placed[index] = above;
  }
  return placed;
}
