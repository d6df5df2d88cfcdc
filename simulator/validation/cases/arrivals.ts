import { hawkes } from "../../arrivals/hawkes.ts";
import { markovModulatedPoisson } from "../../arrivals/mmpp.ts";
import type { ArrivalProcess } from "../../arrivals/process.ts";
import { arrivalStream } from "../../keyed-random.ts";
import type { Effort } from "../reference-case.ts";

/** A process whose index of dispersion is known at finite windows. No engine is in these. */
export interface ArrivalCase {
  readonly id: string;
  readonly title: string;
  readonly theory: string;
  readonly process: ArrivalProcess;
  readonly meanRate: number;
  /** Windows, with the index of dispersion that literature gives there. */
  readonly windows: readonly { readonly length: number; readonly published: number }[];
}

export const arrivalCases: readonly ArrivalCase[] = [
  {
    id: "mmpp2",
    title: "MMPP(2), rates 10 and 1, leaving at 0.5 and 0.25",
    theory: "Heffes & Lucantoni 1986, equation 5.",
    process: markovModulatedPoisson({ rate1: 10, rate2: 1, leave1: 0.5, leave2: 0.25 }),
    meanRate: 4,
    windows: [
      { length: 1, published: 4.558 },
      { length: 20, published: 12.2 },
      { length: 100, published: 12.84 },
    ],
  },
  {
    id: "hawkes",
    title: "Hawkes, branching 0.6, decay 1",
    theory: "Hawkes 1971.",
    process: hawkes(1, 0.6, 1),
    meanRate: 2.5,
    windows: [
      { length: 10, published: 4.96 },
      { length: 100, published: 6.12 },
    ],
  },
];

const windowCounts = { full: 2000, quick: 60 } as const;
export const arrivalReplications = { full: 40, quick: 10 } as const;

/**
 * Mean square of (count − expected) over expected, in windows that follow one another: its mean is
 * the index of dispersion, exactly. @returns first the rate, then one entry a window
 */
export function dispersions(
  { id, process, meanRate, windows }: ArrivalCase,
  seed: number,
  replication: number,
  effort: Effort,
): readonly number[] {
  const longest = Math.max(...windows.map(({ length }) => length));
  const horizon = longest * windowCounts[effort];
  const times = process.arrivals(arrivalStream(seed, id, replication), 0, horizon);
  const found = [times.length / horizon];
  for (const { length } of windows) {
    const counts = new Float64Array(Math.floor(horizon / length));
    for (const at of times) {
      const window = Math.floor(at / length);
      counts[window] = (counts[window] ?? 0) + 1;
    }
    const expected = meanRate * length;
    const squares = counts.reduce((sum, count) => sum + (count - expected) ** 2, 0);
    found.push(squares / counts.length / expected);
  }
  return found;
}
