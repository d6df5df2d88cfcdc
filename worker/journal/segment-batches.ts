import type { Disk } from "./disk.ts";
import type { Batch } from "./journal.ts";
import { JournalCorruption, JournalError } from "./journal-error.ts";
import { listSegments } from "./segment-file.ts";
import type { SegmentFile } from "./segment-file.ts";
import { SegmentReader, behind, startOf } from "./segment-reader.ts";
import type { Position } from "./segment-reader.ts";

/**
 * The batches of some segments from `fromIndex` on, in order. Every record on the way is checked,
 * also those before `fromIndex` in the same segment, and each must continue the one before.
 *
 * Errors: `journal_corrupt` at the first that does not, `journal_trimmed`, `journal_io`.
 */
export function* readBatches(
  disk: Disk,
  partition: number,
  segments: readonly SegmentFile[],
  fromIndex: number,
): Generator<Batch, void, undefined> {
  const first = segments.findLastIndex(({ firstIndex }) => firstIndex <= fromIndex);
  if (first === -1) {
    if (segments.length === 0) return;
    throw new JournalError("journal_trimmed", `batch ${fromIndex} is no longer in the journal`);
  }
  let position: Position | undefined;
  for (const segment of segments.slice(first)) {
    using reader = new SegmentReader(disk, segment, partition);
    position = continueIn(reader, segment, position);
    for (;;) {
      const record = reader.record(position);
      if (record === undefined) break;
      if (!("header" in record)) throw reader.corruption(position, record.reason);
      if (position.index >= fromIndex) yield reader.batch(position, record);
      position = behind(position, record);
    }
  }
}

/**
 * The batches of all segments but the last, from `fromIndex` on: those that no writer touches any
 * more. Another thread may read them while the partition runs.
 *
 * Errors: as `readBatches`.
 */
export function readClosedBatches(
  disk: Disk,
  partition: number,
  fromIndex: number,
): Generator<Batch, void, undefined> {
  return readBatches(disk, partition, listSegments(disk).slice(0, -1), fromIndex);
}

function continueIn(
  reader: SegmentReader,
  segment: SegmentFile,
  before: Position | undefined,
): Position {
  const refuse = (reason: string): JournalCorruption =>
    new JournalCorruption({
      file: segment.name,
      offset: 0,
      index: before?.index ?? segment.firstIndex,
      reason,
    });

  if (reader.header === undefined) throw refuse("the segment's header is damaged");
  const start = startOf(reader.header);
  if (before === undefined) return start;
  if (start.index !== before.index) {
    throw refuse(`the segment before it ends with batch ${before.index - 1}`);
  }
  if (start.checksum !== before.checksum) {
    throw refuse("the segment does not continue the one before it");
  }
  return start;
}
