import { engineVersion } from "../../core/engine.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalError } from "../journal/journal-error.ts";
import type { JournalErrorCode } from "../journal/journal-error.ts";
import { recover } from "../journal/recovery.ts";
import type { RecoveryReport } from "../journal/recovery.ts";
import { openSegments } from "../journal/segments.ts";
import type { SnapshotFiles } from "../journal/snapshot-files.ts";
import type { Store } from "../store/store.ts";
import type { HashedEngine } from "./hashed-engine.ts";
import type { PartitionOptions } from "./partition-state.ts";

/** What a partition is brought back from, and into. */
export interface RecoveringParts {
  readonly snapshots: SnapshotFiles;
  readonly store: Store;
  /** Has the store note what it does. */
  readonly engine: HashedEngine;
}

/**
 * Bring engine and store to the journal's last batch.
 *
 * A store that lacks what a snapshot would pass over is derived from the whole journal, if that is
 * still there; else what is gone from the journal is gone from the store (`storeLacks`).
 *
 * Errors: those of `recover`.
 */
export function recoverPartition(
  options: PartitionOptions,
  parts: RecoveringParts,
): { readonly journal: Journal; readonly report: RecoveryReport; readonly storeLacks: boolean } {
  const { snapshots, store } = parts;
  const storeLacks = store.settledBatch < snapshots.durableIndex;
  if (!storeLacks) return { ...recoverFrom(options, parts, snapshots), storeLacks };
  try {
    return { ...recoverFrom(options, parts, unused(snapshots)), storeLacks: false };
  } catch (error) {
    if (!(error instanceof JournalError) || !outOfReach.has(error.code)) throw error;
    return { ...recoverFrom(options, parts, snapshots), storeLacks };
  }
}

/** The journal does not reach back to its beginning, or this engine cannot replay all of it. */
const outOfReach: ReadonlySet<JournalErrorCode> = new Set([
  "journal_snapshot_missing",
  "journal_other_version",
]);

function recoverFrom(
  { partition, disk, dataDirectory, limits }: PartitionOptions,
  { store, engine }: RecoveringParts,
  snapshots: SnapshotFiles,
) {
  const { settledBatch } = store;
  return recover(
    {
      snapshots,
      openJournal: (durableIndex) =>
        openSegments(disk, { partition, durableIndex: Math.max(durableIndex, settledBatch) }),
      engineVersion,
      dataDirectory,
    },
    {
      restore: (snapshot) => engine.restore(snapshot),
      apply: (batch) => {
        const hash = engine.apply(batch);
        store.noteEnd(batch.index);
        if (store.waitingCount >= limits.storeRowsPendingMax) store.settle();
        return hash;
      },
    },
  );
}

/** As if there were none, except that the journal must reach as far as they do. */
function unused({ durableIndex, trimmableIndex }: SnapshotFiles): SnapshotFiles {
  const newest = () => ({ snapshot: undefined, bad: [] });
  return { durableIndex, trimmableIndex, newest, write: () => undefined };
}
