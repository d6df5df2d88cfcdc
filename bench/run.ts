import { writeFileSync } from "node:fs";
import yargs from "yargs";
import { assignLatency } from "./assign-latency.ts";
import { assignThroughput } from "./assign-throughput.ts";
import { environment } from "./environment.ts";
import type { Benchmark, Figure } from "./figures.ts";
import { timersArmCancel } from "./timers-arm-cancel.ts";
import { pushDeadEndpoint } from "./push-dead-endpoint.ts";
import { timersLateness } from "./timers-lateness.ts";

/** `npm run bench -- [NAME …] [--smoke] [--json FILE] [--list]` */

const benchmarks: readonly Benchmark[] = [
  ...assignThroughput,
  assignLatency,
  timersLateness,
  pushDeadEndpoint,
  timersArmCancel,
];
const usageExitCode = 64;

const options = await yargs(process.argv.slice(2))
  .scriptName("npm run bench --")
  .command(
    "$0 [names..]",
    "Measure the engine and the worker; without names, everything",
    (command) => command.positional("names", { type: "string", array: true, default: [] }),
  )
  .option("smoke", {
    type: "boolean",
    default: false,
    describe: "Small sizes: does it still run? The figures mean nothing",
  })
  .option("json", { type: "string", requiresArg: true, describe: "Write the figures to this file" })
  .option("list", { type: "boolean", default: false, describe: "Say what can be measured" })
  .example("$0", "everything, as published")
  .example("$0 assign.latency --json figures.json", "one benchmark, its figures kept")
  .strict()
  .exitProcess(false)
  .fail((message, error) => {
    process.stderr.write(`${message || error.message}\n`);
    process.exit(usageExitCode);
  })
  .parse();
if ("help" in options || "version" in options) process.exit(0);

const names = options["names"] as readonly string[];
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  const known = benchmarks.map(({ name }) => name).join(", ");
  process.stderr.write(`no such benchmark: ${unknown.join(", ")}; there are ${known}\n`);
  process.exit(usageExitCode);
}
if (options.list) {
  for (const { name, goal, nonGoal } of benchmarks) {
    process.stdout.write(`${name}\n  measures ${goal}\n  not ${nonGoal}\n`);
  }
  process.exit(0);
}

const results: Figure[] = [];
for (const benchmark of benchmarks) {
  if (names.length > 0 && !names.includes(benchmark.name)) continue;
  process.stderr.write(`${benchmark.name}: ${benchmark.goal}\n`);
  const figures = await benchmark.run({ smoke: options.smoke });
  for (const figure of figures) process.stdout.write(`${line(figure)}\n`);
  results.push(...figures);
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ environment: environment(), results }, undefined, 2)}\n`,
  );
}

function line({ name, metric, unit, value, samples, resultHash }: Figure): string {
  const shown = value >= 1_000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  const count = samples.toLocaleString("en");
  return `${name.padEnd(36)} ${metric.padEnd(10)} ${shown.padStart(10)} ${unit.padEnd(13)} n=${count} ${resultHash}`;
}
