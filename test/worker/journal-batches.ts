import { expect } from "vitest";
import type { Batch, Journal, NewBatch } from "../../worker/journal/journal.ts";
import { openSegments } from "../../worker/journal/segments.ts";
import type { SegmentOptions } from "../../worker/journal/segments.ts";
import type { Disk } from "../../worker/journal/disk.ts";

/** A batch whose every field depends on its number, so that no two are alike. */
export function batchOf(number: number, commandSizes: readonly number[] = [5, 0, 9]): NewBatch {
  return {
    epoch: Math.floor(number / 3),
    at: 1_790_000_000_000 + number * 10,
    engineVersion: 1,
    eventHash: BigInt.asUintN(64, BigInt(number) * 0x9e3779b97f4a7c15n),
    commands: commandSizes.map((size, place) => new Uint8Array(size).fill(number * 7 + place)),
  };
}

/** What `read` is expected to give for batches appended in this order, the first having `index`. */
export function numbered(batches: readonly NewBatch[], index = 1): Batch[] {
  return batches.map((batch, place) => plain({ ...batch, index: index + place }));
}

export function readAll(journal: Journal, fromIndex = journal.firstIndex): Batch[] {
  return Array.from(journal.read(fromIndex), plain);
}

/** A journal of partition 3, which is what the tests use. */
export function openJournal(disk: Disk, options: Partial<SegmentOptions> = {}): Journal {
  return openSegments(disk, { partition: 3, ...options });
}

/** Append batches number 1 to `count`, and check that they are numbered so. */
export function appendTo(journal: Journal, count: number): NewBatch[] {
  const batches = Array.from({ length: count }, (_, place) => batchOf(place + 1));
  for (const batch of batches) {
    const before = journal.lastIndex;
    expect(journal.append(batch)).toBe(before + 1);
  }
  return batches;
}

/** The code of the error that an action throws, undefined where it throws none. */
export function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && "code" in error) return error.code;
    throw error;
  }
  return undefined;
}

/** Byte arrays of one class, so that equality looks at the bytes only. */
function plain(batch: Batch): Batch {
  return { ...batch, commands: batch.commands.map((command) => Uint8Array.from(command)) };
}
