import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closeHeader, marks } from "../../worker/journal/header.ts";
import { openSnapshotFiles } from "../../worker/journal/snapshot-files.ts";
import type { NewSnapshot, Snapshot, SnapshotFiles } from "../../worker/journal/snapshot-files.ts";
import type { Disk } from "../../worker/journal/disk.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import type { Failing } from "../faults/memory-disk.ts";
import { codeOf } from "./journal-batches.ts";

function snapshotAt(index: number, contentBytes = 20, engineVersion = 1): Snapshot {
  return {
    index,
    at: 1_790_000_000_000 + index,
    engineVersion,
    eventHash: BigInt(index) << 40n,
    content: new Uint8Array(contentBytes).fill(index),
  };
}

/** The same to be written, in two pieces in the same memory, as an engine hands them on. */
function newSnapshotAt(...of: Parameters<typeof snapshotAt>): NewSnapshot {
  const { content, ...head } = snapshotAt(...of);
  const half = content.length >> 1;
  return {
    ...head,
    writeContent: (handOn) => {
      const memory = new Uint8Array(content.length - half);
      for (const piece of [content.subarray(0, half), content.subarray(half)]) {
        memory.set(piece);
        handOn(memory.subarray(0, piece.length));
      }
    },
  };
}

function open(disk: Disk): SnapshotFiles {
  return openSnapshotFiles(disk, { partition: 3 });
}

/** The newest sound snapshot, with its bytes in a class that compares by content. */
function newestOn(disk: Disk): Snapshot | undefined {
  const { snapshot } = open(disk).newest();
  return snapshot && { ...snapshot, content: Uint8Array.from(snapshot.content) };
}

function namesOn(disk: Disk): string[] {
  return disk
    .list()
    .map(({ name }) => name)
    .toSorted();
}

describe("snapshots", () => {
  test("are none at first", () => {
    const snapshots = open(new MemoryDisk());
    expect(snapshots.newest()).toEqual({ snapshot: undefined, bad: [] });
    expect(snapshots).toMatchObject({ durableIndex: 0, trimmableIndex: 0 });
  });

  test("give back the newest, whatever its size", () => {
    const disk = new MemoryDisk();
    for (const [place, size] of [0, 1, 3_000_000].entries()) {
      open(disk).write(newSnapshotAt(place + 1, size));
      const found = open(disk).newest().snapshot;
      expect(found?.index).toBe(place + 1);
      expect(
        Buffer.from(snapshotAt(place + 1, size).content).equals(found?.content ?? Buffer.alloc(0)),
      ).toBe(true);
    }
    open(disk).write(newSnapshotAt(7));
    expect(newestOn(disk)).toEqual(snapshotAt(7));
  });

  test("are kept by twos, and let the journal be trimmed behind the older one", () => {
    const disk = new MemoryDisk();
    const snapshots = open(disk);
    snapshots.write(newSnapshotAt(10));
    expect(snapshots).toMatchObject({ durableIndex: 10, trimmableIndex: 0 });
    snapshots.write(newSnapshotAt(20));
    expect(snapshots).toMatchObject({ durableIndex: 20, trimmableIndex: 10 });
    snapshots.write(newSnapshotAt(30));
    expect(snapshots).toMatchObject({ durableIndex: 30, trimmableIndex: 20 });
    expect(namesOn(disk)).toEqual(["0000000000000020-v1.snapshot", "0000000000000030-v1.snapshot"]);
  });

  test("of one batch are written once for each engine version", () => {
    const disk = new MemoryDisk();
    const snapshots = open(disk);
    snapshots.write(newSnapshotAt(10));
    const writes = disk.calls.get("write");
    snapshots.write(newSnapshotAt(10));
    expect(disk.calls.get("write")).toBe(writes);
    snapshots.write(newSnapshotAt(10, 20, 2));
    expect(newestOn(disk)).toEqual(snapshotAt(10, 20, 2));
    expect(disk.list()).toHaveLength(2);
  });

  test("that a killed writer left without a sync are made durable before they are used", () => {
    const whole = new MemoryDisk();
    open(whole).write(newSnapshotAt(10));
    const disk = new MemoryDisk();
    const name = "0000000000000010-v1.snapshot";
    {
      using file = disk.open(name, "create");
      disk.write(file, 0, whole.bytesOf(name));
    }
    expect(newestOn(disk.crash(() => 0))).toBeUndefined();
    expect(newestOn(disk)).toEqual(snapshotAt(10));
    expect(newestOn(disk.crash(() => 0))).toEqual(snapshotAt(10));
  });

  test("of the format before are read", () => {
    const disk = new MemoryDisk();
    open(disk).write(newSnapshotAt(10));
    const bytes = disk.bytesOf("0000000000000010-v1.snapshot");
    expect(bytes.readUInt32LE(8)).toBe(2);
    bytes.writeUInt32LE(1, 8);
    closeHeader(bytes, marks.snapshot);
    expect(newestOn(disk)).toEqual(snapshotAt(10));
  });

  test("of another format are refused, not passed over", () => {
    const disk = new MemoryDisk();
    open(disk).write(newSnapshotAt(10));
    const bytes = disk.bytesOf("0000000000000010-v1.snapshot");
    bytes.writeUInt32LE(3, 8);
    closeHeader(bytes, marks.snapshot);
    expect(codeOf(() => open(disk).newest())).toBe("journal_format_unknown");
  });
});

