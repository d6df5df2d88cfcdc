import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { engineVersion } from "../../core/engine.ts";
import { fileDisk } from "../journal/disk.ts";
import { JournalError } from "../journal/journal-error.ts";
import { readClosedBatches } from "../journal/segment-batches.ts";
import { openSnapshotFiles, type NewSnapshot } from "../journal/snapshot-files.ts";
import type { WorkerLimits } from "../limits.ts";
import { HashedEngine } from "./hashed-engine.ts";
import type { ClosedSegment } from "./partition-state.ts";

/** What the thread is started with. */
export interface SnapshotData {
  readonly partition: number;
  readonly folder: string;
  readonly limits: WorkerLimits;
  readonly closed: ClosedSegment;
}

/*
 * Takes one snapshot of one partition by replaying its closed segments in an engine of its own, and
 * ends. It checks on the way that the events are the same as when they were new (ARCHITECTURE 11).
 */

// Given by the snapshotter, which starts this file and nothing else.
take((workerData as { readonly snapshot: SnapshotData }).snapshot);
parentPort?.postMessage("taken");

function take({ partition, folder, limits, closed }: SnapshotData): void {
  beLowPriority();
  const disk = fileDisk(folder);
  const snapshots = openSnapshotFiles(disk, { partition });
  const { snapshot } = snapshots.newest();
  const engine = new HashedEngine(limits);
  engine.restore(snapshot);
  let at = snapshot?.at ?? 0;
  let index = snapshot?.index ?? 0;
  for (const batch of readClosedBatches(disk, partition, index + 1)) {
    if (batch.index > closed.lastIndex) break;
    refuseOther(batch.engineVersion);
    refuseDifference(index, batch.eventHash, engine.eventHash);
    engine.apply(batch);
    ({ at, index } = batch);
  }
  refuseDifference(index, closed.eventHash, engine.eventHash);
  const { eventHash } = engine;
  const writeContent: NewSnapshot["writeContent"] = (handOn) => engine.engine.writeSnapshot(handOn);
  snapshots.write({ index, at, engineVersion, eventHash, writeContent });
}

/** On Linux a thread has a priority of its own, and 0 names the one that asks. */
function beLowPriority(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(0, 10);
  } catch {
    // Not allowed here: then it competes, for as long as it takes.
  }
}

function refuseOther(version: number): void {
  if (version === engineVersion) return;
  throw new JournalError("journal_other_version", `a batch of engine version ${version}`);
}

function refuseDifference(index: number, journaled: bigint, replayed: bigint): void {
  if (journaled === replayed) return;
  throw new JournalError(
    "journal_replay_differs",
    `after batch ${index} the replayed events differ from those of the live partition`,
  );
}
