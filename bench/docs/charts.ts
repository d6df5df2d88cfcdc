import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { Figure } from "../figures.ts";
import type { QueueResults } from "../peers/queues/run.ts";
import { queueRates } from "./queue-tables.ts";
import { shown } from "./table.ts";

const width = 720;
const ink = "#1f2933";
const colors = ["#1d6fa5", "#b5532a", "#3f7d3a", "#7a4a9c"];

/** Messages a second of each system, as bars. */
export function queueChart(results: QueueResults): string {
  const rates = [...queueRates(results)];
  const left = 345;
  const rowHeight = 26;
  const height = 44 + rates.length * rowHeight;
  const most = Math.max(...rates.map(([, rate]) => rate));
  const x = scaleLinear()
    .domain([0, most])
    .range([0, width - left - 90]);
  const bars = rates.map(([name, rate], index) => {
    const y = 36 + index * rowHeight;
    const color = name.startsWith("Nightdesk") ? colors[0] : "#8a97a5";
    return [
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${name.replaceAll("&", "&amp;")}</text>`,
      `<rect x="${left}" y="${y}" width="${x(rate).toFixed(1)}" height="18" fill="${color}"/>`,
      `<text x="${(left + x(rate) + 6).toFixed(1)}" y="${y + 13}">${shown(rate)}</text>`,
    ].join("\n");
  });
  return svg(height, "Messages a second in one burst, delivered exactly once", bars);
}

/** How much dearer an assignment becomes as one thing grows, each line beginning at 1. */
export function scalingChart(figures: readonly Figure[]): string {
  const curves = ["waiting", "queues", "agents", "skills"].map((dimension) => ({
    dimension,
    points: pointsOf(figures, dimension),
  }));
  const all = curves.flatMap(({ points }) => points);
  const [left, right, top, bottom] = [60, 150, 40, 320];
  const x = scaleLog()
    .domain([1, Math.max(10, ...all.map(([size]) => size))])
    .range([left, width - right]);
  const y = scaleLinear()
    .domain([0, Math.max(2, ...all.map(([, cost]) => cost))])
    .nice()
    .range([bottom, top]);
  const path = line<readonly [number, number]>(
    ([size]) => x(size),
    ([, cost]) => y(cost),
  ).digits(1);
  const grid = y.ticks(5).map((tick) => {
    const at = y(tick).toFixed(1);
    return `<line x1="${left}" x2="${width - right}" y1="${at}" y2="${at}" stroke="#d9dee3"/>
<text x="${left - 8}" y="${at}" dy="4" text-anchor="end">${tick}</text>`;
  });
  const decades = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].filter((size) => size <= (x.domain()[1] ?? 0));
  const sizes = decades.map((size) => {
    const at = x(size).toFixed(1);
    return `<text x="${at}" y="${bottom + 20}" text-anchor="middle">${size.toLocaleString("en")}</text>`;
  });
  const drawn = curves.flatMap(({ dimension, points }, index) => {
    const last = points.at(-1);
    if (last === undefined) return [];
    const color = colors[index] ?? ink;
    return [
      `<path d="${path(points) ?? ""}" fill="none" stroke="${color}" stroke-width="2"/>`,
      `<text x="${(x(last[0]) + 8).toFixed(1)}" y="${(y(last[1]) + 4).toFixed(1)}" fill="${color}">${dimension}</text>`,
    ];
  });
  const title = "Cost of an assignment beside that at the smallest size";
  return svg(bottom + 40, title, [...grid, ...sizes, ...drawn]);
}

/** Sizes, and how often the cost of the smallest size an assignment costs there. */
function pointsOf(figures: readonly Figure[], dimension: string): (readonly [number, number])[] {
  const prefix = `scaling.${dimension}/${dimension}=`;
  const own = figures.filter(
    ({ name, metric }) => name.startsWith(prefix) && metric === "throughput",
  );
  const first = own[0]?.value ?? Number.NaN;
  return own.map(({ name, value }) => [Number(name.slice(prefix.length)), first / value] as const);
}

function svg(height: number, title: string, content: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${ink}">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="12" y="22" font-weight="600">${title}</text>
${content.join("\n")}
</svg>
`;
}