describe("a damaged snapshot", () => {
  function twoSnapshots(): MemoryDisk {
    const disk = new MemoryDisk();
    open(disk).write(newSnapshotAt(10));
    open(disk).write(newSnapshotAt(20));
    return disk;
  }
  const newer = "0000000000000020-v1.snapshot";

  function expectOlder(disk: MemoryDisk): void {
    const { snapshot, bad } = open(disk).newest();
    expect(snapshot).toMatchObject({ index: 10, content: Buffer.from(snapshotAt(10).content) });
    expect(bad).toEqual([{ file: newer, reason: expect.stringMatching(/./) as unknown }]);
  }

  test("gives way to the older one, whichever byte is flipped", () => {
    const whole = twoSnapshots();
    const { length } = whole.bytesOf(newer);
    for (let offset = 0; offset < length; offset += 1) {
      const disk = whole.copy();
      const bytes = disk.bytesOf(newer);
      bytes.writeUInt8(bytes.readUInt8(offset) ^ (1 << (offset % 8)), offset);
      expectOlder(disk);
    }
  });

  test("gives way to the older one, wherever it is cut or lengthened", () => {
    const whole = twoSnapshots();
    const bytes = whole.bytesOf(newer);
    for (let length = 0; length < bytes.length; length += 1) {
      const disk = whole.copy();
      disk.put(newer, bytes.subarray(0, length));
      expectOlder(disk);
    }
    whole.put(newer, Buffer.concat([bytes, Buffer.alloc(1)]));
    expectOlder(whole);
  });

  test("gives way to the older one, also where it is another's under its name", () => {
    const disk = twoSnapshots();
    const other = new MemoryDisk();
    open(other).write(newSnapshotAt(15));
    disk.put(newer, other.bytesOf("0000000000000015-v1.snapshot"));
    expectOlder(disk);
    const foreign = new MemoryDisk();
    openSnapshotFiles(foreign, { partition: 4 }).write(newSnapshotAt(20));
    disk.put(newer, foreign.bytesOf(newer));
    expectOlder(disk);
  });

  test("still shows how far the journal was durable, and does not count for trimming", () => {
    const disk = twoSnapshots();
    disk.put(newer, Buffer.alloc(0));
    const snapshots = open(disk);
    snapshots.newest();
    expect(snapshots).toMatchObject({ durableIndex: 20, trimmableIndex: 0 });
  });

  test("is replaced by a sound one of the same batch, and dropped by the next", () => {
    const disk = twoSnapshots();
    disk.put(newer, Buffer.alloc(9));
    const snapshots = open(disk);
    snapshots.newest();
    snapshots.write(newSnapshotAt(20));
    expect(newestOn(disk)).toEqual(snapshotAt(20));
    disk.put(newer, Buffer.alloc(9));
    snapshots.newest();
    snapshots.write(newSnapshotAt(30));
    expect(namesOn(disk)).toEqual(["0000000000000010-v1.snapshot", "0000000000000030-v1.snapshot"]);
  });
});

describe("a snapshot that cannot be written", () => {
  const failures: { readonly operation: Failing; readonly code: string; readonly says: string }[] =
    [
      { operation: "open", code: "EMFILE", says: "journal_io" },
      { operation: "write", code: "ENOSPC", says: "journal_full" },
      { operation: "sync", code: "EIO", says: "journal_io" },
      { operation: "syncDirectory", code: "EIO", says: "journal_io" },
    ];

  test.each(failures)("leaves those before it: $operation, $code", ({ operation, code, says }) => {
    const disk = new MemoryDisk();
    open(disk).write(newSnapshotAt(10));
    open(disk).write(newSnapshotAt(20));
    disk.failNext({ operation, code, bytesWritten: 30 });
    expect(codeOf(() => open(disk).write(newSnapshotAt(30)))).toBe(says);
    expect(namesOn(disk)).toEqual(["0000000000000010-v1.snapshot", "0000000000000020-v1.snapshot"]);
    open(disk).write(newSnapshotAt(30));
    expect(newestOn(disk)).toEqual(snapshotAt(30));
  });

  test("and cannot be removed either leaves nothing that passes for sound after a crash", () => {
    const disk = new MemoryDisk();
    open(disk).write(newSnapshotAt(10));
    disk.failNext({ operation: "sync", code: "EIO" });
    disk.failNext({ operation: "unlink", code: "EIO" });
    expect(codeOf(() => open(disk).write(newSnapshotAt(20)))).toBe("journal_poisoned");
    expect(newestOn(disk.crash((count) => count - 1))).toEqual(snapshotAt(10));
  });

  test("because power is lost leaves the one before it, or is whole", () => {
    const choices = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(choices, fc.constantFrom("sync", "syncDirectory"), (numbers, operation) => {
        const disk = new MemoryDisk();
        open(disk).write(newSnapshotAt(10));
        // A failure stands for the moment of the crash, which the undoing does not live to see.
        disk.failNext({ operation, code: "EIO" });
        disk.failNext({ operation: "unlink", code: "EIO" });
        codeOf(() => open(disk).write(newSnapshotAt(20)));
        let next = 0;
        const left = disk.crash((count) => (numbers[next++ % numbers.length] ?? 0) % count);
        expect(newestOn(left)).toBeOneOf([snapshotAt(10), snapshotAt(20)]);
        open(left).write(newSnapshotAt(30));
        expect(newestOn(left)).toEqual(snapshotAt(30));
      }),
      { numRuns: 500 },
    );
  });
});
