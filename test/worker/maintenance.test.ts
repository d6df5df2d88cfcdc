import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { encodeCommand } from "../../core/codec.ts";
import { engineVersion } from "../../core/engine.ts";
import { main } from "../../worker/cli.ts";
import { openDataDirectory } from "../../worker/data-directory.ts";
import { fileDisk } from "../../worker/journal/disk.ts";
import { openSegments } from "../../worker/journal/segments.ts";
import { root } from "../repository.ts";
import { PartitionDesk, document, hourMs, minuteMs, resolved, tenant } from "./partition-desk.ts";

let data = "";
let partition = "";

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), "nightdesk-maintenance-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  data = join(made, "data");
  const directory = openDataDirectory(data, { partitions: 2, testClock: false });
  partition = directory.partitionPath(0);
  directory.release();
});

function desk(): PartitionDesk {
  return new PartitionDesk({ disk: fileDisk(partition), store: join(partition, "store.sqlite") });
}

/** A shift with conversations in many states, and two snapshots on the way where `seals` says so. */
function shift(seals: number): void {
  using busy = desk().configure().signIn("ana");
  for (let round = 0; round < 4; round += 1) {
    for (const customer of ["a", "b", "c", "d", "e"]) {
      const { conversation, agent } = busy.receive(customer, `hello ${round}`);
      if (agent !== undefined) busy.write(conversation, agent, `answer ${round}`);
      busy.receive(`${customer}-mail`, "and by mail", { channel: "mail" });
    }
    if (round < seals) {
      busy.partition.closeSegment();
      busy.partition.seal();
    }
    busy.pass(20 * minuteMs);
  }
  busy.pass(9 * hourMs).partition.settle();
}

type Line = Readonly<Record<string, unknown>>;

async function nightdesk(...args: readonly string[]) {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
  process.exitCode = 0;
  await main(args);
  const status = process.exitCode;
  process.exitCode = 0;
  const complaint = stderr.mock.calls.flat().join("\n");
  vi.restoreAllMocks();
  const lines = text.split("\n").filter((line) => line !== "");
  return { status, complaint, lines: lines.map((line) => JSON.parse(line) as Line) };
}

describe("journal verify", () => {
  test("finds a whole journal sound, file by file, and changes nothing", async () => {
    shift(2);
    const before = contents();
    const { status, lines } = await nightdesk("journal", "verify", data);
    expect(status).toBe(0);
    expect(lines.every(({ sound }) => sound === true)).toBe(true);
    expect(lines.filter(({ snapshot }) => snapshot !== undefined)).toHaveLength(2);
    expect(lines.at(-1)).toEqual({ partition: 1, sound: true, firstIndex: 1, lastIndex: 0 });
    expect(contents()).toEqual(before);
  });

  test("names every damage at once, with file, byte and batch", async () => {
    shift(2);
    const files = readdirSync(partition).filter((name) => /segment|snapshot/u.test(name));
    const [segment = ""] = files.filter((name) => name.endsWith("segment")).toSorted();
    const [snapshot = ""] = files.filter((name) => name.endsWith("snapshot")).toSorted();
    for (const name of [segment, snapshot]) flip(join(partition, name), 200);
    const { status, lines } = await nightdesk("journal", "verify", data, "--partition", "0");
    expect(status).toBe(1);
    expect(lines.filter(({ sound }) => sound === false)).toMatchObject([
      { snapshot, problem: { code: "journal_corrupt", file: snapshot } },
      { segment, problem: { code: "journal_corrupt", file: segment } },
      { partition: 0, sound: false },
    ]);
  });

  test("says a torn tail and leaves it to the next start", async () => {
    shift(0);
    const [segment = ""] = readdirSync(partition).filter((name) => name.endsWith(".segment"));
    const whole = readFileSync(join(partition, segment));
    writeFileSync(join(partition, segment), whole.subarray(0, -3));
    const { status, lines } = await nightdesk("journal", "verify", data, "--partition", "0");
    expect(status).toBe(0);
    expect(lines.at(-1)).toMatchObject({ sound: true, tornTail: { file: segment } });
    expect(readFileSync(join(partition, segment))).toHaveLength(whole.length - 3);
  });

  test("looks at a directory that a worker has", async () => {
    shift(0);
    using _worker = openDataDirectory(data, { testClock: false });
    expect((await nightdesk("journal", "verify", data)).status).toBe(0);
    expect((await nightdesk("journal", "stat", data)).status).toBe(0);
    expect((await nightdesk("journal", "dump", data)).status).toBe(0);
  });
});

test("journal stat counts what was asked", async () => {
  shift(0);
  const { lines } = await nightdesk("journal", "stat", data);
  expect(lines).toMatchObject([
    {
      partition: 0,
      firstIndex: 1,
      engineVersions: [engineVersion],
      commandsByType: { configureTenant: 1, setPresence: 1, receiveMessage: 40 },
    },
    { partition: 1, commands: 0, bytes: 0 },
  ]);
});

