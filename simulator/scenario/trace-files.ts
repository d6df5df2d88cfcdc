import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { instantOf } from "../local-time.ts";
import type { RecordedTrace } from "../traffic.ts";
import { pointerTo, type ScenarioProblem } from "./read-shape.ts";
import type { ScenarioSettings } from "./schema.ts";
import type { ArrivalsSettings } from "./traffic-settings.ts";

type TraceSettings = Extract<ArrivalsSettings, { process: "trace" }>;

/** Reads every trace file of a scenario once, on the scenario's own time axis. */
export function readTraces(
  settings: ScenarioSettings,
  folder: string,
): {
  readonly traces: Readonly<Record<string, readonly (RecordedTrace | undefined)[]>>;
  readonly problems: readonly ScenarioProblem[];
} {
  const problems: ScenarioProblem[] = [];
  const traces = Object.entries(settings.traffic).map(([channel, traffic]) => {
    const read = traffic.arrivals.map((source, index) => {
      if (source.process !== "trace") return undefined;
      const path = `${pointerTo("/traffic", channel)}/arrivals/${index}`;
      try {
        return readTrace(settings, source, resolve(folder, source.file));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        problems.push({
          path: `${path}/file`,
          code: "trace_unreadable",
          message,
          value: source.file,
          limit: null,
        });
        return undefined;
      }
    });
    return [channel, read] as const;
  });
  return { traces: Object.fromEntries(traces), problems };
}

function readTrace(settings: ScenarioSettings, source: TraceSettings, file: string): RecordedTrace {
  const rows: Record<string, string>[] = parse(readFileSync(file, "utf8"), {
    columns: true,
    skip_empty_lines: true,
    trim: true,
  });
  const first = rows[0] ?? {};
  for (const column of [source.column, source.count]) {
    if (column !== undefined && !(column in first)) throw new Error(`has no column ${column}`);
  }
  const start = instantOf(settings.start, settings.timeZone);
  const recorded = source.from === undefined ? start : instantOf(source.from, settings.timeZone);
  const shift = start - recorded;
  const at = (row: Record<string, string>): number =>
    instantOf(isoDateTime(row[source.column] ?? ""), settings.timeZone) + shift;
  if (source.count === undefined) return { times: rows.map(at) };
  const countColumn = source.count;
  const counts = rows.map((row) => {
    const from = at(row);
    const count = Math.round(Number(row[countColumn]) * source.scale);
    if (!(count >= 0)) throw new Error(`count ${row[countColumn] ?? ""} is not a number`);
    return { from, to: from + source.intervalMinutes * 60_000, count };
  });
  return { counts: counts.filter((interval) => interval.count > 0) };
}

/** Dates as files have them: 2012-10-29, 2012-10-29 08:00:00, 10/29/12. */
function isoDateTime(text: string): string {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text);
  if (american === null) return text.replace(" ", "T");
  const [, month = "", day = "", year = ""] = american;
  const century = year.length === 2 ? "20" : "";
  return `${century}${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
