import type { WorkerLimits } from "../limits.ts";
import { Partition } from "../shards/partition.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** What was replayed to seal a partition, and up to where its snapshot goes now. */
export interface SealReport {
  readonly partition: number;
  readonly batchesReplayed: number;
  readonly commandsReplayed: number;
  readonly tornBytes: number;
  readonly snapshotIndex: number;
}

/**
 * Recover a partition and leave a snapshot and an empty tail, as a clean stop does, so that a release
 * with another engine version can take over.
 *
 * Errors: those of opening a partition.
 */
export function sealPartition(
  { partition, disk, store, dataDirectory }: MaintainedPartition,
  limits: WorkerLimits,
): SealReport {
  using open = new Partition({ partition, disk, store, dataDirectory, limits });
  open.seal();
  const { batchesReplayed, commandsReplayed, tornBytes } = open.report;
  const { snapshotIndex } = open.journalState;
  return { partition, batchesReplayed, commandsReplayed, tornBytes, snapshotIndex };
}
