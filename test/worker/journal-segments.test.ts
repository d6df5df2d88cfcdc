import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fileDisk } from "../../worker/journal/disk.ts";
import type { Disk } from "../../worker/journal/disk.ts";
import { closeHeader, marks } from "../../worker/journal/header.ts";
import { readClosedBatches } from "../../worker/journal/segment-batches.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { appendTo, batchOf, codeOf, numbered, openJournal, readAll } from "./journal-batches.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-journal-"));
  folders.push(folder);
  return fileDisk(folder);
}

const disks = [
  { kind: "in a folder", make: temporaryDisk },
  { kind: "in memory", make: () => new MemoryDisk() },
];

/** Names of the segments, which begin with the first index in each. */
function segmentsOn(disk: Disk): string[] {
  return disk
    .list()
    .map(({ name }) => name)
    .toSorted();
}

describe.each(disks)("a journal $kind", ({ make }) => {
  test("begins empty, with one segment", () => {
    const disk = make();
    using journal = openJournal(disk);
    expect(readAll(journal)).toEqual([]);
    expect(journal).toMatchObject({ firstIndex: 1, lastIndex: 0, lastEpoch: 0, lastAt: 0 });
    expect(journal.tornTail).toBeUndefined();
    expect(segmentsOn(disk)).toEqual(["0000000000000001.segment"]);
  });

  test("gives back what was appended, before and after it is opened again", () => {
    const disk = make();
    const journal = openJournal(disk);
    const batches = appendTo(journal, 20);
    expect(readAll(journal)).toEqual(numbered(batches));
    journal.close();
    using reopened = openJournal(disk);
    expect(readAll(reopened)).toEqual(numbered(batches));
    expect(readAll(reopened, 15)).toEqual(numbered(batches).slice(14));
    expect(reopened).toMatchObject({
      firstIndex: 1,
      lastIndex: 20,
      lastEpoch: batches[19]?.epoch,
      lastAt: batches[19]?.at,
    });
  });

  test("begins a new segment rather than let one grow above its size", () => {
    const disk = make();
    using journal = openJournal(disk, { segmentBytes: 400 });
    const batches = appendTo(journal, 10);
    expect(disk.list().length).toBeGreaterThan(2);
    expect(disk.list().every(({ size }) => size <= 400)).toBe(true);
    expect(readAll(journal)).toEqual(numbered(batches));
    expect(readAll(journal, 4)).toEqual(numbered(batches).slice(3));
  });

  test("gives a batch that is larger than a segment one of its own", () => {
    const disk = make();
    using journal = openJournal(disk, { segmentBytes: 400 });
    const batches = [batchOf(1), batchOf(2, [5_000_000, 1]), batchOf(3)];
    for (const batch of batches) journal.append(batch);
    expect(disk.list()).toHaveLength(3);
    const read = [...journal.read(1)];
    expect(read.map(({ index }) => index)).toEqual([1, 2, 3]);
    const same = batches.map(({ commands }, place) =>
      Buffer.concat(commands).equals(Buffer.concat(read[place]?.commands ?? [])),
    );
    expect(same).toEqual([true, true, true]);
  });

  test("forgets trimmed batches by whole segments, and refuses to read them", () => {
    const disk = make();
    const journal = openJournal(disk, { segmentBytes: 400 });
    const batches = appendTo(journal, 10);
    const segmentCount = disk.list().length;
    journal.trim(5);
    expect(disk.list().length).toBeLessThan(segmentCount);
    expect(journal.firstIndex).toBeGreaterThan(1);
    expect(journal.firstIndex).toBeLessThanOrEqual(6);
    expect(readAll(journal, 6)).toEqual(numbered(batches).slice(5));
    expect(codeOf(() => journal.read(1))).toBe("journal_trimmed");
    journal.close();
    using reopened = openJournal(disk);
    expect(reopened.firstIndex).toBe(journal.firstIndex);
    expect(readAll(reopened, 6)).toEqual(numbered(batches).slice(5));
  });

  test("can be trimmed to nothing once it is sealed, and goes on from there", () => {
    const disk = make();
    const journal = openJournal(disk);
    const batches = appendTo(journal, 4);
    journal.seal();
    journal.seal();
    journal.trim(4);
    expect(disk.list()).toHaveLength(1);
    journal.close();
    using reopened = openJournal(disk);
    expect(reopened).toMatchObject({
      firstIndex: 5,
      lastIndex: 4,
      lastEpoch: batches[3]?.epoch,
      lastAt: batches[3]?.at,
    });
    expect(reopened.append(batchOf(5))).toBe(5);
    expect(readAll(reopened)).toEqual(numbered([batchOf(5)], 5));
  });

  test("leaves files of other names alone", () => {
    const disk = make();
    openJournal(disk).close();
    disk.open("notes.txt", "create")[Symbol.dispose]();
    using journal = openJournal(disk);
    journal.append(batchOf(1));
    journal.seal();
    journal.trim(1);
    expect(segmentsOn(disk)).toEqual(["0000000000000002.segment", "notes.txt"]);
  });
});

