// Stryker's reporter for `npm run mutants`: a line of JSON for each mutant as soon as it is known, so
// that a run that is broken off leaves what it found.
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { MutantResult } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import type { Reporter } from "@stryker-mutator/api/report";

/** What became of one mutant. */
export interface OutcomeLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly mutator: string;
  readonly replacement: string;
  readonly status: MutantResult["status"];
  readonly isStatic: boolean;
}

const path = process.env["NIGHTDESK_MUTANT_LINES"] ?? "results/mutants.ndjson";

class OutcomeLines implements Reporter {
  constructor() {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }

  onMutantTested(result: Readonly<MutantResult>): void {
    const { start, end } = result.location;
    const outcome: OutcomeLine = {
      file: relative(process.cwd(), result.fileName),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      mutator: result.mutatorName,
      replacement: result.replacement ?? "",
      status: result.status,
      isStatic: result.static ?? false,
    };
    appendFileSync(path, `${JSON.stringify(outcome)}\n`);
  }
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.Reporter, "outcome-lines", OutcomeLines),
];
