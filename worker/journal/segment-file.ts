import type { Disk, DiskFile } from "./disk.ts";
import { changeOrUndo, syncOnce } from "./durable-change.ts";
import {
  closeHeader,
  headerBytes,
  marks,
  readInteger,
  soundHeader,
  writeInteger,
} from "./header.ts";
import { JournalCorruption, JournalError } from "./journal-error.ts";

/** The format of segments that this release writes, and the only one it reads. */
export const segmentFormat = 1;

/** A segment in the folder, by its name. */
export interface SegmentFile {
  readonly name: string;
  /** Index of the first batch in it, or of the next one where it is still empty. */
  readonly firstIndex: number;
  /** Bytes, its header included. */
  readonly size: number;
}

/**
 * The header of a segment. It carries what a journal must know of the batches before it, so that
 * these can be dropped; docs/journal.md has its layout.
 */
export interface SegmentHeader {
  readonly partition: number;
  readonly firstIndex: number;
  /** Checksum of the last record before this segment; 0 where it is the first. */
  readonly previousChecksum: number;
  readonly previousEpoch: number;
  readonly previousAt: number;
  /** First index of the segment before this one, so that a missing one is noticed; 0 for the first. */
  readonly previousFirstIndex: number;
}

/** Sixteen digits hold every index, and sort as text. */
function segmentName(firstIndex: number): string {
  return `${String(firstIndex).padStart(16, "0")}.segment`;
}

/** The segments of a folder, in order. Files of other names are not the journal's and are left alone. */
export function listSegments(disk: Disk): SegmentFile[] {
  return disk
    .list()
    .flatMap(({ name, size }) => {
      const digits = /^(\d{16})\.segment$/.exec(name)?.[1];
      return digits === undefined ? [] : [{ name, size, firstIndex: Number(digits) }];
    })
    .toSorted((a, b) => a.firstIndex - b.firstIndex);
}

/**
 * Make a segment, durable with its header and its name, ready to be appended to.
 *
 * Errors: those of the disk, after which nothing of it is left, because a torn segment would hide
 * what is appended to the one before it; `journal_poisoned` where that is not known.
 */
export function beginSegment(disk: Disk, header: SegmentHeader): DiskFile {
  const name = segmentName(header.firstIndex);
  const file = disk.open(name, "create");
  try {
    changeOrUndo(
      () => disk.write(file, 0, encodeSegmentHeader(header)),
      () => {
        disk.unlink(name);
        disk.syncDirectory();
      },
    );
    syncOnce(() => {
      disk.sync(file);
      disk.syncDirectory();
    });
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
  return file;
}

/**
 * The header of an open segment, or undefined where none stands whole.
 *
 * Errors: `journal_format_unknown`; `journal_corrupt` where it is whole and belongs elsewhere.
 */
export function readSegmentHeader(
  disk: Disk,
  file: DiskFile,
  expected: { readonly partition: number; readonly firstIndex: number },
): SegmentHeader | undefined {
  const bytes = Buffer.alloc(headerBytes);
  const found = bytes.subarray(0, disk.read(file, 0, bytes));
  if (soundHeader(found, marks.segment) === undefined) return undefined;
  const format = bytes.readUInt32LE(8);
  if (format !== segmentFormat) {
    throw new JournalError(
      "journal_format_unknown",
      `${file.name} is written in journal format ${format}; this release reads ${segmentFormat}`,
    );
  }
  const header = {
    partition: bytes.readUInt32LE(12),
    firstIndex: readInteger(bytes, 16),
    previousChecksum: bytes.readUInt32LE(24),
    previousEpoch: readInteger(bytes, 32),
    previousAt: readInteger(bytes, 40),
    previousFirstIndex: readInteger(bytes, 48),
  };
  refuseStranger(file.name, header, expected);
  return header;
}

function refuseStranger(
  file: string,
  header: SegmentHeader,
  expected: { readonly partition: number; readonly firstIndex: number },
): void {
  const reason =
    header.partition !== expected.partition
      ? `the segment belongs to partition ${header.partition}, not ${expected.partition}`
      : header.firstIndex !== expected.firstIndex
        ? `the segment begins with batch ${header.firstIndex}, and its name says otherwise`
        : undefined;
  if (reason === undefined) return;
  throw new JournalCorruption({ file, offset: 0, index: expected.firstIndex, reason });
}

function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32LE(segmentFormat, 8);
  bytes.writeUInt32LE(header.partition, 12);
  writeInteger(bytes, header.firstIndex, 16);
  bytes.writeUInt32LE(header.previousChecksum, 24);
  writeInteger(bytes, header.previousEpoch, 32);
  writeInteger(bytes, header.previousAt, 40);
  writeInteger(bytes, header.previousFirstIndex, 48);
  closeHeader(bytes, marks.segment);
  return bytes;
}
