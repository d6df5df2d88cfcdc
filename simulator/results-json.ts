import type { RunSummary } from "./summary.ts";

/**
 * The summary as JSON. Numbers that JSON has no word for are texts: "infinite" for a wait beyond
 * every limit, null for an interval that one replication cannot give.
 */
export function resultsJson(summary: RunSummary): string {
  return `${JSON.stringify(
    summary,
    (_key, value: unknown) => {
      if (value === Number.POSITIVE_INFINITY) return "infinite";
      if (typeof value === "number" && Number.isNaN(value)) return null;
      return value;
    },
    2,
  )}\n`;
}
