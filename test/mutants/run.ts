// `npm run mutants [-- FILE…] [--ms N] [--record]`: changes core, one small thing at a time, and
// counts which changes no test notices. A whole run takes a quarter of an hour of one core.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { root } from "../repository.ts";
import type { OutcomeLine } from "./outcome-lines.ts";
import { tallied, whole } from "./scores.ts";
import { survivorsPage } from "./survivors-page.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A mutant has survived tests of so many ms. */
    ms: { type: "string", default: "800" },
    /** Those that survived meet all tests that reach them, up to so many ms. */
    "ms-again": { type: "string", default: "6000" },
    /** Writes docs/reliability/mutants.json and docs/mutants.md. */
    record: { type: "boolean", default: false },
  },
});
process.chdir(root);

const beganAt = performance.now();
const first = await played(
  positionals.length > 0 ? positionals : ["core/**/*.ts", "!core/naive/**"],
  values.ms,
);
const again = first.filter(({ status }) => status === "Survived").map(rangeOf);
const second = again.length === 0 ? [] : await played(again, values["ms-again"]);
const later = new Map(second.map((outcome) => [keyOf(outcome), outcome]));
const outcomes = first.map((outcome) => later.get(keyOf(outcome)) ?? outcome);
const minutes = Math.round((performance.now() - beganAt) / 60_000);

for (const { name, score, ...counts } of tallied(outcomes)) {
  console.log(`${name.padEnd(44)} ${score.toFixed(1).padStart(5)} % ${JSON.stringify(counts)}`);
}
for (const { file, line, column, mutator, replacement, status } of outcomes) {
  if (status !== "Survived" && status !== "NoCoverage") continue;
  console.log(`${status} ${file}:${line}:${column} ${mutator} ${replacement.slice(0, 80)}`);
}
const { score, mutants } = whole(outcomes);
console.log(`${score.toFixed(1)} % of ${mutants} mutants were noticed, in ${minutes} minutes`);

if (values.record) {
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  const run = {
    commit: commit.stdout.trim(),
    date: new Date().toISOString().slice(0, 10),
    minutes,
    notRun: [],
    whole: whole(outcomes),
    files: tallied(outcomes),
  };
  mkdirSync(join(root, "docs/reliability"), { recursive: true });
  writeFileSync(join(root, "docs/reliability/mutants.json"), `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(join(root, "docs/mutants.md"), survivorsPage(run, outcomes));
}

async function played(mutate: readonly string[], ms: string): Promise<readonly OutcomeLine[]> {
  process.env["NIGHTDESK_MUTANT_MS"] = ms;
  const configFile = "test/mutants/stryker.config.json";
  await new Stryker({ configFile, mutate: [...mutate] }).runMutationTest();
  return readFileSync("results/mutants.ndjson", "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as OutcomeLine);
}

function rangeOf({ file, line, column, endLine, endColumn }: OutcomeLine): string {
  return `${file}:${line}:${column - 1}-${endLine}:${endColumn - 1}`;
}

function keyOf({
  file,
  line,
  column,
  endLine,
  endColumn,
  mutator,
  replacement,
}: OutcomeLine): string {
  return [file, line, column, endLine, endColumn, mutator, replacement].join(" ");
}
