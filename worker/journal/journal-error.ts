/**
 * Codes of what can go wrong with a partition's files.
 *
 * - `journal_full`: no space is left. Nothing was applied; the same call succeeds once there is.
 * - `journal_io`: the disk refused for any other reason; see `cause`.
 * - `journal_poisoned`: a sync failed, so nobody knows what is durable. The thread must end and
 *   recover; every later call on the journal throws this.
 * - `journal_closed`: called after `close`, a bug of the caller.
 * - `journal_corrupt`: something recorded is missing or damaged; the error names the place.
 * - `journal_format_unknown`: written in a format that this release does not read.
 * - `journal_batch_too_large`: the batch is above the limit; nothing was written.
 * - `journal_stale_epoch`: the batch is of a shard that has been replaced; nothing was written.
 * - `journal_trimmed`: batches were asked for that are no longer kept.
 * - `journal_snapshot_missing`: no sound snapshot reaches the oldest batch that is kept.
 * - `journal_other_version`: the batches to replay were written by another engine version.
 * - `journal_replay_differs`: the engine gave other events than it gave when the batch was new.
 */
export const journalErrorCodes = [
  "journal_full",
  "journal_io",
  "journal_poisoned",
  "journal_closed",
  "journal_corrupt",
  "journal_format_unknown",
  "journal_batch_too_large",
  "journal_stale_epoch",
  "journal_trimmed",
  "journal_snapshot_missing",
  "journal_other_version",
  "journal_replay_differs",
] as const;

export type JournalErrorCode = (typeof journalErrorCodes)[number];

/** An operating error of a partition's files, by its stable `code`; `cause` is what the system said. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "JournalError";
    this.code = code;
  }
}

/** Where a partition's files are damaged. */
export interface DamagedPlace {
  /** Name of the file in the partition's folder. */
  readonly file: string;
  /** First byte of the damaged record in that file. */
  readonly offset: number;
  /** Index of the batch that should stand there. */
  readonly index: number;
  /** What is wrong with it, as an English clause. */
  readonly reason: string;
}

/**
 * The journal contradicts itself, and not in the way an interrupted append does. The partition
 * refuses to start: going on would lose or invent something that was acknowledged.
 */
export class JournalCorruption extends JournalError {
  readonly file: string;
  readonly offset: number;
  readonly index: number;
  readonly reason: string;

  constructor(place: DamagedPlace) {
    super(
      "journal_corrupt",
      `${place.file}, byte ${place.offset}, batch ${place.index}: ${place.reason}`,
    );
    this.name = "JournalCorruption";
    this.file = place.file;
    this.offset = place.offset;
    this.index = place.index;
    this.reason = place.reason;
  }
}
