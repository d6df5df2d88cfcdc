import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { syncFolder } from "../journal/disk.ts";
import { viewJournal } from "../journal/journal-view.ts";
import type { WorkerLimits } from "../limits.ts";
import { StoreError } from "../store/database.ts";
import { Store } from "../store/store.ts";
import { replayJournal } from "./journal-replay.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** A store that was derived anew. */
export interface RebuildReport {
  readonly partition: number;
  /** First batch whose events are in it. */
  readonly fromIndex: number;
  readonly lastIndex: number;
  readonly commands: number;
  /** Of the new file. */
  readonly bytes: number;
}

export interface RebuildOptions {
  /** Those of the worker that wrote the journal. */
  readonly limits: WorkerLimits;
  /** Go on although the journal no longer has all that was in the store. */
  readonly acceptLoss: boolean;
}

/**
 * Derive a partition's store anew from its journal, and put it in the place of the old one.
 *
 * The old one is untouched until the new one is durable. Errors: `store_history_trimmed` unless
 * `acceptLoss`, and those of `replayJournal`.
 */
export function rebuildStore(files: MaintainedPartition, options: RebuildOptions): RebuildReport {
  const { partition, disk, store, folder } = files;
  const { limits, acceptLoss } = options;
  const { firstIndex } = viewJournal(disk, { partition });
  if (firstIndex > 1 && !acceptLoss && existsSync(store)) {
    throw new StoreError(
      "store_history_trimmed",
      `the journal of partition ${partition} begins with batch ${firstIndex}: what came before is ` +
        `in ${store} only, and --accept-loss gives it up`,
    );
  }
  const aside = `${store}.new`;
  removeStore(aside);
  const report = derive(aside, files, limits);
  removeStore(store);
  renameSync(aside, store);
  syncFolder(folder);
  const { fromIndex, lastIndex, commands } = report;
  const { size: bytes } = statSync(store);
  return { partition, fromIndex: fromIndex + 1, lastIndex, commands, bytes };
}

function derive(path: string, files: MaintainedPartition, limits: WorkerLimits) {
  using store = new Store(path);
  const report = replayJournal(files, {
    limits,
    follow: (batch, events, command) => store.note(batch, events, command),
    followed: (batch) => {
      store.noteEnd(batch);
      if (store.waitingCount >= limits.storeRowsPendingMax) store.settle();
    },
  });
  // A journal that holds no more than its snapshot has settled nothing so far.
  store.noteEnd(report.lastIndex);
  store.sync();
  return report;
}

/** The file first: what is left of the others is nothing without it. */
function removeStore(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
}
