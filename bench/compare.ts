import { writeFileSync } from "node:fs";
import yargs from "yargs";
import { type BaseCheckout, canBeObserved, checkOut } from "./base-checkout.ts";
import { smokeCompared } from "./catalogue.ts";
import { environment } from "./environment.ts";
import type { Benchmark } from "./figures.ts";
import { observe } from "./observing.ts";
import { chosen, exitWith, parsed, UsageError } from "./usage.ts";
import { judge, type Pair, type Verdict } from "./verdict.ts";

/** `npm run bench:compare -- BASE [NAME …] [--smoke] [--pairs N] [--margin SHARE] [--json FILE]` */

const options = await parsed(
  yargs(process.argv.slice(2))
    .scriptName("npm run bench:compare --")
    .command("$0 <base> [names..]", "Measure this checkout beside a commit, in turn", (command) =>
      command
        .positional("base", { type: "string", demandOption: true, describe: "A git reference" })
        .positional("names", {
          type: "string",
          array: true,
          default: [],
          describe: "A benchmark, or all of an area",
        }),
    )
    .option("smoke", {
      type: "boolean",
      default: false,
      describe: "Small sizes, few pairs, a wide margin: only what has become far slower shows",
    })
    .option("pairs", {
      type: "number",
      requiresArg: true,
      describe: "Fresh processes of each side",
      defaultDescription: "10, or 3 at smoke size",
    })
    .option("margin", {
      type: "number",
      requiresArg: true,
      describe: "How much slower counts, 0.1 being a tenth",
      defaultDescription: "0.05, or 0.5 at smoke size",
    })
    .option("json", { type: "string", requiresArg: true, describe: "Keep pairs and verdicts here" })
    .example("$0 HEAD^ assign", "all of assign.* beside the parent commit")
    .example("$0 v0.1.0 --pairs 20 --margin 0.02", "everything beside a release, more finely")
    .example("$0 HEAD^ --smoke", "what CI does")
    .epilogue(
      "Exit 1 only for a regression that is proven: the whole 95 % interval beyond the margin, and again in fresh pairs. Exit 64: no such commit or benchmark.",
    ),
);

interface Comparing {
  readonly smoke: boolean;
  readonly pairCount: number;
  readonly margin: number;
}

const { smoke } = options;
const comparing: Comparing = {
  smoke,
  pairCount: options.pairs ?? (smoke ? 3 : 10),
  margin: options.margin ?? (smoke ? 0.5 : 0.05),
};

try {
  const { pairCount, margin } = comparing;
  if (!Number.isInteger(pairCount) || pairCount < 2) {
    throw new UsageError(`--pairs ${pairCount}: a whole number from 2`);
  }
  if (!(margin >= 0)) throw new UsageError(`--margin ${margin}: a share from 0`);
  const selected = selectedOf(options["names"] as readonly string[]);
  using base = checkOut(options["base"] as string);
  process.exitCode = (await compare(base, selected, options.json)) ? 1 : 0;
} catch (error) {
  exitWith(error);
}

/** Those named; without names all, or at smoke size some, and it is said which are left out. */
function selectedOf(names: readonly string[]): readonly Benchmark[] {
  const named = chosen(names);
  if (!smoke || names.length > 0) return named;
  const leftOut = named.filter(({ name }) => !smokeCompared.includes(name));
  process.stdout.write(
    `left out at smoke size, unless named: ${leftOut.map(({ name }) => name).join(", ")}\n`,
  );
  return named.filter(({ name }) => smokeCompared.includes(name));
}

/** @returns whether there is a regression */
async function compare(
  base: BaseCheckout,
  selected: readonly Benchmark[],
  json: string | undefined,
): Promise<boolean> {
  const known = canBeObserved(base);
  const compared: { readonly name: string; pairs: Pair[]; verdicts: Verdict[] }[] = [];
  for (const benchmark of selected) {
    const { name } = benchmark;
    if (!known) {
      process.stdout.write(`${name}: new, the base has no harness to measure it with\n`);
      continue;
    }
    let pairs = await observePairs(base, benchmark, comparing);
    let verdicts = judged(pairs);
    if (verdicts.some(({ verdict }) => verdict === "regression")) {
      // Of many figures some look worse by chance; what is so shows again in pairs not yet seen.
      process.stdout.write(`${name}: looks slower, once more\n`);
      pairs = await observePairs(base, benchmark, comparing, comparing.pairCount + 2);
      verdicts = judged(pairs);
    }
    for (const verdict of verdicts) process.stdout.write(`${line(verdict)}\n`);
    compared.push({ name, pairs, verdicts });
  }
  if (json !== undefined) {
    const kept = { environment: environment(), base: base.commit, ...comparing, compared };
    writeFileSync(json, `${JSON.stringify(kept, undefined, 2)}\n`);
  }
  const all = compared.flatMap(({ verdicts }) => verdicts);
  const regressions = all.filter(({ verdict }) => verdict === "regression");
  process.stdout.write(
    `${all.length} figures beside ${base.commit.slice(0, 12)}, ${regressions.length} proven slower by more than ${comparing.margin * 100} %\n`,
  );
  return regressions.length > 0;
}

/** At smoke size only what does not hang on a single slow moment. */
function judged(pairs: readonly Pair[]): Verdict[] {
  const { margin } = comparing;
  return judge(pairs, smoke ? { margin, metrics: ["throughput", "p50", "time"] } : { margin });
}

/** Base and head in turn; who begins alternates too. */
async function observePairs(
  { root }: BaseCheckout,
  benchmark: Benchmark,
  { pairCount }: Comparing,
  count: number = pairCount,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index += 1) {
    const head = index % 2 === 0 ? undefined : await observe(benchmark, { smoke });
    const base = await observe(benchmark, { smoke, root });
    pairs.push({ base, head: head ?? (await observe(benchmark, { smoke })) });
    // The base has none of its figures: more of them would not be compared either.
    if (base.length === 0) break;
  }
  return pairs;
}

function line({ name, metric, verdict, ratio, interval }: Verdict): string {
  const change =
    ratio === undefined || interval === undefined
      ? ""
      : ` ${ratio.toFixed(3)} × the cost, 95 % ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
  return `${name.padEnd(40)} ${metric.padEnd(18)} ${verdict}${change}`;
}
