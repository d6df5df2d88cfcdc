import { readFileSync } from "node:fs";
import type { RunSummary } from "../summary.ts";

const compared = [
  "digest",
  "seed",
  "replications",
  "engineVersion",
  "configurationHash",
  "scenarioHash",
  "v8",
] as const;

/**
 * What differs between this run and the one whose results.json is given, or undefined if the
 * decisions are the same. Where they are not, the likely causes are named beside the digests.
 */
export function differenceFrom(file: string, summary: RunSummary): string | undefined {
  let kept: Partial<Record<(typeof compared)[number], unknown>>;
  try {
    kept = JSON.parse(readFileSync(file, "utf8")) as typeof kept;
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (kept.digest === summary.digest) return undefined;
  const others = compared
    .filter((key) => kept[key] !== summary[key])
    .map((key) => `${key} ${String(kept[key])} → ${summary[key]}`);
  return `the decisions differ from ${file}: ${others.join(", ")}`;
}
