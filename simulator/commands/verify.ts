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

/** What of an earlier run's results.json is looked at. */
export type KeptResults = Partial<Record<(typeof compared)[number], unknown>>;

/** Reads an earlier run's results.json. @returns a sentence where it is none */
export function keptResults(file: string): KeptResults | string {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof kept === "object" && kept !== null && "digest" in kept
      ? kept
      : `--verify ${file}: no digest is in it`;
  } catch (error) {
    return `--verify ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * What differs between this run and an earlier one, or undefined if the decisions are the same. Where
 * they are not, the likely causes are named beside the digests.
 */
export function differenceFrom(
  file: string,
  kept: KeptResults,
  summary: RunSummary,
): string | undefined {
  if (kept.digest === summary.digest) return undefined;
  const others = compared
    .filter((key) => kept[key] !== summary[key])
    .map((key) => `${key} ${String(kept[key])} → ${summary[key]}`);
  return `the decisions differ from ${file}: ${others.join(", ")}`;
}
