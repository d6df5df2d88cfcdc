import type { Logger } from "../telemetry.ts";
import { OperatingError } from "./routing.ts";
import type { PartitionBegun, PartitionFailed, ShardBegun } from "./shard-tasks.ts";

/**
 * Log how the partitions came back at the start. Some may stay away, and the others run.
 *
 * Errors: `OperatingError` with `partition_unavailable` where that leaves none, or where a partition
 * needs another release.
 */
export function reportRecovery(logger: Logger, begun: readonly ShardBegun[]): void {
  const partitions = begun.flatMap((shard) => shard.partitions);
  for (const partition of partitions) {
    if (partition.status === "begun") report(logger, partition);
    else logger.error(partition, "a partition does not start");
  }
  const failures = partitions.filter((partition) => partition.status === "failed");
  const ofAnotherRelease = failures.find(({ code }) => code === "journal_other_version");
  if (ofAnotherRelease !== undefined) throw startFailure(ofAnotherRelease);
  const [first] = failures;
  if (first !== undefined && failures.length === partitions.length) throw startFailure(first);
}

function report(logger: Logger, begun: PartitionBegun): void {
  const { partition, storeLacks, storeReplaced } = begun;
  const { eventHash: _, ...recovery } = begun.report;
  const about = { partition, ...recovery, storeLacks, storeReplaced };
  const somethingMissing =
    storeLacks ||
    storeReplaced !== undefined ||
    recovery.badSnapshots.length > 0 ||
    recovery.tornTail !== undefined;
  if (somethingMissing) logger.warn(about, "a partition was recovered, and something was missing");
  else if (recovery.batchesReplayed > 0) logger.info(about, "a partition was recovered");
}

function startFailure({ partition, message }: PartitionFailed): OperatingError {
  return new OperatingError("partition_unavailable", `partition ${partition}: ${message}`);
}
