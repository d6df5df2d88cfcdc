// Stands in for test/core/implementations.ts while mutants are run: scripts and laws are played by
// the fast engine alone, for nothing of the obvious one is mutated.
import { fast } from "../core/implementations.ts";
import type { Implementation } from "../core/implementations.ts";

export type { Implementation } from "../core/implementations.ts";
export { fast, obvious } from "../core/implementations.ts";
export const implementations: readonly Implementation[] = [fast];
