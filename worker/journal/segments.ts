import { RecordEncoder, recordSize } from "./batch-record.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { changeOrUndo, isPoisoned, syncOnce } from "./durable-change.ts";
import { headerBytes } from "./header.ts";
import type { Batch, Journal, NewBatch, TornTail } from "./journal.ts";
import { JournalError } from "./journal-error.ts";
import { readBatches } from "./segment-batches.ts";
import { beginSegment } from "./segment-file.ts";
import type { SegmentFile, SegmentHeader } from "./segment-file.ts";
import { inspectSegments } from "./segment-inspection.ts";
import type { Inspection, InspectionOptions } from "./segment-inspection.ts";
import type { Position } from "./segment-reader.ts";

export interface SegmentOptions extends InspectionOptions {
  /** A segment is closed rather than grow above this; one batch may. @defaultValue 67,108,864 */
  readonly segmentBytes?: number;
  /** Bytes of one batch, its header included, above which it is refused. @defaultValue 67,108,864 */
  readonly batchBytesMax?: number;
}

export const defaultSegmentOptions = {
  durableIndex: 0,
  segmentBytes: 64 * 1024 * 1024,
  batchBytesMax: 64 * 1024 * 1024,
} satisfies Omit<Required<SegmentOptions>, "partition">;

/**
 * Open the journal that one partition keeps in segment files, and make it ready to be appended to:
 * an interrupted last append is cut off, a missing first segment is begun.
 *
 * Errors: those of `inspectSegments`, and of the disk while it is repaired.
 */
export function openSegments(disk: Disk, options: SegmentOptions): Journal {
  const settings = { ...defaultSegmentOptions, ...options };
  const inspection = inspectSegments(disk, settings);
  repair(disk, inspection);
  return new SegmentJournal(disk, settings, inspection);
}

/** Before the first batch. */
const beginning: Position = { offset: headerBytes, index: 1, checksum: 0, epoch: 0, at: 0 };

/**
 * Make durable what is about to be built upon, and cut off what was interrupted.
 *
 * The last record may be whole in the system's cache and nowhere else: its writer was killed before
 * the sync, or told that the sync had failed, after which the system may take its pages for clean.
 * So it is written once more, byte by byte the same, and synced. Errors: `journal_poisoned`.
 */
function repair(disk: Disk, { tornTail, segments, end, unsyncedFrom }: Inspection): void {
  const last = segments.at(-1);
  if (tornTail !== undefined && tornTail.file !== last?.name) disk.unlink(tornTail.file);
  if (last !== undefined && end !== undefined) {
    using file = disk.open(last.name, "write");
    if (tornTail?.file === last.name) disk.truncate(file, end.offset);
    const record = Buffer.alloc(end.offset - unsyncedFrom);
    disk.read(file, unsyncedFrom, record);
    disk.write(file, unsyncedFrom, record);
    syncOnce(() => disk.sync(file));
  }
  syncOnce(() => disk.syncDirectory());
}

/**
 * Appends, one write and one sync a batch.
 *
 * `usable`: every call works. A failed append that was undone leaves it so; a failed sync, or a
 * failed undo, makes it `poisoned` for good. `close` makes it `closed`, from either.
 */
class SegmentJournal implements Journal {
  readonly tornTail: TornTail | undefined;
  readonly #disk: Disk;
  readonly #settings: Required<SegmentOptions>;
  readonly #encoder = new RecordEncoder();
  /** In order; nothing is added to them any more. */
  readonly #closed: SegmentFile[];
  /** First index of the segment that is appended to. */
  #activeFirst: number;
  #active: DiskFile;
  #end: Position;
  #state: "usable" | "poisoned" | "closed" = "usable";