test("journal dump gives the batches asked for, in order, as they were", async () => {
  shift(0);
  const { lines } = await nightdesk("journal", "dump", data, "--from", "3", "--to", "4");
  expect(lines).toMatchObject([
    { partition: 0, index: 3, commands: [{ type: "receiveMessage", customer: "a" }] },
    { partition: 0, index: 4, commands: [{ type: "writeMessage", agent: "ana" }] },
  ]);
});

describe("journal replay", () => {
  test("comes to the same events, and to the state of the snapshot on the way", async () => {
    shift(2);
    const { status, lines } = await nightdesk("journal", "replay", data, "--partition", "0");
    expect(status).toBe(0);
    expect(lines).toMatchObject([{ fromIndex: 14, same: true, snapshots: [{ same: true }] }]);
  });

  test("says where an engine gives other events than were recorded", async () => {
    shift(0);
    // A batch whose header claims another history of events, in a journal that is sound.
    const journal = openSegments(fileDisk(partition), { partition: 0 });
    const commands = [encodeCommand({ type: "tick", at: journal.lastAt })];
    journal.append({ epoch: 1, at: journal.lastAt, engineVersion, eventHash: 42n, commands });
    journal.close();
    const { status, lines } = await nightdesk("journal", "replay", data, "--partition", "0");
    expect(status).toBe(1);
    expect(lines).toMatchObject([{ partition: 0, problem: { code: "journal_replay_differs" } }]);
  });

  test.each(["replay", "seal"])(
    "%s refuses another version's tail with what to do",
    async (verb) => {
      shift(0);
      const journal = openSegments(fileDisk(partition), { partition: 0 });
      const commands = [encodeCommand({ type: "tick", at: journal.lastAt })];
      journal.append({ epoch: 1, at: journal.lastAt, engineVersion: 99, eventHash: 0n, commands });
      journal.close();
      const { status, lines } = await nightdesk("journal", verb, data, "--partition", "0");
      expect(status).toBe(1);
      const problem = lines[0]?.["problem"];
      expect(problem).toMatchObject({ code: "journal_other_version" });
      expect(JSON.stringify(problem)).toContain(`nightdesk journal seal ${data}`);
    },
  );
});

test("journal seal leaves nothing to replay", async () => {
  shift(0);
  const { status } = await nightdesk("journal", "seal", data);
  expect(status).toBe(0);
  using again = desk();
  expect(again.partition.report.batchesReplayed).toBe(0);
});

describe("store rebuild", () => {
  test("gives the same store, row by row", async () => {
    shift(1);
    const before = rows();
    const { status, lines } = await nightdesk("store", "rebuild", data);
    expect(status).toBe(0);
    expect(lines).toMatchObject([{ partition: 0, fromIndex: 1 }, { partition: 1 }]);
    expect(rows()).toEqual(before);
    using again = desk();
    expect(again.partition).toMatchObject({ storeLacks: false, storeReplaced: undefined });
  });

  test("gives the same store where one channel replaced another", async () => {
    shift(0);
    const channels = document.channels.map((channel) => ({
      ...channel,
      id: channel.id === "web" ? "site" : channel.id,
    }));
    using busy = desk();
    const configuration = resolved({ ...document, channels });
    busy.at = busy.partition.state.lastAt;
    busy.send({ type: "configureTenant", tenant, configuration, replace: { web: "site" } });
    busy.partition.settle();
    busy[Symbol.dispose]();
    const before = rows();
    expect(before.some((row) => JSON.stringify(row).includes('"site"'))).toBe(true);
    await nightdesk("store", "rebuild", data);
    expect(rows()).toEqual(before);
  });

  test("does not give up what only the old store has, unless it is told to", async () => {
    shift(3);
    const before = rows();
    const refused = await nightdesk("store", "rebuild", data, "--partition", "0");
    expect(refused).toMatchObject({
      status: 1,
      lines: [{ problem: { code: "store_history_trimmed" } }],
    });
    expect(rows()).toEqual(before);
    const told = await nightdesk("store", "rebuild", data, "--partition", "0", "--accept-loss");
    expect(told.status).toBe(0);
    expect(rows().length).toBeLessThan(before.length);
  });
});

