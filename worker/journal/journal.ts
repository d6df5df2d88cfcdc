/**
 * The ordered, durable record of everything that happened to one partition: numbered batches of
 * commands, from which the engine can be brought back at any time.
 *
 * One writer owns it. All calls are synchronous: a batch is durable when `append` returns, and is
 * applied only then. After a failed `append` the batch is not in the journal: with the codes
 * `journal_full` and `journal_io` the next one may succeed, with `journal_poisoned` nobody knows
 * what is durable, every later call throws the same, and the thread must end and recover.
 */
export interface Journal extends Disposable {
  /** Index of the oldest batch that `read` can give; `lastIndex + 1` when there is none. */
  readonly firstIndex: number;
  /** Index of the newest durable batch, the first being 1; 0 before any. */
  readonly lastIndex: number;
  /** Epoch of the newest batch, also when that one is no longer kept; 0 before any. */
  readonly lastEpoch: number;
  /** Instant of the newest batch, epoch ms, also when it is no longer kept; 0 before any. */
  readonly lastAt: number;
  /** The interrupted append that was cut off when this journal was opened, if there was one. */
  readonly tornTail: TornTail | undefined;

  /**
   * Append one batch and make it durable.
   *
   * Errors: `journal_full`, `journal_io`, `journal_poisoned`, `journal_stale_epoch`,
   * `journal_batch_too_large`, `journal_closed`. A batch without commands, or whose instant lies
   * before the last one's, is a bug and throws a RangeError.
   *
   * @returns the index it was given, always `lastIndex + 1`
   */
  append(batch: NewBatch): number;
  /**
   * The batches from `fromIndex` up to what is the newest now, in order, each checked as it is read.
   *
   * Errors: `journal_trimmed` where `fromIndex` is no longer kept; `journal_corrupt`, from the
   * iteration, at the first batch that is damaged or missing.
   */
  read(fromIndex: number): Iterable<Batch>;
  /** Forget batches up to and including `upToIndex`, or fewer: space is given back in larger units. */
  trim(upToIndex: number): void;
  /** Let nothing be added to the units written so far, so that `trim` can drop them all. */
  seal(): void;
  /** Let go of the files. Nothing is lost by not calling it. */
  close(): void;
}

/** What the writer says of a batch. */
export interface NewBatch {
  /** Which life of the shard wrote it; never decreases. Integer, 0 included. */
  readonly epoch: number;
  /** Instant of its last command, epoch ms; never decreases. */
  readonly at: number;
  /** The engine version that is about to apply it. */
  readonly engineVersion: number;
  /** Rolling hash of all events up to and including the *previous* batch, 64 bits without sign. */
  readonly eventHash: bigint;
  /** One command or more, as bytes that the journal does not look into. */
  readonly commands: readonly Uint8Array[];
}

/** A batch as it was read back; its bytes stay valid for as long as they are kept. */
export interface Batch extends NewBatch {
  readonly index: number;
}

/** A last append that a crash interrupted, and that was never acknowledged. */
export interface TornTail {
  /** The file that was cut or removed. */
  readonly file: string;
  /** Where the interrupted write began. */
  readonly offset: number;
  /** How many bytes of it were found, 0 included. */
  readonly bytes: number;
  /** Index of the batch that was being appended, and that is free again. */
  readonly index: number;
}
