import { crc32 } from "node:zlib";
import { decodeBatch, readRecordHeader } from "./batch-record.ts";
import type { RecordHeader } from "./batch-record.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { headerBytes, marks } from "./header.ts";
import type { Batch } from "./journal.ts";
import { JournalCorruption } from "./journal-error.ts";
import { readSegmentHeader } from "./segment-file.ts";
import type { SegmentFile, SegmentHeader } from "./segment-file.ts";

/** A record whose checksums are right and that continues the chain. */
export interface SoundRecord {
  readonly header: RecordHeader;
  /** The commands, each behind its length. */
  readonly payload: Buffer;
}

/** What stands where a sound record should. */
export interface DamagedRecord {
  readonly reason: string;
  /** Its bytes by its own account, where its header is sound. */
  readonly size?: number;
}

/** How far a reader has come: where the next record begins, and what it must continue. */
export interface Position {
  readonly offset: number;
  /** Index of the next record. */
  readonly index: number;
  /** Of the record before. */
  readonly checksum: number;
  readonly epoch: number;
  readonly at: number;
}

/** The position behind a segment's header. */
export function startOf(header: SegmentHeader): Position {
  return {
    offset: headerBytes,
    index: header.firstIndex,
    checksum: header.previousChecksum,
    epoch: header.previousEpoch,
    at: header.previousAt,
  };
}

/** The position behind a record. */
export function behind(position: Position, { header }: SoundRecord): Position {
  return {
    offset: position.offset + header.size,
    index: header.index + 1,
    checksum: header.checksum,
    epoch: header.epoch,
    at: header.at,
  };
}

/** Reads one segment, a window at a time. Disposing of it closes the file. */
export class SegmentReader implements Disposable {
  /** Undefined where the segment's header is not whole. */
  readonly header: SegmentHeader | undefined;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #segment: SegmentFile;
  readonly #partition: number;
  #window = Buffer.alloc(0);
  #windowOffset = 0;

  /** Errors: `journal_io`; `journal_format_unknown`; `journal_corrupt` where it belongs elsewhere. */
  constructor(disk: Disk, segment: SegmentFile, partition: number) {
    this.#disk = disk;
    this.#segment = segment;
    this.#partition = partition;
    this.#file = disk.open(segment.name, "read");
    try {
      this.header = readSegmentHeader(disk, this.#file, {
        partition,
        firstIndex: segment.firstIndex,
      });
    } catch (error) {
      this.#file[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  /**
   * The record at a position, undefined at the end of the segment, or what is wrong with it.
   *
   * Errors: `journal_corrupt` where the record is whole and out of place, which no crash explains.
   */
  record(position: Position): SoundRecord | DamagedRecord | undefined {
    const left = this.#segment.size - position.offset;
    if (left === 0) return undefined;
    if (left < headerBytes) return { reason: "the record's header is cut short" };
    const header = readRecordHeader(this.#bytes(position.offset, headerBytes));
    if (header === undefined) return { reason: "the record's header is damaged" };
    this.#refuseStranger(header, position);
    const { size } = header;
    if (size > left) return { size, reason: "the record's commands are cut short" };
    const payload = this.#bytes(position.offset, size).subarray(headerBytes);
    if (crc32(payload) !== header.commandsChecksum) {
      return { size, reason: "the record's commands are damaged" };
    }
    return { header, payload };
  }

  /** The batch of a sound record. Errors: `journal_corrupt` where its commands do not add up. */
  batch(position: Position, record: SoundRecord): Batch {
    const batch = decodeBatch(record.header, record.payload);
    if (batch === undefined) throw this.corruption(position, "the record's commands do not add up");
    return batch;
  }

  /**
   * Whether, somewhere behind a damaged record, the header of a later one stands whole. Every byte
   * is tried as its beginning, because the damaged one cannot be trusted to say where it ends.
   */
  laterRecordBehind(position: Position): boolean {
    const rest = this.#bytes(position.offset, this.#segment.size - position.offset);
    let offset = rest.indexOf(marks.batch, 1);
    while (offset !== -1) {
      const header = readRecordHeader(rest.subarray(offset));
      if (header?.partition === this.#partition && header.index > position.index) return true;
      offset = rest.indexOf(marks.batch, offset + 1);
    }
    return false;
  }

  corruption(position: Position, reason: string): JournalCorruption {
    const { offset, index } = position;
    return new JournalCorruption({ file: this.#segment.name, offset, index, reason });
  }

  #refuseStranger(header: RecordHeader, position: Position): void {
    if (header.partition !== this.#partition) {
      throw this.corruption(position, `the record belongs to partition ${header.partition}`);
    }
    if (header.index !== position.index) {
      throw this.corruption(position, `batch ${header.index} stands in its place`);
    }
    if (header.previousChecksum !== position.checksum) {
      throw this.corruption(position, "the record does not continue the one before it");
    }
    if (header.size < headerBytes) {
      throw this.corruption(position, `the record says that it has ${header.size} bytes`);
    }
  }

  /**
   * Bytes of the segment that the caller knows to be there. Each window is a new buffer, so that
   * batches handed out stay valid.
   */
  #bytes(offset: number, length: number): Buffer {
    const from = offset - this.#windowOffset;
    if (from >= 0 && from + length <= this.#window.length) {
      return this.#window.subarray(from, from + length);
    }
    const size = Math.min(Math.max(length, windowBytes), this.#segment.size - offset);
    const window = Buffer.allocUnsafeSlow(size);
    if (this.#disk.read(this.#file, offset, window) < length) {
      throw new RangeError(`${this.#segment.name} became shorter while it was read`);
    }
    this.#window = window;
    this.#windowOffset = offset;
    return window.subarray(0, length);
  }
}

const windowBytes = 1024 * 1024;
