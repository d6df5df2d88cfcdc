import { readFileSync } from "node:fs";
import { resultsJson } from "../results-json.ts";
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

/** Of the machine and the release, which may be others. */
const surroundings: ReadonlySet<string> = new Set(["commands", "engineVersion", "node", "v8"]);

/** Figures of two machines may differ in their last bits. */
const relativeError = 1e-9;

/** An earlier run's results.json, or as much of it as was kept. */
export type KeptResults = Readonly<Record<string, unknown>>;

/** Reads an earlier run's results.json. @returns a sentence where it is none */
export function keptResults(file: string): KeptResults | string {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof kept === "object" && kept !== null && "digest" in kept
      ? { ...kept }
      : `--verify ${file}: no digest is in it`;
  } catch (error) {
    return `--verify ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * What differs between this run and an earlier one, or undefined if nothing does that the earlier one
 * says. Where decisions differ, the likely causes are named beside the digests; where only figures do,
 * the first of them.
 */
export function differenceFrom(
  file: string,
  kept: KeptResults,
  summary: RunSummary,
): string | undefined {
  if (kept["digest"] === summary.digest) return figuresDifference(file, kept, summary);
  const others = compared
    .filter((key) => kept[key] !== summary[key])
    .map((key) => `${key} ${String(kept[key])} → ${summary[key]}`);
  return `the decisions differ from ${file}: ${others.join(", ")}`;
}

function figuresDifference(
  file: string,
  kept: KeptResults,
  summary: RunSummary,
): string | undefined {
  const now = JSON.parse(resultsJson(summary)) as KeptResults;
  const figures = Object.entries(kept).filter(([key]) => !surroundings.has(key));
  const [first, ...others] = figures.flatMap(([key, value]) =>
    differences(value, now[key], `/${key}`),
  );
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `the decisions are those of ${file}, but its figures are not: ${first}${more}`;
}

/** Where `kept` says something else than `now`; what it does not say differs in nothing. */
function differences(kept: unknown, now: unknown, path: string): readonly string[] {
  if (typeof kept === "object" && kept !== null && typeof now === "object" && now !== null) {
    const others = now as Readonly<Record<string, unknown>>;
    return [
      ...(Array.isArray(kept) && Array.isArray(now) && kept.length !== now.length
        ? [`${path}/length ${kept.length} → ${now.length}`]
        : []),
      ...Object.entries(kept).flatMap(([key, value]) =>
        differences(value, others[key], `${path}/${key}`),
      ),
    ];
  }
  return isSame(kept, now) ? [] : [`${path} ${JSON.stringify(kept)} → ${JSON.stringify(now)}`];
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "number" || typeof other !== "number") return one === other;
  return Math.abs(one - other) <= relativeError * Math.max(Math.abs(one), Math.abs(other));
}
