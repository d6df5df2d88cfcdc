import { describe, expect, test } from "vitest";
import type { Failing } from "../faults/memory-disk.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { appendTo, batchOf, codeOf, numbered, openJournal, readAll } from "./journal-batches.ts";

const recordBytes = 64 + 3 * 4 + 5 + 9;

function bytesOn(disk: MemoryDisk): number {
  return disk.list().reduce((sum, { size }) => sum + size, 0);
}

describe("a full disk", () => {
  test("refuses the batch, applies nothing, and recovers by itself when there is space again", () => {
    const disk = new MemoryDisk();
    const journal = openJournal(disk);
    const batches = appendTo(journal, 2);
    const used = bytesOn(disk);
    for (let room = 0; room < recordBytes; room += 1) {
      disk.capacityBytes = used + room;
      expect(codeOf(() => journal.append(batchOf(3)))).toBe("journal_full");
      expect(bytesOn(disk)).toBe(used);
    }
    expect(readAll(journal)).toEqual(numbered(batches));
    disk.capacityBytes = used + recordBytes;
    expect(journal.append(batchOf(3))).toBe(3);
    journal.close();
    using reopened = openJournal(disk);
    expect(reopened.tornTail).toBeUndefined();
    expect(readAll(reopened)).toEqual(numbered([...batches, batchOf(3)]));
  });

  test("leaves nothing behind that a crash could bring back", () => {
    const disk = new MemoryDisk();
    const journal = openJournal(disk);
    const batches = appendTo(journal, 2);
    disk.failNext({ operation: "write", code: "ENOSPC", bytesWritten: recordBytes });
    expect(codeOf(() => journal.append(batchOf(3)))).toBe("journal_full");
    // The worst of fates for whoever forgot to sync: every write survives, every cut is lost.
    using recovered = openJournal(disk.crash((count) => count - 1));
    expect(readAll(recovered)).toEqual(numbered(batches));
  });

  test.each([0, 1, 63])("has room for %i bytes of a new segment: the old one goes on", (room) => {
    const disk = new MemoryDisk();
    const segmentBytes = 64 + 2 * recordBytes;
    const journal = openJournal(disk, { segmentBytes });
    const batches = appendTo(journal, 2);
    disk.capacityBytes = bytesOn(disk) + room;
    expect(codeOf(() => journal.append(batchOf(3)))).toBe("journal_full");
    expect(disk.list()).toHaveLength(1);
    disk.capacityBytes = Infinity;
    expect(journal.append(batchOf(3))).toBe(3);
    expect(disk.list()).toHaveLength(2);
    expect(readAll(journal)).toEqual(numbered([...batches, batchOf(3)]));
  });
});

describe("a disk that refuses", () => {
  test("a write leaves the journal usable", () => {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    disk.failNext({ operation: "write", code: "EIO", bytesWritten: 30 });
    expect(codeOf(() => journal.append(batchOf(1)))).toBe("journal_io");
    expect(journal.append(batchOf(1))).toBe(1);
    expect(readAll(journal)).toEqual(numbered([batchOf(1)]));
  });

  test("to remove a segment leaves the journal usable", () => {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    appendTo(journal, 2);
    journal.seal();
    disk.failNext({ operation: "unlink", code: "EIO" });
    expect(codeOf(() => journal.trim(2))).toBe("journal_io");
    expect(readAll(journal)).toHaveLength(2);
    journal.trim(2);
    expect(journal.firstIndex).toBe(3);
  });

  test("names what it could not do, to which file, and why", () => {
    const disk = new MemoryDisk();
    using journal = openJournal(disk);
    disk.failNext({ operation: "write", code: "EIO" });
    expect(() => journal.append(batchOf(1))).toThrow(/cannot write 0000000000000001\.segment: EIO/);
  });
});

describe("a failed sync", () => {
  const cases: { readonly what: string; readonly failing: Failing[]; readonly act: string }[] = [
    { what: "of a batch", failing: ["sync"], act: "append" },
    { what: "of a cut-off batch", failing: ["write", "sync"], act: "append" },
    {
      what: "after a batch that could not be cut off",
      failing: ["write", "truncate"],
      act: "append",
    },
    { what: "of a new segment", failing: ["sync"], act: "seal" },
    { what: "of a new segment's name", failing: ["syncDirectory"], act: "seal" },
    {
      what: "of a new segment that could not be removed",
      failing: ["write", "unlink"],
      act: "seal",
    },
    { what: "of a trimmed segment's name", failing: ["syncDirectory"], act: "trim" },
  ];

  test.each(cases)("$what poisons the journal for good", ({ failing, act }) => {
    const disk = new MemoryDisk();
    const journal = openJournal(disk);
    appendTo(journal, 2);
    journal.seal();
    journal.append(batchOf(3));
    for (const operation of failing) disk.failNext({ operation, code: "EIO" });
    const attempt = {
      append: () => journal.append(batchOf(4)),
      seal: () => journal.seal(),
      trim: () => journal.trim(2),
    }[act];
    expect(codeOf(() => attempt?.())).toBe("journal_poisoned");
    const syncs = disk.calls.get("sync");
    for (const call of [
      () => journal.append(batchOf(4)),
      () => journal.read(3),
      () => journal.trim(2),
      () => journal.seal(),
    ]) {
      expect(codeOf(call)).toBe("journal_poisoned");
    }
    expect(disk.calls.get("sync")).toBe(syncs);
    journal.close();
    using recovered = openJournal(disk);
    expect(recovered.lastIndex).toBeGreaterThanOrEqual(3);
  });

  test("while a new journal is begun leaves none that looks usable", () => {
    const disk = new MemoryDisk();
    disk.failNext({ operation: "syncDirectory", code: "EIO" });
    expect(codeOf(() => openJournal(disk))).toBe("journal_poisoned");
    using journal = openJournal(disk.crash(() => 0));
    expect(journal.lastIndex).toBe(0);
  });
});
