import { dirname } from "node:path";
import { notTried } from "./record.ts";
import type { FileRecord, Survivor } from "./record.ts";
import { notExamined, reasonOf, reasons } from "./reasons.ts";
import { mutantsOf, scoreOf, summed } from "./scores.ts";
import type { Counts } from "./scores.ts";

/** docs/mutants.md: scores, and each survivor under the reason why it lives. */
export function survivorsPage(records: readonly FileRecord[]): string {
  const whole = summed(records);
  const stale = notTried(records);
  const lines = [
    "# Mutants of core",
    "",
    `Written by \`npm run mutants\`; how it is done is in [reliability.md](reliability.md). **${scoreOf(whole).toFixed(1)} %** of ${mutantsOf(whole)} mutants were noticed, ${whole.endless} of them because a test did not end; ${whole.survived} survived, ${whole.unreached} are in what none of the tests played reaches. ${whole.ignored} more decide when a module is loaded, and were not tried.`,
    "",
    ...(stale.length === 0 ? [] : [`Changed since they were tried: ${stale.join(", ")}.`, ""]),
    "| place | score | mutants | killed | endless | survived | unreached | not tried |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
    ...[...Map.groupBy(records, ({ file }) => `${dirname(file)}/`)].map(([folder, own]) =>
      row(folder, summed(own)),
    ),
    ...records.map((own) => row(own.file, own)),
    "",
    "## Survivors",
    "",
    "Line and column, what the line says, and what stood in place of the part that begins there. Lines are those of the text that was tried.",
  ];
  const survivors = records.flatMap((own) =>
    own.survivors.map((survivor) => ({ file: own.file, survivor })),
  );
  const groups = Map.groupBy(survivors, ({ file, survivor }) => reasonOf(file, survivor));
  for (const why of new Set([...reasons.map((reason) => reason.why), notExamined])) {
    const own = groups.get(why) ?? [];
    if (own.length === 0) continue;
    const shown = own.map(({ file, survivor }) => survivorLine(file, survivor));
    lines.push("", `### ${why} (${own.length})`, "", ...shown);
  }
  return `${lines.join("\n")}\n`;
}

function row(place: string, counts: Counts): string {
  const { killed, endless, survived, unreached, ignored } = counts;
  const score = `${scoreOf(counts).toFixed(1)} %`;
  const cells = [place, score, mutantsOf(counts), killed, endless, survived, unreached, ignored];
  return `| ${cells.join(" | ")} |`;
}

function survivorLine(file: string, survivor: Survivor): string {
  const { line, column, mutator, text, replacement, isReached } = survivor;
  const unreached = isReached ? "" : ", unreached";
  return `- ${file}:${line}:${column} ${mutator}${unreached}: \`${shortened(text)}\` → \`${shortened(replacement)}\``;
}

function shortened(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ").replaceAll("`", "'");
  return flat.length > 70 ? `${flat.slice(0, 69)}…` : flat;
}
