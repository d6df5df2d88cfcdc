import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diskError, fileDisk } from "../../worker/journal/disk.ts";
import type { Disk } from "../../worker/journal/disk.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { codeOf } from "./journal-batches.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightdesk-disk-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const disks: { readonly kind: string; readonly make: () => Disk }[] = [
  { kind: "the real disk", make: () => fileDisk(folder) },
  { kind: "the disk in memory", make: () => new MemoryDisk() },
];

describe.each(disks)("$kind", ({ make }) => {
  test("reads what was written, at any place, and says how much there was", () => {
    const disk = make();
    using file = disk.open("a", "create");
    disk.write(file, 0, Buffer.from("night"));
    disk.write(file, 5, Buffer.from("desk"));
    disk.write(file, 0, Buffer.from("N"));
    disk.sync(file);
    disk.syncDirectory();
    const into = Buffer.alloc(20);
    expect(disk.read(file, 0, into)).toBe(9);
    expect(into.subarray(0, 9).toString()).toBe("Nightdesk");
    expect(disk.read(file, 5, into.subarray(0, 2))).toBe(2);
    expect(into.subarray(0, 2).toString()).toBe("de");
    expect(disk.read(file, 9, into)).toBe(0);
    expect(disk.list()).toEqual([{ name: "a", size: 9 }]);
  });

  test("cuts a file, and takes a name away", () => {
    const disk = make();
    {
      using file = disk.open("a", "create");
      disk.write(file, 0, Buffer.from("nightdesk"));
      disk.truncate(file, 5);
    }
    expect(disk.list()).toEqual([{ name: "a", size: 5 }]);
    disk.unlink("a");
    expect(disk.list()).toEqual([]);
  });

  test("refuses to create a name that is taken, and to open or remove one that is not", () => {
    const disk = make();
    disk.open("a", "create")[Symbol.dispose]();
    expect(codeOf(() => disk.open("a", "create"))).toBe("journal_io");
    expect(codeOf(() => disk.open("b", "read"))).toBe("journal_io");
    expect(codeOf(() => disk.open("b", "write"))).toBe("journal_io");
    expect(codeOf(() => disk.unlink("b"))).toBe("journal_io");
  });

  test("takes the use of a closed file, or of another disk's, for a bug", () => {
    const disk = make();
    const file = disk.open("a", "create");
    file[Symbol.dispose]();
    file[Symbol.dispose]();
    expect(() => disk.sync(file)).toThrow(TypeError);
    const strange = { name: "a", [Symbol.dispose]: () => undefined };
    expect(() => disk.write(strange, 0, Buffer.of(1))).toThrow(TypeError);
  });
});

describe("the real disk", () => {
  test("lists files only, and leaves folders out", () => {
    mkdirSync(join(folder, "lost+found"));
    writeFileSync(join(folder, "a"), "night");
    expect(fileDisk(folder).list()).toEqual([{ name: "a", size: 5 }]);
  });

  test("writes where others can read it", () => {
    const disk = fileDisk(folder);
    using file = disk.open("a", "create");
    disk.write(file, 0, Buffer.alloc(3_000_000, 7));
    expect(readFileSync(join(folder, "a")).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
  });

  test("names the file and keeps the system's error as the cause", () => {
    const disk = fileDisk(join(folder, "missing"));
    expect(() => disk.list()).toThrow(
      expect.objectContaining({ code: "journal_io", cause: expect.any(Error) as unknown }),
    );
    expect(() => disk.open("a", "read")).toThrow(/cannot open .*missing.a: ENOENT/);
  });
});

test.each([
  ["ENOSPC", "journal_full"],
  ["EDQUOT", "journal_full"],
  ["EIO", "journal_io"],
  ["EROFS", "journal_io"],
])("%s from the system is %s", (code, expected) => {
  const cause = Object.assign(new Error("refused"), { code });
  expect(diskError("write", "a", cause)).toMatchObject({ code: expected, cause });
});
