import { assert } from "./assert.ts";
import { routingModes } from "./configuration/resolved.ts";
import type { RememberedKind } from "./engine.ts";
import type { WriteVerdict } from "./events.ts";
import { reasonCodes } from "./reasons.ts";
import { savedStates, savedTimerKinds } from "./snapshot-records.ts";

/**
 * Closed lists whose words a snapshot has as numbers, from 1 on: a word's place is part of the format.
 * What is new goes to the end; what is gone leaves its place.
 */
export const savedWords = {
  state: savedStates,
  timer: savedTimerKinds,
  routingMode: routingModes,
  reason: reasonCodes,
  verdict: [
    "allowed",
    "allowed-with-tag",
    "template-only",
    "blocked",
  ] as const satisfies readonly WriteVerdict[],
  direction: ["customer", "agent"] as const,
  write: ["message", "write", "contact"] as const satisfies readonly RememberedKind[],
} as const;

/** The word's number; 0 for none. */
export function numberOfWord<T extends string>(words: readonly T[], word: T | undefined): number {
  return word === undefined ? 0 : words.indexOf(word) + 1;
}

/** Errors: an AssertionError where the list has no such word. */
export function wordOf<T extends string>(words: readonly T[], number: number): T {
  const word = words[number - 1];
  assert(word !== undefined, "a number that stands for no word");
  return word;
}

export function wordOrNone<T extends string>(words: readonly T[], number: number): T | undefined {
  return number === 0 ? undefined : wordOf(words, number);
}
