import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataDirectory } from "../../worker/data-directory.ts";
import { codeOf } from "./journal-batches.ts";

let folder = "";
let path = "";
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightdesk-data-"));
  path = join(folder, "some", "where");
});

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true });
});

const realTime = { testClock: false };
const manifest = () => join(path, "nightdesk.json");

/**
 * A process of its own that opens the directory, says what came of it, and stays. It keeps nothing of
 * what it opened, and the garbage collector has been there before it says so.
 */
async function openInAnotherProcess(): Promise<{ child: ChildProcess; said: string }> {
  const module = new URL("../../worker/data-directory.ts", import.meta.url).href;
  const script = `
    import { openDataDirectory } from ${JSON.stringify(module)};
    try {
      openDataDirectory(${JSON.stringify(path)}, { testClock: false });
      for (let turn = 0; turn < 3; turn += 1) {
        await new Promise(setImmediate);
        globalThis.gc();
      }
      console.log("opened");
      process.stdin.resume();
    } catch (error) {
      console.log(error.code);
    }
  `;
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--input-type=module-typescript", "-e", script],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  children.push(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: said.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

describe("a data directory", () => {
  test("is made with its folders, for eight partitions unless told otherwise", () => {
    using directory = openDataDirectory(path, realTime);
    expect(directory).toMatchObject({ path, partitions: 8, created: true });
    const folders = Array.from({ length: 8 }, (_, place) => directory.partitionPath(place));
    expect(new Set(folders).size).toBe(8);
    expect(folders.every((name) => existsSync(name))).toBe(true);
  });

  test("keeps what was fixed when it was made", () => {
    const first = openDataDirectory(path, { partitions: 3, testClock: true });
    first.release();
    using second = openDataDirectory(path, { testClock: true });
    expect(second).toMatchObject({
      partitions: 3,
      created: false,
      createdAt: first.createdAt,
    });
    expect(Date.parse(first.createdAt)).toBeGreaterThan(0);
  });

  test("is refused with another number of partitions, and names both", () => {
    openDataDirectory(path, { partitions: 3, testClock: false }).release();
    expect(codeOf(() => openDataDirectory(path, { partitions: 4, testClock: false }))).toBe(
      "data_partitions_differ",
    );
    expect(() => openDataDirectory(path, { partitions: 4, testClock: false })).toThrow(
      /made with 3 partitions, and 4 are asked for/,
    );
    openDataDirectory(path, { partitions: 3, testClock: false }).release();
  });

  test.each([true, false])("begun with a test clock (%s) is refused the other way", (testClock) => {
    openDataDirectory(path, { testClock }).release();
    const other = () => openDataDirectory(path, { testClock: !testClock });
    expect(codeOf(other)).toBe("data_test_clock_differs");
    expect(other).toThrow(/test clock.*real time|real time.*test clock/);
    openDataDirectory(path, { testClock }).release();
  });

  test.each([
    [
      "another format",
      '{"format":2,"journalFormat":1}',
      /format 2 and journal format 1; .*1 and 1/,
    ],
    ["another journal format", '{"format":1,"journalFormat":9}', /format 1 and journal format 9/],
    ["no JSON", "{", /damaged/],
    ["no object", "null", /damaged/],
    ["half of it", '{"format":1,"journalFormat":1,"partitions":8}', /damaged/],
  ])("whose manifest has %s is refused", (_, text, message) => {
    openDataDirectory(path, realTime).release();
    writeFileSync(manifest(), text);
    expect(codeOf(() => openDataDirectory(path, realTime))).toBe("data_format_unknown");
    expect(() => openDataDirectory(path, realTime)).toThrow(message);
    expect(readFileSync(manifest(), "utf8")).toBe(text);
  });

  test("that has data and no manifest is refused, not made anew", () => {
    const directory = openDataDirectory(path, realTime);
    writeFileSync(join(directory.partitionPath(5), "a"), "");
    directory.release();
    rmSync(manifest());
    expect(codeOf(() => openDataDirectory(path, realTime))).toBe("data_format_unknown");
  });

  test("whose making was interrupted is made", () => {
    openDataDirectory(path, realTime).release();
    rmSync(manifest());
    using directory = openDataDirectory(path, { partitions: 9, testClock: true });
    expect(directory).toMatchObject({ partitions: 9, created: true });
  });

  test("that lost a partition is refused, and the partition is named", () => {
    const directory = openDataDirectory(path, realTime);
    directory.release();
    rmSync(directory.partitionPath(5), { recursive: true });
    expect(codeOf(() => openDataDirectory(path, realTime))).toBe("data_io");
    expect(() => openDataDirectory(path, realTime)).toThrow(/partition-005 should be there/);
    expect(existsSync(directory.partitionPath(5))).toBe(false);
  });

  test("that cannot be one is refused with the system's reason", () => {
    writeFileSync(join(folder, "file"), "");
    expect(codeOf(() => openDataDirectory(join(folder, "file"), realTime))).toBe("data_io");
  });

  test("where no folder can be made is refused, not tried for ever", () => {
    expect(codeOf(() => openDataDirectory("/proc/nightdesk/data", realTime))).toBe("data_io");
    symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    expect(codeOf(() => openDataDirectory(join(folder, "link"), realTime))).toBe("data_io");
  });

  test.each([0, 1.5, 1025])("is not made with %d partitions", (partitions) => {
    expect(() => openDataDirectory(path, { partitions, testClock: false })).toThrow(RangeError);
    openDataDirectory(path, { partitions: 1, testClock: false }).release();
  });
});

describe("a data directory in use", () => {
  test("is refused to the same process, until it is released", () => {
    const first = openDataDirectory(path, realTime);
    expect(codeOf(() => openDataDirectory(path, realTime))).toBe("data_in_use");
    expect(() => openDataDirectory(path, realTime)).toThrow(/where is in use/);
    first.release();
    first.release();
    openDataDirectory(path, realTime).release();
  });

  test("is refused to another process", async () => {
    using directory = openDataDirectory(path, realTime);
    const { said } = await openInAnotherProcess();
    expect(said).toBe("data_in_use");
    expect(directory.partitions).toBe(8);
  });

  test("is free as soon as the process that had it is killed", async () => {
    const { child, said } = await openInAnotherProcess();
    expect(said).toBe("opened");
    expect(codeOf(() => openDataDirectory(path, realTime))).toBe("data_in_use");
    await kill(child);
    using directory = openDataDirectory(path, realTime);
    expect(directory.created).toBe(false);
  });
});
