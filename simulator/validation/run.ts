import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import yargs from "yargs";
import { keyOf } from "../keyed-random.ts";
import { allCases } from "./cases/all-cases.ts";
import { type ArrivalCase, arrivalCases, arrivalReplications } from "./cases/arrivals.ts";
import { coverageBand, covered, coverageSizes } from "./coverage.ts";
import { type JudgedFigure, validationPage, type ValidationResults } from "./page.ts";
import { agrees, formulaChecks } from "./reference-values.ts";
import type { Effort, ReferenceCase } from "./reference-case.ts";
import type { ValidationOutcome, ValidationTask } from "./validation-worker.ts";
import { KeptOutcomes } from "./kept-outcomes.ts";
import { judge } from "./verdict.ts";

/** `npm run validate -- [--quick] [--only ID …] [--threads N] [--resume FILE]` */

/** Fixed before the first run. Sizes were chosen on runs with other seeds. */
const fixedSeed = 20_261_123;
/** A quick run may have errors so many times as wide, and leaves cases out. */
const quickFactor = 10;

const options = await yargs(process.argv.slice(2))
  .scriptName("npm run validate --")
  .option("quick", { type: "boolean", default: false, describe: "Seconds, for CI; writes no page" })
  .option("only", { type: "string", array: true, describe: "Only these cases; writes no page" })
  .option("resume", {
    type: "string",
    describe: "File that keeps what was simulated; what it has already is not simulated again",
  })
  .option("threads", { type: "number", default: availableParallelism() })
  .option("seed", {
    type: "number",
    default: fixedSeed,
    describe: "Another seed, to choose sizes by; writes no page",
  })
  .strict()
  .parse();

const effort: Effort = options.quick ? "quick" : "full";
const { only, seed: baseSeed } = options;
const isAsked = ({ id }: { readonly id: string }) => only === undefined || only.includes(id);
const pool = new Piscina<ValidationTask, unknown>({
  filename: fileURLToPath(new URL("validation-worker.ts", import.meta.url)),
  minThreads: options.threads,
  maxThreads: options.threads,
  idleTimeout: Number.POSITIVE_INFINITY,
  resourceLimits: { maxYoungGenerationSizeMb: 192 },
});

const kept = new KeptOutcomes(options.resume);
let failures = 0;
try {
  const results = await validate();
  if (effort === "full" && only === undefined && baseSeed === fixedSeed) {
    const page = fileURLToPath(new URL("../../docs/validation.md", import.meta.url));
    writeFileSync(page, validationPage(results));
  }
} finally {
  await pool.destroy();
}
process.stdout.write(failures === 0 ? "every verdict passes\n" : `${failures} verdicts fail\n`);
process.exitCode = failures === 0 ? 0 : 1;

async function validate(): Promise<ValidationResults> {
  for (const check of formulaChecks) if (!agrees(check)) fail(check.name);
  const cases = [];
  for (const reference of allCases.filter(
    (one) => isAsked(one) && one.sizes[effort].replications > 0,
  )) {
    cases.push({ reference, ...(await runCase(reference)) });
  }
  const arrivals = [];
  for (const arrival of arrivalCases.filter(isAsked)) {
    arrivals.push({ arrival, figures: await runArrivals(arrival) });
  }
  const coverage = isAsked({ id: "coverage" }) ? await runCoverage() : Number.NaN;
  return { seed: baseSeed, cases, arrivals, coverage };
}

async function runCase(reference: ReferenceCase) {
  const { id, sizes, figures } = reference;
  const { replications } = sizes[effort];
  const outcomes = await Promise.all(
    tasks(id, replications).map((task) =>
      kept.of<ValidationOutcome>({ ...task, size: sizes[effort].days }, () =>
        pool.run(task, { name: "replicateCase" }),
      ),
    ),
  );
  for (const { broken } of outcomes) for (const what of broken) fail(`${id}: ${what}`);
  const judged = figures.map((figure, index) => {
    const { name, exact, errorMax, control } = figure;
    const values = outcomes.map((outcome) => outcome.values[index] ?? Number.NaN);
    const controls = outcomes.map((outcome) => outcome.controls[index] ?? Number.NaN);
    return judgedFigure(
      id,
      name,
      exact,
      errorMax,
      values,
      control && { ...control, values: controls },
    );
  });
  return {
    figures: judged,
    messages: outcomes.reduce((sum, { messages }) => sum + messages, 0),
  };
}

async function runArrivals(arrival: ArrivalCase): Promise<readonly JudgedFigure[]> {
  const { id, process: law, meanRate, windows } = arrival;
  const found = await Promise.all(
    tasks(id, arrivalReplications[effort]).map((task) =>
      kept.of<readonly number[]>(task, () => pool.run(task, { name: "replicateArrivals" })),
    ),
  );
  const column = (index: number) => found.map((values) => values[index] ?? Number.NaN);
  return [
    judgedFigure(id, "mean rate", meanRate, 0.01, column(0)),
    ...windows.map(({ length, published }, index) => {
      const exact = law.variance(0, length) / (meanRate * length);
      if (Math.abs(exact / published - 1) > 1e-3) fail(`${id}: IDC ${exact}, not ${published}`);
      return judgedFigure(id, `IDC(${length})`, exact, 0.01, column(index + 1));
    }),
  ];
}

async function runCoverage(): Promise<number> {
  const { runs, replications } = coverageSizes[effort];
  const seed = seedOf("coverage");
  const counts = await Promise.all(
    Array.from({ length: runs }, async (_unused, run) => {
      const task = { id: "coverage", effort, seed, replication: 1 + run * replications };
      const given = { ...task, count: replications };
      const name = "replicateCoverage";
      return kept.of<readonly (readonly [number, number])[]>(given, () =>
        pool.run(given, { name }),
      );
    }),
  );
  const share = covered(counts.flat(), effort);
  const slack = effort === "full" ? 0 : 0.08;
  const passes = share >= coverageBand.low - slack && share <= coverageBand.high + slack;
  process.stdout.write(`${passes ? "pass" : "FAIL"} coverage ${share.toFixed(4)}\n`);
  if (!passes) failures += 1;
  return share;
}

function judgedFigure(
  id: string,
  name: string,
  exact: number,
  errorMax: number,
  values: readonly number[],
  control?: { readonly name: string; readonly values: readonly number[]; readonly mean: number },
): JudgedFigure {
  const allowed = effort === "full" ? errorMax : errorMax * quickFactor;
  const verdict = judge(values, exact, allowed, control);
  const passes = verdict.passes && verdict.isPrecise;
  if (!passes) failures += 1;
  const { simulated, error } = verdict;
  process.stdout.write(
    `${passes ? "pass" : "FAIL"} ${id.padEnd(20)} ${name.padEnd(36)} exact ${exact.toPrecision(6)} simulated ${simulated.toPrecision(6)} ± ${error.toPrecision(2)} (${((100 * error) / exact).toFixed(2)} %)\n`,
  );
  return { name, exact, errorMax, verdict, ...(control && { control: control.name }) };
}

function tasks(id: string, count: number): ValidationTask[] {
  const seed = seedOf(id);
  return Array.from({ length: count }, (_unused, index) => ({
    id,
    effort,
    seed,
    replication: index + 1,
  }));
}

function seedOf(id: string): number {
  return (keyOf(id) ^ baseSeed) >>> 0;
}

function fail(what: string): void {
  failures += 1;
  process.stdout.write(`FAIL ${what}\n`);
}
