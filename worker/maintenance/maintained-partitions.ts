import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataDirectoryError } from "../data-directory-error.ts";
import { openDataDirectory, partitionPath } from "../data-directory.ts";
import { readManifest } from "../data-manifest.ts";
import { fileDisk } from "../journal/disk.ts";
import type { Disk } from "../journal/disk.ts";

/** The files of one partition, to be looked after. */
export interface MaintainedPartition {
  readonly partition: number;
  readonly folder: string;
  readonly disk: Disk;
  /** File of its store. */
  readonly store: string;
  /** The data directory, as the operator named it. */
  readonly dataDirectory: string;
}

/** How many partitions a data directory has. Errors: `DataDirectoryError`. */
export function partitionCount(dataDirectory: string): number {
  return manifestOf(dataDirectory).partitions;
}

/**
 * Partitions of a data directory, as they are: a worker may be writing to them.
 *
 * @param only one of them. @defaultValue all
 */
export function observedPartitions(dataDirectory: string, only?: number): MaintainedPartition[] {
  const { partitions } = manifestOf(dataDirectory);
  const all = only === undefined ? Array.from({ length: partitions }, (_, index) => index) : [only];
  return all.map((partition) => {
    const folder = partitionPath(dataDirectory, partition);
    const store = join(folder, "store.sqlite");
    return { partition, folder, disk: fileDisk(folder), store, dataDirectory };
  });
}

/**
 * Take the data directory for this process, as a worker does, and let go of it at the end of `using`.
 * Nothing is made where there is none.
 *
 * Errors: `DataDirectoryError`, with `data_in_use` while a worker has it.
 */
export function claimForMaintenance(dataDirectory: string): Disposable {
  const { testClock } = manifestOf(dataDirectory);
  return openDataDirectory(dataDirectory, { testClock });
}

function manifestOf(dataDirectory: string) {
  const manifest = existsSync(dataDirectory) ? readManifest(dataDirectory) : undefined;
  if (manifest !== undefined) return manifest;
  throw new DataDirectoryError("data_format_unknown", `${dataDirectory} is no data directory`);
}