describe("a journal", () => {
  test("costs one write and one sync a batch", () => {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    const before = { write: disk.calls.get("write") ?? 0, sync: disk.calls.get("sync") ?? 0 };
    appendTo(journal, 10);
    expect(disk.calls.get("write")).toBe(before.write + 10);
    expect(disk.calls.get("sync")).toBe(before.sync + 10);
  });

  test("gives batches that stay valid while later ones are read and appended", () => {
    using journal = openJournal(new MemoryDisk());
    const batches = [1, 2, 3].map((number) => batchOf(number, [900_000, 3]));
    for (const batch of batches) journal.append(batch);
    const kept = [...journal.read(1)];
    journal.append(batchOf(4, [900_000]));
    expect(kept.map(({ commands }) => commands.map((bytes) => bytes[0]))).toEqual(
      batches.map(({ commands }) => commands.map((bytes) => bytes[0])),
    );
  });

  test("reads up to the batch that was the newest when it was asked", () => {
    using journal = openJournal(new MemoryDisk());
    appendTo(journal, 2);
    const reading = journal.read(1);
    journal.append(batchOf(3));
    expect(Array.from(reading, ({ index }) => index)).toEqual([1, 2]);
  });

  test("lets another reader have its closed segments while it goes on", () => {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    appendTo(journal, 4);
    journal.seal();
    journal.append(batchOf(5));
    const closed = Array.from(readClosedBatches(disk, 3, 3), ({ index }) => index);
    expect(closed).toEqual([3, 4]);
    expect(Array.from(readClosedBatches(disk, 3, 5), ({ index }) => index)).toEqual([]);
  });

  test("refuses a batch of an epoch that another has followed", () => {
    using journal = openJournal(new MemoryDisk());
    journal.append({ ...batchOf(1), epoch: 7 });
    expect(codeOf(() => journal.append({ ...batchOf(2), epoch: 6 }))).toBe("journal_stale_epoch");
    expect(journal.append({ ...batchOf(2), epoch: 7 })).toBe(2);
  });

  test("keeps the epoch when the batches that carried it are trimmed", () => {
    const disk = new MemoryDisk();
    const journal = openJournal(disk);
    journal.append({ ...batchOf(1), epoch: 7 });
    journal.seal();
    journal.trim(1);
    journal.close();
    using reopened = openJournal(disk);
    expect(codeOf(() => reopened.append({ ...batchOf(2), epoch: 6 }))).toBe("journal_stale_epoch");
  });

  test("refuses a batch above its limit and writes nothing of it", () => {
    using journal = openJournal(new MemoryDisk(), { batchBytesMax: 64 + 4 + 10 });
    expect(codeOf(() => journal.append(batchOf(1, [11])))).toBe("journal_batch_too_large");
    expect(journal.append(batchOf(1, [10]))).toBe(1);
  });

  test("takes an empty batch, or time that runs backwards, for a bug of its caller", () => {
    using journal = openJournal(new MemoryDisk());
    journal.append(batchOf(2));
    expect(() => journal.append(batchOf(3, []))).toThrow(RangeError);
    expect(() => journal.append({ ...batchOf(3), at: batchOf(2).at - 1 })).toThrow(RangeError);
    expect(() => journal.trim(2)).toThrow(RangeError);
    expect(journal.lastIndex).toBe(1);
  });

  test("does nothing any more once it is closed", () => {
    const journal = openJournal(new MemoryDisk());
    journal.close();
    journal.close();
    expect(codeOf(() => journal.append(batchOf(1)))).toBe("journal_closed");
    expect(codeOf(() => journal.read(1))).toBe("journal_closed");
    expect(codeOf(() => journal.trim(0))).toBe("journal_closed");
    expect(codeOf(() => journal.seal())).toBe("journal_closed");
  });

  test("refuses a segment of another partition by name", () => {
    const disk = new MemoryDisk();
    openJournal(disk).close();
    expect(() => openJournal(disk, { partition: 4 })).toThrow(
      /0000000000000001\.segment, byte 0, batch 1: .*partition 3, not 4/,
    );
  });

  test("refuses a segment of another format by both formats", () => {
    const disk = new MemoryDisk();
    openJournal(disk).close();
    const bytes = disk.bytesOf("0000000000000001.segment");
    bytes.writeUInt32LE(2, 8);
    closeHeader(bytes, marks.segment);
    expect(codeOf(() => openJournal(disk))).toBe("journal_format_unknown");
    expect(() => openJournal(disk)).toThrow(/journal format 2; this release reads 1/);
  });
});
