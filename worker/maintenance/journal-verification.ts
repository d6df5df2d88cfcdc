import { decodeCommand } from "../../core/codec.ts";
import type { TornTail } from "../journal/journal.ts";
import { JournalCorruption, JournalError } from "../journal/journal-error.ts";
import { listSegments } from "../journal/segment-file.ts";
import type { SegmentFile } from "../journal/segment-file.ts";
import { inspectSegments } from "../journal/segment-inspection.ts";
import { SegmentReader, behind, startOf } from "../journal/segment-reader.ts";
import type { Position } from "../journal/segment-reader.ts";
import { inspectSnapshots } from "../journal/snapshot-files.ts";
import type { MaintainedPartition } from "./maintained-partitions.ts";

/** What was found in one file, or of a partition as a whole. */
export type Finding = SegmentFinding | SnapshotFinding | PartitionFinding;

interface SegmentFinding {
  readonly partition: number;
  readonly segment: string;
  readonly sound: boolean;
  readonly bytes: number;
  readonly batches: number;
  readonly commands: number;
  readonly problem?: Problem;
}

interface SnapshotFinding {
  readonly partition: number;
  readonly snapshot: string;
  readonly sound: boolean;
  readonly problem?: Problem;
}

export interface PartitionFinding {
  readonly partition: number;
  readonly sound: boolean;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** An append that was interrupted, or is under way: the next start cuts it off. */
  readonly tornTail?: TornTail;
  readonly problem?: Problem;
}

/** What is wrong, and where if that is known. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly offset?: number;
  readonly index?: number;
}

/**
 * Every record of every segment, and every snapshot, of a partition: all that is wrong, not only the
 * first. The last finding is that of the whole. Changes nothing.
 *
 * Complexity: linear in the files' size; one segment's window and one snapshot in memory.
 */
export function* verifyPartition(files: MaintainedPartition): Generator<Finding, void, undefined> {
  const { disk, partition } = files;
  let durableIndex = 0;
  for (const { file: snapshot, found } of inspectSnapshots(disk, partition)) {
    const problem = "reason" in found ? badSnapshot(found.file, found.reason) : undefined;
    if ("content" in found) durableIndex = Math.max(durableIndex, found.index);
    yield { partition, snapshot, sound: problem === undefined, ...(problem && { problem }) };
  }
  const whole = inspected(files, durableIndex);
  let before: Position | undefined;
  let isSound = whole.problem === undefined;
  for (const segment of whole.segments) {
    const { finding, end } = verifySegment(files, segment, before);
    before = end;
    if (!finding.sound) isSound = false;
    yield finding;
  }
  const { firstIndex, lastIndex, tornTail, problem } = whole;
  const rest = { ...(tornTail && { tornTail }), ...(problem && { problem }) };
  yield { partition, sound: isSound, firstIndex, lastIndex, ...rest };
}

/** What is to be said of an error that ended the look at a file. */
export function problemOf(error: unknown): Problem {
  if (error instanceof JournalCorruption) {
    const { code, message, file, offset, index } = error;
    return { code, message, file, offset, index };
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, message: error.message };
  }
  throw error;
}

function badSnapshot(file: string, reason: string): Problem {
  return { code: "journal_corrupt", message: `${file}: ${reason}`, file };
}

/** The chain as a whole; where that is broken each segment is looked at by itself all the same. */
function inspected({ disk, partition }: MaintainedPartition, durableIndex: number) {
  const found = listSegments(disk);
  try {
    const { segments, end, tornTail } = inspectSegments(disk, { partition, durableIndex });
    const lastSize = end?.offset ?? 0;
    return {
      segments: segments.map((segment, place) =>
        place === segments.length - 1 ? { ...segment, size: lastSize } : segment,
      ),
      firstIndex: found[0]?.firstIndex ?? 1,
      lastIndex: (end?.index ?? 1) - 1,
      tornTail,
      problem: undefined,
    };
  } catch (error) {
    const [firstIndex = 1] = found.map((segment) => segment.firstIndex);
    const problem = problemOf(error);
    return { segments: found, firstIndex, lastIndex: 0, tornTail: undefined, problem };
  }
}

function verifySegment(
  { disk, partition }: MaintainedPartition,
  segment: SegmentFile,
  before: Position | undefined,
): { readonly finding: SegmentFinding; readonly end: Position | undefined } {
  const counts = { batches: 0, commands: 0 };
  const finding = { partition, segment: segment.name, bytes: segment.size };
  try {
    using reader = new SegmentReader(disk, segment, partition);
    let position = begunBehind(reader, segment, before);
    for (;;) {
      const record = reader.record(position);
      if (record === undefined) break;
      if (!("header" in record)) throw reader.corruption(position, record.reason);
      const { commands } = reader.batch(position, record);
      refuseUnreadable(commands, record.header.index);
      counts.batches += 1;
      counts.commands += commands.length;
      position = behind(position, record);
    }
    return { finding: { ...finding, sound: true, ...counts }, end: position };
  } catch (error) {
    const problem = problemOf(error);
    return { finding: { ...finding, sound: false, ...counts, problem }, end: undefined };
  }
}

function begunBehind(
  reader: SegmentReader,
  { name: file, firstIndex: index }: SegmentFile,
  before: Position | undefined,
): Position {
  const refuse = (reason: string) => new JournalCorruption({ file, offset: 0, index, reason });
  if (reader.header === undefined) throw refuse("the segment's header is damaged");
  const start = startOf(reader.header);
  if (before === undefined) return start;
  if (before.index === start.index && before.checksum === start.checksum) return start;
  throw refuse("the segment does not continue the one before it");
}

/** A record whose checksums are right and whose commands this release cannot read. */
function refuseUnreadable(commands: readonly Uint8Array[], index: number): void {
  for (const command of commands) {
    try {
      decodeCommand(command);
    } catch (cause) {
      const because = cause instanceof Error ? cause.message : String(cause);
      const message = `batch ${index} holds a command that this release cannot read: ${because}`;
      throw new JournalError("journal_format_unknown", message, { cause });
    }
  }
}
