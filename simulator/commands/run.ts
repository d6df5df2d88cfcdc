import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { MessagesCsv } from "../messages-csv.ts";
import { replicationsFor } from "../precision.ts";
import type { ReplicationRecord } from "../replication-record.ts";
import { runReplications } from "../replications.ts";
import { reportHtml } from "../report/page.ts";
import { resultsJson } from "../results-json.ts";
import { type LoadedScenario, loadScenario, type Scenario } from "../scenario/scenario.ts";
import { summarize, type RunSummary } from "../summary.ts";
import { terminalSummary } from "../terminal-table.ts";
import { exitCodeOf } from "../verdicts.ts";
import { buildWorld } from "../world.ts";
import { differenceFrom, keptResults } from "./verify.ts";
import { exitCodes, finish } from "./exit.ts";
import { printProblems } from "./problems.ts";
import { numberProblems } from "./numbers.ts";
import { progressOf } from "./progress.ts";

interface RunArguments {
  readonly file: string;
  readonly seed: number | undefined;
  readonly replications: number | undefined;
  readonly precision: number | undefined;
  readonly threads: number;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verify: string | undefined;
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: "run <file>",
  describe: "Simulate a scenario and report what it comes to",
  builder: (yargs: Argv): Argv<RunArguments> =>
    yargs
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "Scenario (YAML or JSON)",
      })
      .option("seed", { type: "number", describe: "Instead of the scenario's seed" })
      .option("replications", { type: "number", describe: "Instead of the scenario's number" })
      .option("precision", {
        type: "number",
        describe: "Half width of the service level's interval; the replications then are a pilot",
      })
      .option("threads", {
        type: "number",
        default: availableParallelism(),
        defaultDescription: "all cores",
        describe: "Threads, 0 for none beside this one; results do not depend on them",
      })
      .option("out", { type: "string", describe: "Folder of the results (default results/NAME)" })
      .option("json", { type: "boolean", default: false, describe: "Print results.json instead" })
      .option("quiet", { type: "boolean", default: false, describe: "Print only the digest" })
      .option("verify", {
        type: "string",
        describe: "results.json whose decisions and figures must come again",
      })
      .example("$0 run scenarios/monday-opening.yaml", "Ten replications, a table and a report")
      .example("$0 run plan.yaml --seed 7 --replications 40", "Another seed, narrower intervals")
      .example("$0 run plan.yaml --verify results/plan/results.json", "Fails on any difference")
      .epilogue(
        "Exit code: 0 all targets pass or none are set, 1 one fails or --verify found a difference, 2 one is undecided, 64 bad input, 70 an invariant broke.",
      ),
  handler: run,
};

async function run(given: RunArguments): Promise<void> {
  const loaded = loadScenario(given.file);
  // Read before anything is written: it may be the very file that this run writes.
  const kept = given.verify === undefined ? undefined : keptResults(given.verify);
  const others = [
    ...numberProblems(given),
    ...pilotProblems(given, loaded),
    ...(typeof kept === "string" ? [kept] : []),
  ];
  if ("problems" in loaded || typeof kept === "string" || others.length > 0) {
    printProblems("problems" in loaded ? loaded.problems : [], others);
    finish(exitCodes.badInput);
    return;
  }
  const scenario = withOptions(loaded.scenario, given);
  const { seed, replications } = scenario.settings.run;
  const folder = given.out ?? join("results", scenario.name);
  mkdirSync(folder, { recursive: true });
  const world = buildWorld(scenario);
  const csv = new MessagesCsv(join(folder, "messages.csv"), world);
  const simulated = (count: number, from = 1): Promise<readonly ReplicationRecord[]> => {
    const progress = progressOf(count, given.quiet || given.json);
    const onRecord = (record: ReplicationRecord, done: number): void => {
      progress.show(done);
      csv.add(record);
    };
    const options = { seed, replications: count, threads: given.threads, onRecord };
    return runReplications(scenario, options, from).finally(() => progress.stop());
  };
  const pilot = await simulated(replications);
  const needed = given.precision === undefined ? 0 : replicationsFor(world, pilot, given.precision);
  const more = Math.max(0, needed - replications);
  const rest = more === 0 ? [] : await simulated(more, replications + 1);
  const records = [...pilot, ...rest];
  const summary = summarize(world, records, seed);
  const difference =
    kept === undefined ? undefined : differenceFrom(given.verify ?? "", kept, summary);
  // What this run was to be measured by is not overwritten by a run that differs from it.
  const results = join(folder, "results.json");
  if (difference !== undefined && resolve(given.verify ?? "") === resolve(results)) {
    await csv.discard();
    print(summary, undefined, given);
  } else {
    await csv.close();
    writeFileSync(results, resultsJson(summary));
    writeFileSync(join(folder, "report.html"), reportHtml(world, records, summary));
    print(summary, folder, given);
  }
  finish(exitCodeOfRun(summary, difference));
}

/** A pilot of one has no variance to fix a number of replications by. */
function pilotProblems(given: RunArguments, loaded: LoadedScenario): readonly string[] {
  if (given.precision === undefined || "problems" in loaded) return [];
  const pilot = given.replications ?? loaded.scenario.settings.run.replications;
  return pilot === 1 ? ["--precision needs a pilot of 2 replications or more, not 1"] : [];
}

/** @param folder what was written to; undefined: nothing was */
function print(
  summary: RunSummary,
  folder: string | undefined,
  { json, quiet }: RunArguments,
): void {
  if (json) {
    process.stdout.write(resultsJson(summary));
    return;
  }
  if (!quiet) {
    process.stdout.write(`${terminalSummary(summary)}\n\n`);
    process.stdout.write(
      folder === undefined
        ? "nothing written, so that what was to come again stays as it is\n"
        : `${join(folder, "report.html")}, results.json and messages.csv written\n`,
    );
  }
  process.stdout.write(`digest: ${summary.digest}\n`);
}

function exitCodeOfRun(summary: RunSummary, difference: string | undefined): number {
  if (summary.broken.length > 0) return exitCodes.broken;
  if (difference !== undefined) {
    process.stderr.write(`${difference}\n`);
    return exitCodes.failed;
  }
  return exitCodeOf(summary.verdicts);
}

function withOptions(scenario: Scenario, given: RunArguments): Scenario {
  const { settings } = scenario;
  return {
    ...scenario,
    settings: {
      ...settings,
      run: {
        ...settings.run,
        seed: given.seed ?? settings.run.seed,
        replications: given.replications ?? settings.run.replications,
      },
    },
  };
}
