import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { engineVersion } from "../../core/engine.ts";
import { type ComparedMeasure, type ComparedRun, compareRuns } from "../comparison.ts";
import { begunTogether, comparisonNotes } from "../comparison-notes.ts";
import { differenceText } from "../difference-text.ts";
import { runReplications } from "../replications.ts";
import { comparisonHtml } from "../report/comparison-page.ts";
import { resultsJson } from "../results-json.ts";
import { type Change, readChange } from "../scenario/changes.ts";
import {
  type LoadedScenario,
  type LocatedProblem,
  loadScenario,
  type Scenario,
} from "../scenario/scenario.ts";
import { brokenIn, hashOf } from "../summary.ts";
import { alignedTable } from "../terminal-table.ts";
import { buildWorld } from "../world.ts";
import { exitCodes, finish } from "./exit.ts";
import { printProblems } from "./problems.ts";
import { numberProblems } from "./numbers.ts";
import { progressOf } from "./progress.ts";

interface CompareArguments {
  readonly first: string;
  readonly second: string | undefined;
  readonly set: readonly string[];
  readonly seed: number | undefined;
  readonly replications: number | undefined;
  readonly threads: number;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: "compare <first> [second]",
  describe: "Run two scenarios on the same customers and report what the second changes",
  builder: (yargs: Argv): Argv<CompareArguments> =>
    yargs
      .positional("first", { type: "string", demandOption: true, describe: "Scenario as it is" })
      .positional("second", {
        type: "string",
        describe: "Scenario as it may be; left out: the first one with the changes of --set",
      })
      .option("set", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        describe: "/PATH=VALUE in the second scenario or its configuration; may be repeated",
      })
      .option("seed", { type: "number", describe: "Instead of the first scenario's seed" })
      .option("replications", {
        type: "number",
        describe: "Instead of the first scenario's number",
      })
      .option("threads", {
        type: "number",
        default: availableParallelism(),
        defaultDescription: "all cores",
        describe: "Threads, 0 for none beside this one; results do not depend on them",
      })
      .option("out", { type: "string", describe: "Folder (default results/FIRST-SECOND)" })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print comparison.json instead",
      })
      .option("quiet", { type: "boolean", default: false, describe: "Print the table only" })
      .example("$0 compare plan.yaml plan-two-more.yaml", "What two more agents buy")
      .example(
        "$0 compare plan.yaml --set /traffic/web/arrivals/0/perWeek=400",
        "The same week with another volume",
      )
      .example(
        "$0 compare plan.yaml --set /configuration/channels/0/offlineMessages/routingTimeLimit=60",
        "Another routing time limit",
      )
      .example("$0 compare a.yaml b.yaml --replications 40", "Narrower intervals")
      .epilogue(
        "Paths are JSON Pointers, as problems are reported; /- is the end of a list. Exit code: 0, 64 bad input.",
      ),
  handler: compare,
};

