import { createEngine, restoreEngine } from "../../core/index.ts";
import type { Engine, EngineLimits } from "../../core/index.ts";

/** An engine under test: scripts, laws and random streams run over every one of them. */
export interface Implementation {
  readonly name: string;
  create(limits?: Partial<EngineLimits>): Engine;
  restore(snapshot: Uint8Array, limits?: Partial<EngineLimits>): Engine;
}

export const implementations: readonly Implementation[] = [
  { name: "obvious", create: createEngine, restore: restoreEngine },
];
