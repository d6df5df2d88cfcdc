import type { ReplicationRecord } from "../replication-record.ts";
import type { World } from "../world.ts";

/**
 * How much is run. `quick` is for CI: seconds, with errors ten times as wide
 * allowed, and a case a family: the others have no replications there.
 */
export type Effort = "full" | "quick";

/** A case of theory that the real engine is run on. */
export interface ReferenceCase {
  /** Stable, since the seed of the case comes from it. */
  readonly id: string;
  readonly title: string;
  /** What is simulated, in a sentence. */
  readonly setting: string;
  /** Where the exact values come from. */
  readonly theory: string;
  /** Where the router's policy leaves the theory's assumptions, or how it was kept inside them. */
  readonly assumptions: string;
  /** Longer cases have more days, never another system. */
  readonly world: (days: number) => World;
  readonly sizes: Readonly<Record<Effort, CaseSize>>;
  readonly figures: readonly ReferenceFigure[];
}

export interface CaseSize {
  readonly days: number;
  readonly replications: number;
}

/** One number of a case that theory gives exactly. */
export interface ReferenceFigure {
  readonly name: string;
  readonly exact: number;
  /** Largest standard error, as a part of the exact value, of a full run. */
  readonly errorMax: 0.01 | 0.05;
  /** Its value in one replication. */
  readonly of: Observation;
  /** A control variate: something else of the same replication whose mean is known exactly. */
  readonly control?: { readonly name: string; readonly of: Observation; readonly mean: number };
}

export type Observation = (world: World, record: ReplicationRecord) => number;
