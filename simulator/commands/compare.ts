import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { engineVersion } from "../../core/engine.ts";
import { type ComparedMeasure, type ComparedRun, compareRuns } from "../comparison.ts";
import { durationText, percent, points, signed } from "../figures.ts";
import { runReplications } from "../replications.ts";
import { comparisonHtml } from "../report/comparison-page.ts";
import { resultsJson } from "../results-json.ts";
import { loadScenario, type Scenario } from "../scenario/scenario.ts";
import { hashOf } from "../summary.ts";
import { alignedTable } from "../terminal-table.ts";
import { buildWorld } from "../world.ts";
import { exitCodes, finish } from "./exit.ts";
import { printProblems } from "./problems.ts";
import { numberProblems } from "./numbers.ts";
import { progressOf } from "./progress.ts";

interface CompareArguments {
  readonly first: string;
  readonly second: string;
  readonly seed: number | undefined;
  readonly replications: number | undefined;
  readonly threads: number;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: "compare <first> <second>",
  describe: "Run two scenarios on the same customers and report what the second changes",
  builder: (yargs: Argv): Argv<CompareArguments> =>
    yargs
      .positional("first", { type: "string", demandOption: true, describe: "Scenario as it is" })
      .positional("second", {
        type: "string",
        demandOption: true,
        describe: "Scenario as it may be",
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
      .example("$0 compare a.yaml b.yaml --replications 40", "Narrower intervals"),
  handler: compare,
};

async function compare(given: CompareArguments): Promise<void> {
  const loaded = [loadScenario(given.first), loadScenario(given.second)] as const;
  const problems = loaded.flatMap((one) => ("problems" in one ? one.problems : []));
  const [a, b] = loaded;
  const windows =
    "scenario" in a && "scenario" in b ? differentWindows(a.scenario, b.scenario) : [];
  const others = [...windows, ...numberProblems(given)];
  if (!("scenario" in a) || !("scenario" in b) || others.length > 0) {
    printProblems(problems, others);
    finish(exitCodes.badInput);
    return;
  }
  const run = a.scenario.settings.run;
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
  const first = await simulated(a.scenario);
  const second = await simulated(b.scenario);
  progress.stop();
  const target = a.scenario.settings.targets.find(({ measure }) => measure === "assigned-within");
  const within = target?.measure === "assigned-within" ? target.minutes : 30;
  const measures = compareRuns(first, second, within, run.confidence);
  const names = [a.scenario.name, b.scenario.name] as const;
  const folder = given.out ?? join("results", names.join("-"));
  mkdirSync(folder, { recursive: true });
  const about = {
    names,
    seed,
    replications,
    confidence: run.confidence,
    engineVersion,
    configurationHashes: [
      hashOf(a.scenario.configuration),
      hashOf(b.scenario.configuration),
    ] as const,
  };
  const json = resultsJson({ ...about, measures });
  writeFileSync(join(folder, "comparison.json"), json);
  writeFileSync(join(folder, "comparison.html"), comparisonHtml({ ...about, measures }));
  process.stdout.write(given.json ? json : `${comparisonTable(names, measures)}\n`);
  if (!given.json && !given.quiet) {
    process.stdout.write(`\n${join(folder, "comparison.html")} and comparison.json written\n`);
  }
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
      const figure = measure.unit === "share" ? percent : durationText;
      const change = measure.unit === "share" ? points : durationText;
      const { estimate, low, high } = measure.difference;
      return [
        `${measure.scope}: ${measure.measure}`,
        figure(measure.first),
        figure(measure.second),
        signed(change, estimate),
        Number.isNaN(low) ? "–" : `[${signed(change, low)}, ${signed(change, high)}]`,
        Number.isFinite(measure.varianceReduction) ? measure.varianceReduction.toFixed(1) : "–",
      ];
    }),
  ]);
}
