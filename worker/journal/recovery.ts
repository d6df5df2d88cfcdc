import type { Batch, Journal, TornTail } from "./journal.ts";
import { JournalError } from "./journal-error.ts";
import type { BadSnapshot, Snapshot, SnapshotFiles } from "./snapshot-files.ts";

export interface RecoveryOptions<J extends RecoveredJournal = Journal> {
  readonly snapshots: Pick<SnapshotFiles, "durableIndex" | "newest">;
  /**
   * Open the partition's journal, which must reach `durableIndex`: a snapshot was begun there. A host
   * that knows of a later batch, from its store, asks for that one.
   */
  readonly openJournal: (durableIndex: number) => J;
  /** The engine version that is to replay. */
  readonly engineVersion: number;
  /** The data directory as the operator knows it, to be named in messages. */
  readonly dataDirectory: string;
}

/** What recovery needs of a journal; one that is only looked at has no more than this. */
export type RecoveredJournal = Pick<
  Journal,
  "firstIndex" | "lastIndex" | "tornTail" | "read" | "close"
>;

/** The engine, as recovery drives it. Both return the rolling hash of all events so far. */
export interface Replay {
  /** Begin with this snapshot's state, or with nothing. */
  restore(snapshot: Snapshot | undefined): bigint;
  /** Apply a batch that was applied before. */
  apply(batch: Batch): bigint;
}

export interface RecoveryReport {
  /** Index of the snapshot it began with; absent where it began with nothing. */
  readonly snapshotIndex: number | undefined;
  readonly batchesReplayed: number;
  readonly commandsReplayed: number;
  /** Bytes of an interrupted append that were cut off; 0 also where it had not written any. */
  readonly tornBytes: number;
  readonly tornTail: TornTail | undefined;
  /** Newer snapshots that were damaged and passed over. */
  readonly badSnapshots: readonly BadSnapshot[];
  /** Rolling hash of all events up to the journal's last batch, for the header of the next one. */
  readonly eventHash: bigint;
}

/**
 * Bring a partition's engine back to its last durable batch: the newest sound snapshot, then every
 * batch behind it, with the events' hash checked against what the journal says it was.
 *
 * Errors: `journal_other_version`, `journal_replay_differs`, `journal_snapshot_missing`, and those of
 * opening and reading the journal; it is closed then. What the callbacks throw passes through.
 * Complexity: linear in the snapshot and the batches behind it.
 */
export function recover<J extends RecoveredJournal>(
  options: RecoveryOptions<J>,
  replay: Replay,
): { readonly journal: J; readonly report: RecoveryReport } {
  const { snapshot, bad } = options.snapshots.newest();
  const journal = options.openJournal(options.snapshots.durableIndex);
  try {
    refuseHole(journal, snapshot, bad);
    const replayed = replayBatches(options, journal, snapshot, replay);
    const { tornTail } = journal;
    const report = {
      snapshotIndex: snapshot?.index,
      ...replayed,
      tornBytes: tornTail?.bytes ?? 0,
      tornTail,
      badSnapshots: bad,
    };
    return { journal, report };
  } catch (error) {
    journal.close();
    throw error;
  }
}

function replayBatches(
  options: VersionOptions,
  journal: RecoveredJournal,
  snapshot: Snapshot | undefined,
  replay: Replay,
): Pick<RecoveryReport, "batchesReplayed" | "commandsReplayed" | "eventHash"> {
  let eventHash = replay.restore(snapshot);
  if (snapshot !== undefined) refuseDifference(snapshot.index, snapshot.eventHash, eventHash);
  let batchesReplayed = 0;
  let commandsReplayed = 0;
  for (const batch of journal.read((snapshot?.index ?? 0) + 1)) {
    refuseOtherVersion(options, batch, journal.lastIndex);
    refuseDifference(batch.index - 1, batch.eventHash, eventHash);
    eventHash = replay.apply(batch);
    batchesReplayed += 1;
    commandsReplayed += batch.commands.length;
  }
  return { batchesReplayed, commandsReplayed, eventHash };
}

function refuseHole(
  journal: RecoveredJournal,
  snapshot: Snapshot | undefined,
  bad: readonly BadSnapshot[],
): void {
  const neededIndex = (snapshot?.index ?? 0) + 1;
  if (neededIndex >= journal.firstIndex) return;
  const damaged = bad.map(({ file, reason }) => `; ${file} cannot be used: ${reason}`).join("");
  throw new JournalError(
    "journal_snapshot_missing",
    `the journal begins with batch ${journal.firstIndex}, and ` +
      (snapshot === undefined
        ? "there is no snapshot to begin with"
        : `the newest sound snapshot ends with batch ${snapshot.index}`) +
      damaged,
  );
}

type VersionOptions = Pick<RecoveryOptions, "engineVersion" | "dataDirectory">;

function refuseOtherVersion(options: VersionOptions, batch: Batch, lastIndex: number): void {
  const { engineVersion, dataDirectory } = options;
  if (batch.engineVersion === engineVersion) return;
  throw new JournalError(
    "journal_other_version",
    `batches ${batch.index} to ${lastIndex} were written by engine version ${batch.engineVersion}, ` +
      `and this is version ${engineVersion}: with a release of engine version ` +
      `${batch.engineVersion} run \`nightdesk journal seal ${dataDirectory}\`, then start this one`,
  );
}

function refuseDifference(index: number, journaled: bigint, replayed: bigint): void {
  if (journaled === replayed) return;
  throw new JournalError(
    "journal_replay_differs",
    `after batch ${index} the events have the hash ${hexadecimal(replayed)}, ` +
      `and the journal says ${hexadecimal(journaled)}`,
  );
}

function hexadecimal(hash: bigint): string {
  return hash.toString(16).padStart(16, "0");
}
