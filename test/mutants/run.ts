// `npm run mutants [-- FILE…] [--ms N] [--ms-again N] [--survivors] [--stale] [--page]`: changes
// core, one small thing at a time, and counts which changes no test notices. All of it takes an hour
// of one core.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { root } from "../repository.ts";
import type { OutcomeLine } from "./outcome-lines.ts";
import { keyOf, mutated, notTried, record, recordAgain, recorded } from "./record.ts";
import { notExamined, reasonOf } from "./reasons.ts";
import { mutantsOf, scoreOf, summed } from "./scores.ts";
import { survivorsPage } from "./survivors-page.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A mutant has survived tests of so many ms. */
    ms: { type: "string", default: "800" },
    /** Those that survived meet all tests that reach them, up to so many ms. */
    "ms-again": { type: "string", default: "6000" },
    /** Only what survived so far without a reason, with the tests as they are now. */
    survivors: { type: "boolean", default: false },
    /** Only files whose text has changed since they were tried. */
    stale: { type: "boolean", default: false },
    /** Plays nothing: writes docs/mutants.md anew, with the reasons as they are now. */
    page: { type: "boolean", default: false },
  },
});
process.chdir(root);

const wanted = mutated(positionals.length > 0 ? positionals : undefined);
if (values.survivors) {
  process.env["NIGHTDESK_MUTANT_AGAIN"] = "yes";
  const survivors = recorded()
    .filter(({ file }) => wanted.includes(file))
    .flatMap(({ file, survivors: own }) => own.map((survivor) => ({ file, ...survivor })))
    .filter((survivor) => reasonOf(survivor.file, survivor) === notExamined);
  if (survivors.length > 0) recordAgain(await played(survivors.map(rangeOf), values["ms-again"]));
} else if (!values.page) {
  const stale = new Set(notTried(recorded()));
  const files = values.stale ? wanted.filter((file) => stale.has(file)) : wanted;
  if (files.length > 0) await playWhole(files);
}
const records = recorded();
writeFileSync("docs/mutants.md", survivorsPage(records));

const shown = records.filter(({ file }) => wanted.includes(file));
for (const { file, survivors, ...counts } of shown) {
  console.log(`${file.padEnd(44)} ${scoreOf(counts).toFixed(1).padStart(5)} %`);
  for (const survivor of survivors) {
    const { line, column, mutator, text, replacement, isReached } = survivor;
    const reached = isReached ? "" : " (unreached)";
    const why = reasonOf(file, survivor) === notExamined ? " NO REASON" : "";
    console.log(`  ${line}:${column}${reached}${why} ${mutator} ${text} → ${replacement}`);
  }
}
const sum = summed(shown);
console.log(`${scoreOf(sum).toFixed(1)} % of ${mutantsOf(sum)} mutants were noticed`);

async function playWhole(files: readonly string[]): Promise<void> {
  const first = await played(files, values.ms);
  const again = first.filter(({ status }) => status === "Survived").map(rangeOf);
  process.env["NIGHTDESK_MUTANT_AGAIN"] = "yes";
  const second = again.length === 0 ? [] : await played(again, values["ms-again"]);
  const later = new Map(second.map((outcome) => [keyOf(outcome.file, outcome), outcome]));
  record(
    files,
    first.map((outcome) => later.get(keyOf(outcome.file, outcome)) ?? outcome),
  );
}

async function played(mutate: readonly string[], ms: string): Promise<readonly OutcomeLine[]> {
  process.env["NIGHTDESK_MUTANT_MS"] = ms;
  const configFile = "test/mutants/stryker.config.json";
  await new Stryker({ configFile, mutate: [...mutate] }).runMutationTest();
  return readFileSync("results/mutants.ndjson", "utf8")
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as OutcomeLine);
}

function rangeOf(mutant: Pick<OutcomeLine, "file" | "line" | "column" | "endLine" | "endColumn">) {
  const { file, line, column, endLine, endColumn } = mutant;
  return `${file}:${line}:${column - 1}-${endLine}:${endColumn - 1}`;
}
