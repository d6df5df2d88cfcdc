import type { Survivor } from "./record.ts";
import { generalReasons } from "./reasons/general.ts";
import { ruleReasons } from "./reasons/rules.ts";
import { tableReasons } from "./reasons/tables.ts";
import { lineReasons } from "./reasons/lines.ts";
import { selectionReasons } from "./reasons/selection.ts";
import { snapshotReasons } from "./reasons/snapshots.ts";

/** Why a mutant that no test noticed is none that a test has to notice. */
export interface Reason {
  readonly why: string;
  /** Of the file, a space, and Stryker's name of the mutator. */
  readonly where: RegExp;
  /** Of the line as it is in the source. */
  readonly line: RegExp;
  /** Of what stood there instead. */
  readonly becomes?: RegExp;
}

/** Of a survivor that none of the reasons fits. */
export const notExamined = "Not examined one by one";

/** The first that fits is the reason. */
export const reasons: readonly Reason[] = [
  ...generalReasons,
  ...ruleReasons,
  ...tableReasons,
  ...selectionReasons,
  ...lineReasons,
  ...snapshotReasons,
];

export function reasonOf(file: string, { mutator, text, replacement }: Survivor): string {
  const place = `${file} ${mutator}`;
  const found = reasons.find(
    ({ where, line, becomes }) =>
      where.test(place) && line.test(text) && (becomes?.test(replacement) ?? true),
  );
  return found?.why ?? notExamined;
}
