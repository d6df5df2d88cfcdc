import { countText, counted, durationText, foundText, shareText } from "./figures.ts";
import type { RunSummary } from "./summary.ts";

/** Columns of text, aligned; the first to the left, the others to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** What `sim run` prints. */
export function terminalSummary(summary: RunSummary): string {
  const { withinMinutes: within, confidence } = summary;
  const scopes = alignedTable([
    ["", "messages", `within ${within} min`, "parked", "p50", "p90", "p99", "last agent"],
    ...summary.scopes.map((scope) => [
      scope.label,
      countText(scope.messages),
      shareText(scope.assignedWithin),
      shareText(scope.parked),
      durationText(scope.workingWait.p50.estimate),
      durationText(scope.workingWait.p90.estimate),
      durationText(scope.workingWait.p99.estimate),
      Number.isNaN(scope.lastAgentHits.low) ? "–" : shareText(scope.lastAgentHits),
    ]),
  ]);
  const groups = alignedTable([
    ["group", "agents", "agent occupancy", "slots", "effort"],
    ...summary.groups.map((group) => [
      group.group,
      String(group.agents),
      shareText(group.agent),
      shareText(group.slots),
      shareText(group.effort),
    ]),
  ]);
  const verdicts = summary.verdicts.map(
    (judged) => `${judged.verdict.padEnd(9)}  ${judged.target}: ${foundText(judged)}`,
  );
  return [
    `${summary.name}: ${counted(summary.days, "day")} from ${summary.start} ${summary.timeZone}, ${counted(summary.replications, "replication")}, seed ${summary.seed}, ${Number((confidence * 100).toPrecision(6))} % intervals, waits in working time`,
    "",
    scopes,
    "",
    groups,
    ...(verdicts.length === 0 ? [] : ["", ...verdicts]),
    ...(summary.warnings.length === 0 ? [] : ["", ...summary.warnings.map((w) => `note: ${w}`)]),
    ...summary.broken.map((what) => `BROKEN: ${what}`),
  ].join("\n");
}
