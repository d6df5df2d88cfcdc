import { engineVersion } from "../../core/engine.ts";
import { fileDisk } from "../journal/disk.ts";
import { JournalError } from "../journal/journal-error.ts";
import { readClosedBatches } from "../journal/segment-batches.ts";
import { openSnapshotFiles, type NewSnapshot } from "../journal/snapshot-files.ts";
import type { WorkerLimits } from "../limits.ts";
import { HashedEngine } from "./hashed-engine.ts";
import { Haste, PacedWork, besideOthers } from "./pacing.ts";
import type { ClosedSegment } from "./partition-state.ts";

/** What the thread is started with. */
export interface SnapshotData {
  readonly partition: number;
  readonly folder: string;
  readonly limits: WorkerLimits;
  readonly closed: ClosedSegment;
}

/**
 * Take one snapshot of one partition by replaying its closed segments in an engine of its own. It
 * checks on the way that the events are the same as when they were new (ARCHITECTURE 11), and gives
 * way to those who serve, unless it is told to make haste.
 *
 * Errors: those of reading the journal and of writing a snapshot; `journal_other_version`,
 * `journal_replay_differs`.
 */
export function takeSnapshot(
  { partition, folder, limits, closed }: SnapshotData,
  haste: Haste["cells"],
): void {
  const work = new PacedWork(besideOthers, new Haste(haste));
  const rest = (): void => work.rest();
  const disk = fileDisk(folder);
  const snapshots = openSnapshotFiles(disk, { partition });
  const { snapshot } = snapshots.newest(rest);
  const engine = new HashedEngine(limits);
  engine.restore(snapshot, rest);
  let at = snapshot?.at ?? 0;
  let index = snapshot?.index ?? 0;
  for (const batch of readClosedBatches(disk, partition, index + 1)) {
    if (batch.index > closed.lastIndex) break;
    refuseOther(batch.engineVersion);
    refuseDifference(index, batch.eventHash, engine.eventHash);
    engine.apply(batch, rest);
    ({ at, index } = batch);
  }
  refuseDifference(index, closed.eventHash, engine.eventHash);
  const { eventHash } = engine;
  const writeContent: NewSnapshot["writeContent"] = (handOn) =>
    engine.engine.writeSnapshot((piece) => {
      handOn(piece);
      rest();
    });
  snapshots.write({ index, at, engineVersion, eventHash, writeContent });
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
