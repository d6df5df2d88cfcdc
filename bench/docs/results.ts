import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../environment.ts";
import type { Figure } from "../figures.ts";
import { checkout } from "../observing.ts";
import type { QueueResults } from "../peers/queues/run.ts";
import type { SimulatorResults } from "../peers/simulators/run.ts";

/** What `npm run bench -- --json` keeps. */
export interface BenchResults {
  readonly environment: Environment & { readonly smoke: boolean; readonly observations: number };
  readonly results: readonly Figure[];
  readonly observations: Readonly<Record<string, readonly (readonly Figure[])[]>>;
}

/** All raw results that the page is made from; what was never measured is absent. */
export interface AllResults {
  readonly bench?: BenchResults;
  readonly queues?: QueueResults;
  readonly simulators?: SimulatorResults;
}

export const resultsFolder: string = join(checkout, "docs", "benchmarks");

export function readResults(folder: string = resultsFolder): AllResults {
  const names = ["bench", "queues", "simulators"].filter((name) =>
    existsSync(join(folder, `${name}.json`)),
  );
  const all = names.map((name) => [name, readFileSync(join(folder, `${name}.json`), "utf8")]);
  // Written by the programs beside, whose types these are.
  return Object.fromEntries(
    all.map(([name, text = ""]) => [name, JSON.parse(text) as unknown]),
  ) as AllResults;
}
