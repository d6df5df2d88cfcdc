import { percent } from "../figures.ts";
import { box, label, svgOf } from "./svg.ts";

/** Service level of one day, by interval; undefined where nothing arrived. */
export interface HeatRow {
  readonly name: string;
  readonly cells: readonly ({ readonly share: number; readonly messages: number } | undefined)[];
}

/** Lower bounds of the colour steps, and their words. */
const steps = [
  { from: 0.95, words: "95 % and more" },
  { from: 0.9, words: "90–95 %" },
  { from: 0.8, words: "80–90 %" },
  { from: 0.6, words: "60–80 %" },
  { from: 0.3, words: "30–60 %" },
  { from: 0, words: "below 30 %" },
] as const;

const width = 960;
const rowHeight = 24;
const margin = { left: 96, right: 12, top: 4, bottom: 26 };

/** Days down, intervals of arrival across; darker is worse, empty is nothing arrived. */
export function heatMap(title: string, rows: readonly HeatRow[], intervalMinutes: number): string {
  const count = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const cell = (width - margin.left - margin.right) / count;
  const height = margin.top + margin.bottom + rows.length * rowHeight;
  const hours = [0, 3, 6, 9, 12, 15, 18, 21];
  return svgOf({
    width,
    height,
    title,
    body: [
      ...rows.flatMap((row, index) => {
        const y = margin.top + index * rowHeight;
        return [
          label(margin.left - 8, y + rowHeight / 2 + 4, row.name, { anchor: "end", kind: "name" }),
          ...row.cells.flatMap((value, place) => {
            if (value === undefined) return [];
            const minute = place * intervalMinutes;
            const clock = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
            const words = `${row.name} ${clock}: ${percent(value.share)} of ${value.messages.toFixed(0)} messages`;
            const x = margin.left + place * cell;
            return [
              box(x + 0.5, y + 1, cell - 1, rowHeight - 2, `heat-${stepOf(value.share)}`, words),
            ];
          }),
        ];
      }),
      ...hours.map((hour) =>
        label(
          margin.left + ((hour * 60) / intervalMinutes) * cell,
          height - margin.bottom + 18,
          `${String(hour).padStart(2, "0")}:00`,
        ),
      ),
    ],
  });
}

export function heatLegend(): string {
  const items = steps.map(
    ({ words }, index) =>
      `<li><span class="key heat-${index + 1}" aria-hidden="true"></span>${words}</li>`,
  );
  return `<ul class="legend">${items.join("")}</ul>`;
}

function stepOf(share: number): number {
  return steps.findIndex(({ from }) => share >= from) + 1;
}
