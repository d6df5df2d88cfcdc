import type { MutantResult } from "@stryker-mutator/api/core";

type Status = MutantResult["status"];

/** How many mutants became what. */
export interface Counts {
  readonly killed: number;
  readonly endless: number;
  readonly survived: number;
  readonly unreached: number;
  /** Decide when a module is loaded, and were not tried. */
  readonly ignored: number;
}

export function counted(statuses: readonly Status[]): Counts {
  const count = (wanted: Status): number => statuses.filter((status) => status === wanted).length;
  return {
    killed: count("Killed"),
    endless: count("Timeout"),
    survived: count("Survived"),
    unreached: count("NoCoverage"),
    ignored: count("Ignored"),
  };
}

export function summed(all: readonly Counts[]): Counts {
  const sum = (name: keyof Counts): number => all.reduce((whole, own) => whole + own[name], 0);
  return {
    killed: sum("killed"),
    endless: sum("endless"),
    survived: sum("survived"),
    unreached: sum("unreached"),
    ignored: sum("ignored"),
  };
}

/** How many were tried. */
export function mutantsOf({ killed, endless, survived, unreached }: Counts): number {
  return killed + endless + survived + unreached;
}

/** 0 to 100: those that were killed or never ended, of all that were tried. */
export function scoreOf(counts: Counts): number {
  const mutants = mutantsOf(counts);
  return mutants === 0 ? 100 : (100 * (counts.killed + counts.endless)) / mutants;
}
