import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import { exitWith, parsed, UsageError } from "../usage.ts";
import { runQueues } from "./queues/run.ts";
import { runSimulators } from "./simulators/run.ts";

/** `npm run bench:peers -- [queues] [simulators] [--smoke] [--rounds N] [--only PART]` */

const groups = ["queues", "simulators"] as const;

const options = await parsed(
  yargs(process.argv.slice(2))
    .scriptName("npm run bench:peers --")
    .command(
      "$0 [groups..]",
      "Measure Nightdesk and what people would use instead on the same work; without names, all",
      (command) =>
        command.positional("groups", {
          type: "string",
          array: true,
          default: [],
          describe: groups.join(" or "),
        }),
    )
    .option("smoke", { type: "boolean", default: false, describe: "Small sizes; keeps nothing" })
    .option("rounds", {
      type: "number",
      requiresArg: true,
      default: 2,
      describe: "Of the queues, 1–20",
    })
    .option("only", {
      type: "string",
      requiresArg: true,
      describe: "Queues with this in their name; keeps nothing",
    })
    .example(
      "$0 queues",
      "BullMQ, graphile-worker and SKIP LOCKED beside NDJSON in, event streams out",
    )
    .example("$0 simulators", "M/M/50 beside SSJ, SimPy and Ciw")
    .example("$0 queues --only bullmq --smoke", "whether BullMQ still runs here")
    .epilogue(
      "Starts Redis and PostgreSQL of Debian's packages on 127.0.0.1 in temporary folders, and ends them. Exit 64: one of them is missing.",
    ),
);

try {
  const named = options["groups"] as readonly string[];
  const unknown = named.filter((name) => !groups.some((group) => group === name));
  if (unknown.length > 0) {
    throw new UsageError(`no such peers: ${unknown.join(", ")}; there are ${groups.join(", ")}`);
  }
  const { smoke, only, rounds } = options;
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) {
    throw new UsageError(`--rounds ${rounds}: a whole number from 1 to 20`);
  }
  const wanted = (group: string) => named.length === 0 || named.includes(group);
  const keeps = !smoke && only === undefined;
  if (wanted("queues")) {
    const { failures } = await runQueues({
      smoke,
      only,
      rounds: smoke ? 1 : rounds,
      keep: (results) => {
        if (keeps) keep("queues", results);
      },
    });
    if (failures.length > 0) process.exitCode = 1;
  }
  if (wanted("simulators")) {
    const results = runSimulators(smoke);
    if (keeps) keep("simulators", results);
  }
} catch (error) {
  exitWith(error);
}

/** Raw, for `npm run bench:docs`. */
function keep(name: string, results: object): void {
  const folder = fileURLToPath(new URL("../../docs/benchmarks/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
}
