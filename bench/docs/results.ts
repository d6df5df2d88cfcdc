import { existsSync, readdirSync, readFileSync } from "node:fs";
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
  /** Every `bench….json`, by name; where two have a figure the later one is shown. */
  readonly bench: readonly BenchResults[];
  readonly queues?: QueueResults;
  readonly simulators?: SimulatorResults;
}

export const resultsFolder: string = join(checkout, "docs", "benchmarks");

export function readResults(folder: string = resultsFolder): AllResults {
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  // Written by the programs beside, whose types these are.
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")) as unknown;
  const bench = files.filter((file) => /^bench.*\.json$/u.test(file)).map(read);
  const peers = ["queues", "simulators"].filter((name) => files.includes(`${name}.json`));
  const others = Object.fromEntries(peers.map((name) => [name, read(`${name}.json`)]));
  return { bench, ...others } as AllResults;
}

/** All figures, each once, in the order in which they were first measured. */
export function figuresOf({ bench }: AllResults): readonly Figure[] {
  const byName = new Map<string, Figure>();
  for (const { results } of bench) {
    for (const figure of results) byName.set(`${figure.name} ${figure.metric}`, figure);
  }
  return [...byName.values()];
}