describe("a store that cannot be used", () => {
  test.each([
    [
      "is no database",
      (file: string) => writeFileSync(file, "not a database, not at all\n".repeat(99)),
    ],
    ["has a damaged first table", (file: string) => overwrite(file, 4096)],
    ["is of another release", (file: string) => pragma(file, "PRAGMA user_version = 99")],
  ])("%s: it is derived anew at the start, and gone", (_, harm) => {
    shift(1);
    const before = rows();
    harm(join(partition, "store.sqlite"));
    using again = desk();
    again.partition.settle();
    expect(again.partition.storeReplaced).toContain("store.sqlite");
    expect(again.partition.storeLacks).toBe(false);
    again[Symbol.dispose]();
    expect(rows()).toEqual(before);
    expect(readdirSync(partition).filter((name) => name.endsWith(".unusable"))).toEqual([]);
  });

  test("keeps the old file where the journal no longer has all of it", () => {
    shift(3);
    writeFileSync(join(partition, "store.sqlite"), "what could be saved by hand\n".repeat(99));
    using again = desk();
    expect(again.partition.storeLacks).toBe(true);
    expect(readdirSync(partition)).toContain("store.sqlite.unusable");
  });

  test("turns out to be damaged while it is read: it is set aside, and the next start derives it", () => {
    shift(0);
    // Behind the first tables, so that opening it finds nothing.
    overwrite(join(partition, "store.sqlite"), 4 * 4096);
    {
      using broken = desk();
      expect(() => broken.ask({ type: "timeline", tenant: "acme", conversation: 1 })).toThrow(
        expect.objectContaining({ code: "store_damaged" }),
      );
    }
    using again = desk();
    expect(again.ask({ type: "timeline", tenant: "acme", conversation: 1 })).not.toEqual([]);
  });
});

describe("the golden journal of format 1", () => {
  const golden = join(root, "test/worker/golden/journal-1");
  const copy = (): string => {
    const made = join(data, "..", "golden");
    cpSync(golden, made, { recursive: true });
    return made;
  };

  test("is found sound by every later release", async () => {
    const { status, lines } = await nightdesk("journal", "verify", copy());
    expect(lines.filter(({ sound }) => sound !== true)).toEqual([]);
    expect(status).toBe(0);
  });

  test("is dumped as it was by every later release", async () => {
    const { lines } = await nightdesk("journal", "dump", copy());
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    expect(text).toBe(readFileSync(join(root, "test/worker/golden/journal-1.ndjson"), "utf8"));
  });
});

describe("help", () => {
  test.each([
    ["journal", "verify"],
    ["journal", "stat"],
    ["journal", "dump"],
    ["journal", "replay"],
    ["journal", "seal"],
    ["store", "rebuild"],
  ])("%s %s explains itself with examples", async (...command) => {
    const shown = vi.spyOn(console, "log").mockReturnValue(undefined);
    await main([...command, "--help"]);
    expect(shown.mock.calls.flat().join("\n")).toMatch(/<dir>[^]*--partition[^]*Examples:/u);
  });
});

describe("a command that cannot be meant", () => {
  test("says all that is wrong with it", async () => {
    const { status, complaint } = await nightdesk(
      "journal",
      "dump",
      data,
      "--partition",
      "2",
      "--from",
      "0",
      "--to",
      "1.5",
    );
    expect(status).toBe(64);
    expect(complaint).toMatch(/--partition[^]*--from[^]*--to/u);
  });

  test.each([
    ["journal", "replay"],
    ["journal", "seal"],
    ["store", "rebuild"],
  ])("%s %s refuses while a worker has the directory", async (...command) => {
    using _worker = openDataDirectory(data, { testClock: false });
    const { status, complaint } = await nightdesk(...command, data);
    expect(status).toBe(1);
    expect(complaint).toContain("data_in_use");
  });

  test("refuses a folder that is none, and makes nothing in it", async () => {
    const empty = join(data, "..", "nothing");
    const { status, complaint } = await nightdesk("journal", "seal", empty);
    expect(status).toBe(1);
    expect(complaint).toContain("data_format_unknown");
    expect(readdirSync(join(data, ".."))).toEqual(["data"]);
  });
});

function contents(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(partition)
      .toSorted()
      .map((name) => [name, readFileSync(join(partition, name), "base64")]),
  );
}

function flip(file: string, byte: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8((bytes[byte] ?? 0) ^ 1, byte);
  writeFileSync(file, bytes);
}

/** What comes from this byte on is nothing that SQLite ever wrote. */
function overwrite(file: string, from: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, from);
  writeFileSync(file, bytes);
}

/** Every row of every table, from a copy, since the store may not be opened twice. */
function rows(): readonly unknown[] {
  const copy = join(data, "..", "copy.sqlite");
  copyFileSync(join(partition, "store.sqlite"), copy);
  const database = new DatabaseSync(copy);
  const tables = ["progress", "conversations", "events", "entries"];
  const all = tables.flatMap((table) =>
    database.prepare(`SELECT '${table}' AS tableName, * FROM ${table} ORDER BY 2`).all(),
  );
  database.close();
  return all;
}

function pragma(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
