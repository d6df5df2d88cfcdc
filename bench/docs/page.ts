import { benchmarks } from "../catalogue.ts";
import type { Environment } from "../environment.ts";
import type { Figure } from "../figures.ts";
import { aimsTable } from "./aims.ts";
import { queueChart, scalingChart } from "./charts.ts";
import { queueBurstTable, queueLatencyTable, queueProcessorTable } from "./queue-tables.ts";
import { type AllResults, type BenchResults, figuresOf } from "./results.ts";
import { simulatorTable } from "./simulator-table.ts";
import { shown, table } from "./table.ts";

/** What is generated, by file name beside the results. */
export function charts(all: AllResults): ReadonlyMap<string, string> {
  const { bench, queues } = all;
  const drawn = new Map<string, string>();
  if (bench.length > 0) drawn.set("scaling.svg", scalingChart(figuresOf(all)));
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
      return bench.length === 0 ? missing : bench.map(benchMachine).join("\n");
    case "queues-machine":
      return queues === undefined ? missing : queuesMachine(all);
    case "queues-burst":
      return queues === undefined ? missing : queueBurstTable(queues);
    case "queues-processor":
      return queues === undefined ? missing : queueProcessorTable(queues);
    case "queues-latency":
      return queues === undefined ? missing : queueLatencyTable(queues);
    case "simulators":
      return simulators === undefined
        ? missing
        : `${simulatorTable(simulators)}\n\n${machine(simulators.environment)}`;
    default:
      return areaTable(name, figuresOf(all));
  }
}

function machine(environment: Environment): string {
  const { commit, cpu, cores, memoryGiB, node, v8, platform, at, loadAverage } = environment;
  const load = loadAverage === undefined ? "" : `, load average ${loadAverage.toFixed(1)} before`;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node} (V8 ${v8}), commit \`${commit.slice(0, 12)}\`, ${at.slice(0, 16).replace("T", " ")} UTC${load}.`;
}

/** What was measured when, and how often. */
function benchMachine({ environment, observations }: BenchResults): string {
  const areas = [...new Set(Object.keys(observations).map((name) => name.split(".")[0]))];
  const count = environment.observations;
  const processes = count === 1 ? "one process each" : `${count} processes each`;
  return `- ${areas.join(", ")}: ${processes}. ${machine(environment)}`;
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
