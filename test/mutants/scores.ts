import { dirname } from "node:path";
import type { OutcomeLine } from "./outcome-lines.ts";

/** How many mutants of a file or of a folder became what. */
export interface Score {
  /** 0 to 100: those that were killed or never ended, of all that were not ignored. */
  readonly score: number;
  readonly mutants: number;
  readonly killed: number;
  readonly endless: number;
  readonly survived: number;
  readonly unreached: number;
  /** Decide when a module is loaded, and were not tried. */
  readonly ignored: number;
}

export function whole(outcomes: readonly OutcomeLine[]): Score {
  const count = (status: OutcomeLine["status"]): number =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const killed = count("Killed");
  const endless = count("Timeout");
  const survived = count("Survived");
  const unreached = count("NoCoverage");
  const mutants = killed + endless + survived + unreached;
  const score = mutants === 0 ? 100 : Math.round((1000 * (killed + endless)) / mutants) / 10;
  return { score, mutants, killed, endless, survived, unreached, ignored: count("Ignored") };
}

/** By folder and by file. */
export function tallied(outcomes: readonly OutcomeLine[]): readonly (Score & { name: string })[] {
  const grouped = (nameOf: (file: string) => string): readonly (Score & { name: string })[] =>
    [...Map.groupBy(outcomes, ({ file }) => nameOf(file))]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, own]) => ({ name, ...whole(own) }));
  return [...grouped((file) => `${dirname(file)}/`), ...grouped((file) => file)];
}
