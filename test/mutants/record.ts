// What is kept of the mutants of each file, docs/reliability/mutants.json: a run of some files
// replaces theirs and leaves the others, as long as their text is the one that was tried.
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import type { OutcomeLine } from "./outcome-lines.ts";
import { counted } from "./scores.ts";
import type { Counts } from "./scores.ts";

/** A mutant that no test noticed. */
export interface Survivor {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly mutator: string;
  /** The line as it is in the source. */
  readonly text: string;
  readonly replacement: string;
  readonly isReached: boolean;
}

/** What the last run of a file found. */
export interface FileRecord extends Counts {
  readonly file: string;
  /** Of the file's text as it was tried. */
  readonly digest: string;
  readonly date: string;
  readonly survivors: readonly Survivor[];
}

const path = "docs/reliability/mutants.json";

export function recorded(): readonly FileRecord[] {
  return JSON.parse(readFileSync(path, "utf8")) as readonly FileRecord[];
}

/** Files that have not been tried as they are. */
export function notTried(records: readonly FileRecord[]): readonly string[] {
  const tried = new Map(records.map(({ file, digest }) => [file, digest]));
  return mutated().filter((file) => tried.get(file) !== digestOf(file));
}

/** Keeps what became of all mutants of these files, instead of what was known of them. */
export function record(files: readonly string[], outcomes: readonly OutcomeLine[]): void {
  const known = new Map(recorded().map((own) => [own.file, own]));
  for (const file of files) {
    const own = outcomes.filter((outcome) => outcome.file === file);
    known.set(file, recordOf(file, own));
  }
  write([...known.values()]);
}

/** Keeps what became of survivors that were tried again, with more tests. */
export function recordAgain(outcomes: readonly OutcomeLine[]): void {
  const found = new Map(outcomes.map((outcome) => [keyOf(outcome.file, outcome), outcome.status]));
  const isNoticed = (file: string, survivor: Survivor): boolean => {
    const status = found.get(keyOf(file, survivor));
    return status === "Killed" || status === "Timeout";
  };
  write(
    recorded().map((own) => {
      const noticed = own.survivors.filter((survivor) => isNoticed(own.file, survivor));
      const endless = noticed.filter(
        (survivor) => found.get(keyOf(own.file, survivor)) === "Timeout",
      ).length;
      const reached = noticed.filter(({ isReached }) => isReached).length;
      return {
        ...own,
        killed: own.killed + noticed.length - endless,
        endless: own.endless + endless,
        survived: own.survived - reached,
        unreached: own.unreached - (noticed.length - reached),
        survivors: own.survivors.filter((survivor) => !noticed.includes(survivor)),
      };
    }),
  );
}

/** Tells one mutant of a file from all others. */
export function keyOf(file: string, mutant: Omit<Survivor, "text" | "isReached">): string {
  const { line, column, endLine, endColumn, mutator, replacement } = mutant;
  return [file, line, column, endLine, endColumn, mutator, replacement].join(" ");
}

function write(records: readonly FileRecord[]): void {
  const existing = new Set(mutated());
  const kept = records
    .filter(({ file }) => existing.has(file))
    .toSorted((one, other) => (one.file < other.file ? -1 : 1));
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
}

/** The files of core that are mutated: all but those of the engine that is easy to read. */
export function mutated(patterns: readonly string[] = ["core/**/*.ts"]): readonly string[] {
  return globSync([...patterns], { exclude: ["core/naive/**"] }).toSorted();
}

function recordOf(file: string, outcomes: readonly OutcomeLine[]): FileRecord {
  const lines = readFileSync(file, "utf8").split("\n");
  const survivors = outcomes
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .map(({ line, column, endLine, endColumn, mutator, replacement, status }) => ({
      line,
      column,
      endLine,
      endColumn,
      mutator,
      text: lines[line - 1]?.trim() ?? "",
      replacement,
      isReached: status === "Survived",
    }));
  const date = new Date().toISOString().slice(0, 10);
  const counts = counted(outcomes.map(({ status }) => status));
  return { file, digest: digestOf(file), date, ...counts, survivors };
}

function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
}