  constructor(disk: Disk, settings: Required<SegmentOptions>, inspection: Inspection) {
    const { segments, end = beginning, tornTail } = inspection;
    const active = segments.at(-1);
    this.#disk = disk;
    this.#settings = settings;
    this.tornTail = tornTail;
    this.#closed = segments.slice(0, -1);
    this.#activeFirst = active?.firstIndex ?? end.index;
    this.#active =
      active === undefined
        ? beginSegment(disk, this.#nextHeader(end, 0))
        : disk.open(active.name, "write");
    this.#end = end;
  }

  get firstIndex(): number {
    return this.#closed[0]?.firstIndex ?? this.#activeFirst;
  }

  get lastIndex(): number {
    return this.#end.index - 1;
  }

  get lastEpoch(): number {
    return this.#end.epoch;
  }

  get lastAt(): number {
    return this.#end.at;
  }

  append(batch: NewBatch): number {
    this.#mustBeUsable();
    this.#refuseUnfit(batch);
    const size = recordSize(batch.commands);
    this.#refuseSize(size);
    if (this.#end.offset + size > this.#settings.segmentBytes) this.seal();
    const { offset, index, checksum: previousChecksum } = this.#end;
    const { partition } = this.#settings;
    const { bytes, checksum } = this.#encoder.encode(batch, { partition, index, previousChecksum });
    this.#guard(() => this.#write(offset, bytes));
    const { epoch, at } = batch;
    this.#end = { offset: offset + size, index: index + 1, checksum, epoch, at };
    return index;
  }

  read(fromIndex: number): Iterable<Batch> {
    this.#mustBeUsable();
    if (fromIndex < this.firstIndex) {
      throw new JournalError(
        "journal_trimmed",
        `batch ${fromIndex} is no longer in the journal, which begins with ${this.firstIndex}`,
      );
    }
    const segments = [...this.#closed, this.#activeSegment()];
    return readBatches(this.#disk, this.#settings.partition, segments, fromIndex);
  }

  trim(upToIndex: number): void {
    this.#mustBeUsable();
    if (upToIndex > this.lastIndex) {
      throw new RangeError(`batch ${upToIndex} is not written yet; the last is ${this.lastIndex}`);
    }
    for (;;) {
      const first = this.#closed[0];
      const nextFirst = this.#closed[1]?.firstIndex ?? this.#activeFirst;
      if (first === undefined || nextFirst > upToIndex + 1) return;
      this.#disk.unlink(first.name);
      this.#closed.shift();
      // One by one: names that vanish out of order would leave a gap after a crash.
      this.#guard(() => syncOnce(() => this.#disk.syncDirectory()));
    }
  }

  seal(): void {
    this.#mustBeUsable();
    if (this.#activeFirst === this.#end.index) return;
    this.#guard(() => {
      const next = beginSegment(this.#disk, this.#nextHeader(this.#end, this.#activeFirst));
      const sealed = this.#active;
      this.#closed.push(this.#activeSegment());
      this.#active = next;
      this.#activeFirst = this.#end.index;
      this.#end = { ...this.#end, offset: headerBytes };
      sealed[Symbol.dispose]();
    });
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#active[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #nextHeader(end: Position, previousFirstIndex: number): SegmentHeader {
    return {
      partition: this.#settings.partition,
      firstIndex: end.index,
      previousChecksum: end.checksum,
      previousEpoch: end.epoch,
      previousAt: end.at,
      previousFirstIndex,
    };
  }

  #activeSegment(): SegmentFile {
    const { name } = this.#active;
    return { name, firstIndex: this.#activeFirst, size: this.#end.offset };
  }

  #write(offset: number, bytes: Uint8Array): void {
    changeOrUndo(
      () => this.#disk.write(this.#active, offset, bytes),
      () => {
        this.#disk.truncate(this.#active, offset);
        // Or a crash could bring back a batch whose sender was told that it failed.
        this.#disk.sync(this.#active);
      },
    );
    syncOnce(() => this.#disk.sync(this.#active));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (isPoisoned(error)) this.#state = "poisoned";
      throw error;
    }
  }

  #mustBeUsable(): void {
    if (this.#state === "poisoned") {
      throw new JournalError("journal_poisoned", "a sync of this journal failed, recover it");
    }
    if (this.#state === "closed") {
      throw new JournalError("journal_closed", "this journal is closed");
    }
  }

  #refuseUnfit({ commands, at, epoch }: NewBatch): void {
    if (commands.length === 0) throw new RangeError("a batch has one command or more");
    if (at < this.#end.at) {
      throw new RangeError(`time runs backwards: ${at} after ${this.#end.at}`);
    }
    if (epoch < this.#end.epoch) {
      throw new JournalError(
        "journal_stale_epoch",
        `the batch is of epoch ${epoch}, and epoch ${this.#end.epoch} has taken over`,
      );
    }
  }

  #refuseSize(size: number): void {
    const { batchBytesMax } = this.#settings;
    if (size <= batchBytesMax) return;
    throw new JournalError(
      "journal_batch_too_large",
      `the batch takes ${size} bytes, and ${batchBytesMax} is the most`,
    );
  }
}
