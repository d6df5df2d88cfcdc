import { createFastEngine, restoreFastEngine } from "../../core/fast/fast-engine.ts";
import type { Engine, EngineLimits } from "../../core/index.ts";
import { createNaiveEngine, restoreNaiveEngine } from "../../core/naive/naive-engine.ts";

/** An engine under test: scripts, laws and random streams run over every one of them. */
export interface Implementation {
  readonly name: string;
  create(limits?: Partial<EngineLimits>): Engine;
  restore(snapshot: Uint8Array, limits?: Partial<EngineLimits>): Engine;
}

export const obvious: Implementation = {
  name: "obvious",
  create: createNaiveEngine,
  restore: restoreNaiveEngine,
};

export const fast: Implementation = {
  name: "fast",
  create: createFastEngine,
  restore: restoreFastEngine,
};

export const implementations: readonly Implementation[] = [obvious, fast];