async function compare(given: CompareArguments): Promise<void> {
  const loaded = loadBoth(given);
  if ("problems" in loaded) {
    printProblems(loaded.problems, loaded.others);
    finish(exitCodes.badInput);
    return;
  }
  const scenarios = begunTogether(...loaded.scenarios);
  const [a, b] = scenarios;
  const run = a.settings.run;
  const seed = given.seed ?? run.seed;
  const replications = given.replications ?? run.replications;
  const progress = progressOf(2 * replications, given.quiet || given.json);
  let done = 0;
  const simulated = async (scenario: Scenario): Promise<ComparedRun> => ({
    world: buildWorld(scenario),
    records: await runReplications(scenario, {
      seed,
      replications,
      threads: given.threads,
      onRecord() {
        done += 1;
        progress.show(done);
      },
    }),
  });
  const first = await simulated(a);
  const second = await simulated(b);
  progress.stop();
  const target = a.settings.targets.find(({ measure }) => measure === "assigned-within");
  const within = target?.measure === "assigned-within" ? target.minutes : 30;
  const measures = compareRuns(first, second, within, run.confidence);
  const names = [a.name, b.name] as const;
  const folder = given.out ?? join("results", names.join("-").replaceAll(" ", "-"));
  mkdirSync(folder, { recursive: true });
  const comparison = {
    names,
    changes: given.set,
    seed,
    replications,
    confidence: run.confidence,
    engineVersion,
    configurationHashes: [hashOf(a.configuration), hashOf(b.configuration)] as const,
    warnings: comparisonNotes(names, first, second),
    broken: [...brokenIn(first.records), ...brokenIn(second.records)],
    measures,
  };
  const json = resultsJson(comparison);
  writeFileSync(join(folder, "comparison.json"), json);
  writeFileSync(join(folder, "comparison.html"), comparisonHtml(comparison));
  process.stdout.write(given.json ? json : `${comparisonTable(names, measures)}\n`);
  if (!given.json) {
    const notes = [
      ...comparison.warnings.map((note) => `note: ${note}`),
      ...comparison.broken.map((what) => `BROKEN: ${what}`),
    ];
    if (notes.length > 0) process.stdout.write(`\n${notes.join("\n")}\n`);
    if (!given.quiet) {
      process.stdout.write(`\n${join(folder, "comparison.html")} and comparison.json written\n`);
    }
  }
  if (comparison.broken.length > 0) finish(exitCodes.broken);
}

type LoadedBoth =
  | { readonly scenarios: readonly [Scenario, Scenario] }
  | { readonly problems: readonly LocatedProblem[]; readonly others: readonly string[] };

/** Both scenarios, the second with its changes; or everything that is wrong with either. */
function loadBoth(given: CompareArguments): LoadedBoth {
  const read = given.set.map(readChange);
  const changes = read.filter((change): change is Change => typeof change !== "string");
  const others = [
    ...read.filter((change) => typeof change === "string"),
    ...numberProblems(given),
    ...(given.second === undefined && given.set.length === 0
      ? ["a second scenario or --set must say what to compare with"]
      : []),
  ];
  const a = loadScenario(given.first);
  const b = renamed(loadScenario(given.second ?? given.first, changes), given);
  if ("scenario" in a && "scenario" in b) {
    others.push(...differentWindows(a.scenario, b.scenario));
    if (others.length === 0) return { scenarios: [a.scenario, b.scenario] };
  }
  const ofFirst = "problems" in a ? a.problems : [];
  const known = new Set(ofFirst.map((problem) => JSON.stringify(problem)));
  const ofSecond = "problems" in b ? b.problems : [];
  // A file that is read twice has its problems once.
  const problems = [...ofFirst, ...ofSecond.filter((one) => !known.has(JSON.stringify(one)))];
  return { problems, others };
}

/** A scenario that is the first one changed needs a name of its own. */
function renamed(loaded: LoadedScenario, given: CompareArguments): LoadedScenario {
  if ("problems" in loaded || given.second !== undefined) return loaded;
  return { scenario: { ...loaded.scenario, name: `${loaded.scenario.name} changed` } };
}

function differentWindows(a: Scenario, b: Scenario): readonly string[] {
  return (["start", "timeZone", "days"] as const).flatMap((key) =>
    a.settings[key] === b.settings[key]
      ? []
      : [`${key} differs: ${a.settings[key]} and ${b.settings[key]}; the windows must be the same`],
  );
}

function comparisonTable(
  [first, second]: readonly [string, string],
  measures: readonly ComparedMeasure[],
): string {
  return alignedTable([
    ["", first, second, "difference", "interval", "variance ÷"],
    ...measures.map((measure) => {
      const text = differenceText(measure);
      return [
        `${measure.scope}: ${measure.measure}`,
        text.first,
        text.second,
        text.difference,
        text.interval,
        text.varianceReduction,
      ];
    }),
  ]);
}
