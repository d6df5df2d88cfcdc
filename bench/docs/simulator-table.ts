import { median } from "../figures.ts";
import type { SimulatorResults } from "../peers/simulators/run.ts";
import { shown, table } from "./table.ts";

/** Events a second of each simulator on M/M/50, and the heap of a simulated year. */
export function simulatorTable({ observations, heap }: SimulatorResults): string {
  const own = median(observations[0]?.eventsPerSecond ?? []);
  const rows = observations.map(({ name, eventsPerSecond, meanWait }) => {
    const rate = median(eventsPerSecond);
    const rounds = eventsPerSecond.map(shown).join(", ");
    return [name, shown(rate), rounds, shown(own / rate), meanWait.toFixed(3)];
  });
  const [month2 = Number.NaN, month12 = Number.NaN] = [heap[1], heap[11]];
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const titles = ["simulator", ">events/s", ">rounds", ">Nightdesk ÷ it", ">mean wait"];
  return `${table(titles, rows)}

Heap in use over a simulated year of 2,000 messages a day from 1,000 customers (the log of messages, typed arrays, is outside the heap): ${mebibytes(month2)} MiB after month 2, ${mebibytes(month12)} MiB after month 12, ratio ${(month12 / month2).toFixed(2)} (wanted: at most 1.10).`;
}
