import { benchmarks } from "../catalogue.ts";
import type { Environment } from "../environment.ts";
import type { Figure } from "../figures.ts";
import { aimsTable } from "./aims.ts";
import { queueChart, scalingChart } from "./charts.ts";
import { queueBurstTable, queueLatencyTable } from "./queue-tables.ts";
import type { AllResults } from "./results.ts";
import { simulatorTable } from "./simulator-table.ts";
import { shown, table } from "./table.ts";

/** What is generated, by file name beside the results. */
export function charts({ bench, queues }: AllResults): ReadonlyMap<string, string> {
  const drawn = new Map<string, string>();
  if (bench !== undefined) drawn.set("scaling.svg", scalingChart(bench.results));
  if (queues !== undefined) drawn.set("queues.svg", queueChart(queues));
  return drawn;
}

const block = /^<!-- begin (\S+) -->\n[\s\S]*?^<!-- end -->$/gmu;

/**
 * The page with everything between `<!-- begin NAME -->` and `<!-- end -->` made anew from the
 * results; the rest is written by hand and stays.
 *
 * Errors: where the page has a block that nobody makes.
 */
export function pageWith(page: string, all: AllResults): string {
  return page.replaceAll(block, (_, name: string) => {
    return `<!-- begin ${name} -->\n\n${contentOf(name, all)}\n\n<!-- end -->`;
  });
}

const missing = "Not measured yet.";

function contentOf(name: string, all: AllResults): string {
  const { bench, queues, simulators } = all;
  switch (name) {
    case "aims":
      return aimsTable(all);
    case "machine":
      return bench === undefined ? missing : machine(bench.environment);
    case "queues-machine":
      return queues === undefined ? missing : queuesMachine(all);
    case "queues-burst":
      return queues === undefined ? missing : queueBurstTable(queues);
    case "queues-latency":
      return queues === undefined ? missing : queueLatencyTable(queues);
    case "simulators":
      return simulators === undefined
        ? missing
        : `${simulatorTable(simulators)}\n\n${machine(simulators.environment)}`;
    default:
      return areaTable(name, bench?.results ?? []);
  }
}

function machine({ commit, cpu, cores, memoryGiB, node, v8, platform, at }: Environment): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node} (V8 ${v8}), commit \`${commit.slice(0, 12)}\`, ${at.slice(0, 16).replace("T", " ")} UTC.`;
}

function queuesMachine({ queues }: AllResults): string {
  if (queues === undefined) return missing;
  const names = Object.entries(queues.versions).map(([name, version]) => `${name} ${version}`);
  return `${machine(queues.environment)} ${names.join(", ")}.`;
}

/** `assign`: all figures of that area. */
function areaTable(area: string, figures: readonly Figure[]): string {
  const own = figures.filter(({ name }) => name.startsWith(`${area}.`));
  if (own.length === 0) {
    if (benchmarks.some(({ name }) => name.startsWith(`${area}.`))) return missing;
    throw new Error(`no benchmark and no block of the page is called ${area}`);
  }
  const rows = own.map(({ name, metric, value, unit, samples }) => [
    `\`${name}\``,
    metric,
    shown(value),
    unit,
    samples.toLocaleString("en"),
  ]);
  return table(["benchmark", "metric", ">value", "unit", ">samples"], rows);
}
