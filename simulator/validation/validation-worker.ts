import { runReplication } from "../replication-worker.ts";
import type { World } from "../world.ts";
import { allCases } from "./cases/all-cases.ts";
import { arrivalCases, dispersions } from "./cases/arrivals.ts";
import { coverageCounts, coverageWorld } from "./coverage.ts";
import type { Effort } from "./reference-case.ts";

/** One replication of one case: what is sent to a thread. */
export interface ValidationTask {
  readonly id: string;
  readonly effort: Effort;
  readonly seed: number;
  readonly replication: number;
}

/** What a replication of a case gave. */
export interface ValidationOutcome {
  /** One entry a figure. */
  readonly values: readonly number[];
  /** One entry a figure, NaN where it has no control. */
  readonly controls: readonly number[];
  readonly messages: number;
  /** Broken invariants, in words. */
  readonly broken: readonly string[];
}

const worlds = new Map<string, World>();

export function replicateCase({
  id,
  effort,
  seed,
  replication,
}: ValidationTask): ValidationOutcome {
  const reference = allCases.find((candidate) => candidate.id === id);
  if (reference === undefined) throw new Error(`no case ${id}`);
  const world = keptWorld(id, () => reference.world(reference.sizes[effort].days));
  const record = runReplication(world, seed, replication);
  return {
    values: reference.figures.map((figure) => figure.of(world, record)),
    controls: reference.figures.map(({ control }) => control?.of(world, record) ?? Number.NaN),
    messages: record.messages.count,
    broken: record.broken,
  };
}

export function replicateArrivals({
  id,
  effort,
  seed,
  replication,
}: ValidationTask): readonly number[] {
  const found = arrivalCases.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no process ${id}`);
  return dispersions(found, seed, replication, effort);
}

/** The counts of replications from `replication` on, as many as one run of the coverage test has. */
export function replicateCoverage(
  task: ValidationTask & { readonly count: number },
): readonly (readonly [number, number])[] {
  const world = keptWorld("coverage", coverageWorld);
  return Array.from({ length: task.count }, (_unused, index) =>
    coverageCounts(world, runReplication(world, task.seed, task.replication + index)),
  );
}

function keptWorld(id: string, build: () => World): World {
  const world = worlds.get(id) ?? build();
  worlds.set(id, world);
  return world;
}
