import type { Disk } from "./disk.ts";
import { headerBytes } from "./header.ts";
import type { TornTail } from "./journal.ts";
import { JournalCorruption } from "./journal-error.ts";
import { listSegments } from "./segment-file.ts";
import type { SegmentFile, SegmentHeader } from "./segment-file.ts";
import { SegmentReader, behind, startOf } from "./segment-reader.ts";
import type { DamagedRecord, Position } from "./segment-reader.ts";

/** What the folder of a partition holds, found without changing anything. */
export interface Inspection {
  /** In order; without a last one whose header an interrupted rotation left unfinished. */
  readonly segments: readonly SegmentFile[];
  /** The end of the last sound record; undefined where there is no segment. */
  readonly end: Position | undefined;
  /**
   * Where in the last segment its last record begins, 0 where there is only the header: that much a
   * writer that was killed may have left without a sync.
   */
  readonly unsyncedFrom: number;
  /** The interrupted append that the writer has to cut off before it goes on. */
  readonly tornTail: TornTail | undefined;
}

export interface InspectionOptions {
  readonly partition: number;
  /**
   * A batch index that is known to have been durable, because a snapshot or the store contains it.
   * Up to here a damaged record cannot be an interrupted append. @defaultValue 0
   */
  readonly durableIndex?: number;
}

/**
 * Look at the segments of a partition: the header of each, how they follow each other, and every
 * record of the last one. Records of earlier segments are checked when they are read.
 *
 * A damaged record at the very end of the last segment is a torn tail; every other damage is
 * corruption. docs/journal.md says how they are told apart and why.
 *
 * Errors: `journal_corrupt`, `journal_format_unknown`, `journal_io`. Complexity: linear in the last
 * segment's size.
 */
export function inspectSegments(disk: Disk, options: InspectionOptions): Inspection {
  const { partition, durableIndex = 0 } = options;
  const files = listSegments(disk);
  const headers = files.map((segment) => readHeader(disk, segment, partition));
  const inspection = inspectChain(disk, partition, files, headers);
  refuseLoss(inspection, files, durableIndex);
  return inspection;
}

const nothing: Inspection = {
  segments: [],
  end: undefined,
  unsyncedFrom: 0,
  tornTail: undefined,
};

function readHeader(disk: Disk, segment: SegmentFile, partition: number) {
  using reader = new SegmentReader(disk, segment, partition);
  return reader.header;
}

function inspectChain(
  disk: Disk,
  partition: number,
  files: readonly SegmentFile[],
  headers: readonly (SegmentHeader | undefined)[],
): Inspection {
  for (const [place, segment] of files.entries()) {
    const header = headers[place];
    if (header !== undefined) {
      refuseGap(segment, header, files[place - 1]);
    } else if (place < files.length - 1 || !wasBeingBegun(segment, files[place - 1])) {
      throw atStart(segment, "the segment's header is damaged");
    }
  }
  const last = files.at(-1);
  if (last === undefined) return nothing;
  if (headers.at(-1) !== undefined) {
    return { segments: files, ...inspectLast(disk, partition, last) };
  }
  const kept = files.slice(0, -1);
  const before = kept.at(-1);
  const { name: file, size: bytes, firstIndex: index } = last;
  const found = before && inspectClosed(disk, partition, before, last);
  return {
    segments: kept,
    end: found?.end,
    unsyncedFrom: found?.unsyncedFrom ?? 0,
    tornTail: { file, offset: 0, bytes, index },
  };
}

/**
 * Whether a segment without a sound header can be one that a crash interrupted while it was begun:
 * its header is made durable before any record follows, and before the segment ahead is dropped.
 */
function wasBeingBegun(segment: SegmentFile, before: SegmentFile | undefined): boolean {
  return segment.size <= headerBytes && (before !== undefined || segment.firstIndex === 1);
}

function refuseGap(
  segment: SegmentFile,
  header: SegmentHeader,
  before: SegmentFile | undefined,
): void {
  if (before === undefined || header.previousFirstIndex === before.firstIndex) return;
  throw atStart(
    segment,
    `the segment that begins with batch ${header.previousFirstIndex} is missing`,
  );
}

function inspectLast(disk: Disk, partition: number, last: SegmentFile) {
  using reader = new SegmentReader(disk, last, partition);
  if (reader.header === undefined) throw atStart(last, "the segment's header is damaged");
  let end = startOf(reader.header);
  let unsyncedFrom = 0;
  for (;;) {
    const record = reader.record(end);
    if (record === undefined) return { end, unsyncedFrom, tornTail: undefined };
    if (!("header" in record)) {
      if (!isTorn(reader, last, end, record)) throw reader.corruption(end, record.reason);
      const { offset, index } = end;
      const tornTail = { file: last.name, offset, bytes: last.size - offset, index };
      return { end, unsyncedFrom, tornTail };
    }
    unsyncedFrom = end.offset;
    end = behind(end, record);
  }
}

/**
 * A batch is begun only when all before it are durable, so a crash can damage no record but the
 * last one: any trace of something behind a damaged record means that it had been durable.
 */
function isTorn(
  reader: SegmentReader,
  segment: SegmentFile,
  position: Position,
  record: DamagedRecord,
): boolean {
  if (record.size !== undefined) return position.offset + record.size >= segment.size;
  return !reader.laterRecordBehind(position);
}

/** A segment that another follows: every record in it must be sound. */
function inspectClosed(disk: Disk, partition: number, segment: SegmentFile, next: SegmentFile) {
  const { tornTail, ...found } = inspectLast(disk, partition, segment);
  if (tornTail !== undefined) {
    const reason = "the record is damaged, and a segment follows";
    throw new JournalCorruption({ ...tornTail, reason });
  }
  if (found.end.index !== next.firstIndex) {
    throw atStart(next, `the segment before it ends with batch ${found.end.index - 1}`);
  }
  return found;
}

function refuseLoss(
  { end, tornTail }: Inspection,
  files: readonly SegmentFile[],
  durableIndex: number,
): void {
  const lastIndex = end === undefined ? 0 : end.index - 1;
  if (lastIndex >= durableIndex) return;
  const place = tornTail ?? {
    file: files.at(-1)?.name ?? "(no segment)",
    offset: end?.offset ?? 0,
    index: lastIndex + 1,
  };
  const reason = `the journal ends here, and batch ${durableIndex} is known to have been durable`;
  throw new JournalCorruption({ ...place, reason });
}

function atStart(segment: SegmentFile, reason: string): JournalCorruption {
  return new JournalCorruption({
    file: segment.name,
    offset: 0,
    index: segment.firstIndex,
    reason,
  });
}
