import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import yargs from "yargs";
import { environment } from "./environment.ts";
import type { Benchmark, Figure } from "./figures.ts";
import { combined, observe } from "./observing.ts";
import { chosen, exitWith, parsed, UsageError } from "./usage.ts";

/** `npm run bench -- [NAME …] [--smoke] [--json FILE] [--observations N] [--list]` */

const options = await parsed(
  yargs(process.argv.slice(2))
    .scriptName("npm run bench --")
    .command(
      "$0 [names..]",
      "Measure the engine and the worker; without names, everything",
      (command) =>
        command.positional("names", {
          type: "string",
          array: true,
          default: [],
          describe: "A benchmark, or all of an area",
        }),
    )
    .option("smoke", {
      type: "boolean",
      default: false,
      describe: "Small sizes: does it still run? The figures mean nothing",
    })
    .option("json", {
      type: "string",
      requiresArg: true,
      describe: "Write the figures to this file",
    })
    .option("observations", {
      type: "number",
      requiresArg: true,
      describe: "Fresh processes for each benchmark, 1–100",
      defaultDescription: "3, or 1 at smoke size",
    })
    .option("list", { type: "boolean", default: false, describe: "Say what can be measured" })
    .example("$0", "everything, as published")
    .example("$0 assign.latency --json figures.json", "one benchmark, its figures kept")
    .example("$0 worst scaling --observations 5", "two areas, five processes each")
    .example("$0 --smoke", "whether everything still runs, in seconds")
    .epilogue(
      "Beside it: npm run bench:compare -- BASE, npm run bench:peers, npm run bench:docs. Exit 64: what was asked for does not exist.",
    ),
);

try {
  const { smoke, list, json } = options;
  const selected = chosen(options["names"] as readonly string[]);
  if (list) {
    for (const { name, goal, nonGoal } of selected) {
      process.stdout.write(`${name}\n  measures ${goal}\n  not ${nonGoal}\n`);
    }
  } else {
    const count = options.observations ?? (smoke ? 1 : 3);
    if (!Number.isInteger(count) || count < 1 || count > 100) {
      throw new UsageError(`--observations ${count}: a whole number from 1 to 100`);
    }
    await measure(selected, { smoke, count, json });
  }
} catch (error) {
  exitWith(error);
}

interface Measuring {
  readonly smoke: boolean;
  /** Processes for each. */
  readonly count: number;
  readonly json: string | undefined;
}

async function measure(
  selected: readonly Benchmark[],
  { smoke, count, json }: Measuring,
): Promise<void> {
  const observations = new Map<string, Figure[][]>();
  const failures: Failure[] = [];
  const begun = { ...environment(), smoke, observations: count };
  // Everybody in turn, so that a slow minute of the machine meets different ones.
  for (let round = 1; round <= count; round += 1) {
    for (const benchmark of selected) {
      const { name, goal } = benchmark;
      const which = count === 1 ? "" : ` (${round} of ${count})`;
      process.stderr.write(`${name}${which}: ${goal}\n`);
      try {
        const figures = await observe(benchmark, { smoke });
        observations.set(name, [...(observations.get(name) ?? []), figures]);
        if (count === 1) for (const figure of figures) process.stdout.write(`${line(figure)}\n`);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        failures.push({ name, message });
        process.stderr.write(`${message}\n`);
      }
      // After each, so that a run that is ended keeps what it has.
      if (json !== undefined) keep(json, { environment: begun, failures }, observations);
    }
  }
  if (count > 1) {
    for (const figure of [...observations.values()].flatMap(combined)) {
      process.stdout.write(`${line(figure)}\n`);
    }
  }
  if (failures.length === 0) return;
  const names = [...new Set(failures.map(({ name }) => name))];
  process.stderr.write(`FAILED: ${names.join(", ")}\n`);
  process.exitCode = 1;
}

/** A benchmark whose process ended in an error: the others are measured all the same. */
interface Failure {
  readonly name: string;
  readonly message: string;
}

function keep(
  json: string,
  about: { readonly environment: object; readonly failures: readonly Failure[] },
  observations: ReadonlyMap<string, readonly (readonly Figure[])[]>,
): void {
  const results = [...observations.values()].flatMap(combined);
  const kept = { ...about, results, observations: Object.fromEntries(observations) };
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(kept, undefined, 2)}\n`);
}

function line({ name, metric, unit, value, samples, resultHash }: Figure): string {
  const shown = value >= 1_000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  const count = samples.toLocaleString("en");
  return `${name.padEnd(40)} ${metric.padEnd(18)} ${shown.padStart(12)} ${unit.padEnd(13)} n=${count} ${resultHash}`;
}
