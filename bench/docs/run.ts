import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../observing.ts";
import { exitWith, UsageError } from "../usage.ts";
import { charts, pageWith } from "./page.ts";
import { readResults, resultsFolder } from "./results.ts";

/** `npm run bench:docs [-- --check]`: docs/benchmarks.md and its charts, from the raw results beside it. */

const help = `npm run bench:docs            write the tables of docs/benchmarks.md and its charts
npm run bench:docs -- --check say whether they are current, exit 1 if not

They are made from docs/benchmarks/*.json, which these write:
npm run bench -- --json docs/benchmarks/bench.json
npm run bench:peers
`;

try {
  const unknown = process.argv.slice(2).filter((flag) => flag !== "--check" && flag !== "--help");
  if (unknown.length > 0) throw new UsageError(`unknown: ${unknown.join(" ")}\n\n${help}`);
  if (process.argv.includes("--help")) process.stdout.write(help);
  else run(process.argv.includes("--check"));
} catch (error) {
  exitWith(error);
}

function run(check: boolean): void {
  const page = join(checkout, "docs", "benchmarks.md");
  const all = readResults();
  const files = new Map([[page, pageWith(readFileSync(page, "utf8"), all)]]);
  for (const [name, drawn] of charts(all)) files.set(join(resultsFolder, name), drawn);
  for (const [file, text] of files) {
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    if (check) {
      process.stderr.write(`${file} is not current: npm run bench:docs\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(file, text);
      process.stdout.write(`${file}\n`);
    }
  }
}
