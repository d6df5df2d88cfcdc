import { readFileSync } from "node:fs";
import { notExamined, reasons } from "./reasons.ts";
import type { OutcomeLine } from "./outcome-lines.ts";
import type { Score } from "./scores.ts";

/** What docs/reliability/mutants.json keeps. */
export interface MutantRun {
  readonly commit: string;
  readonly date: string;
  readonly minutes: number;
  /** Files that were left out or not reached in time. */
  readonly notRun: readonly string[];
  readonly whole: Score;
  /** Folders, whose names end with a slash, and files. */
  readonly files: readonly (Score & { readonly name: string })[];
}

/** docs/mutants.md: scores, and each survivor under the reason why it lives. */
export function survivorsPage(run: MutantRun, outcomes: readonly OutcomeLine[]): string {
  const { whole } = run;
  const lines = [
    "# Mutants of core",
    "",
    `Written by \`npm run mutants -- --record\`; how it is done is in [reliability.md](reliability.md). At ${run.commit}, ${run.date}, ${run.minutes} minutes of a machine shared with other work: **${whole.score.toFixed(1)} %** of ${whole.mutants} mutants were noticed, ${whole.endless} of them because a test did not end; ${whole.survived} survived, ${whole.unreached} are in what none of the tests played reaches. ${whole.ignored} more decide when a module is loaded, and were not tried.`,
    "",
    ...(run.notRun.length === 0 ? [] : [`Not run: ${run.notRun.join(", ")}.`, ""]),
    "| place | score | mutants | killed | endless | survived | unreached | not tried |",
    "|---|---|---|---|---|---|---|---|",
    ...run.files.map(
      ({ name, score, mutants, killed, endless, survived, unreached, ignored }) =>
        `| ${[name, `${score.toFixed(1)} %`, mutants, killed, endless, survived, unreached, ignored].join(" | ")} |`,
    ),
    "",
    "## Survivors",
    "",
    "Line and column, what the line says, and what stood in place of the part that begins there. Lines are those of the commit above.",
  ];
  const lived = outcomes.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  const groups = Map.groupBy(lived, (outcome) => reasonOf(outcome));
  for (const reason of [...reasons.map(({ why }) => why), notExamined]) {
    const own = groups.get(reason);
    groups.delete(reason);
    if (own !== undefined) lines.push("", `### ${reason} (${own.length})`, "", ...own.map(shown));
  }
  return `${lines.join("\n")}\n`;
}

function reasonOf(outcome: OutcomeLine): string {
  const text = lineOf(outcome);
  const place = `${outcome.file} ${outcome.mutator}`;
  const found = reasons.find(
    ({ where, line, becomes }) =>
      where.test(place) && line.test(text) && (becomes?.test(outcome.replacement) ?? true),
  );
  return found?.why ?? notExamined;
}

function shown(outcome: OutcomeLine): string {
  const { file, line, column, mutator, replacement, status } = outcome;
  const becomes = shortened(replacement);
  const unreached = status === "NoCoverage" ? ", unreached" : "";
  return `- ${file}:${line}:${column} ${mutator}${unreached}: \`${shortened(lineOf(outcome))}\` → \`${becomes}\``;
}

function lineOf({ file, line }: OutcomeLine): string {
  return readFileSync(file, "utf8").split("\n")[line - 1]?.trim() ?? "";
}

function shortened(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ").replaceAll("`", "'");
  return flat.length > 70 ? `${flat.slice(0, 69)}…` : flat;
}
