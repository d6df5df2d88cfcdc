import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../../worker/store/store-file.ts";
import { Store } from "../../worker/store/store.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { PartitionDesk, hourMs, tenant } from "./partition-desk.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightdesk-store-"));
  file = join(folder, "store.sqlite");
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true }));
});

const tables = ["conversations", "events", "entries"] as const;

function countRows(): Record<string, number> {
  using database = new DatabaseSync(file);
  return Object.fromEntries(
    tables.map((table) => [
      table,
      Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]),
    ]),
  );
}

/** All that the store holds. */
function dump(path = file): unknown {
  using database = new DatabaseSync(path);
  return ["progress", ...tables].map((table) => database.prepare(`SELECT * FROM ${table}`).all());
}

/** A life of conversations on a given disk; closed at the end. */
function live(disk: MemoryDisk, hours = 20): void {
  using desk = new PartitionDesk({ disk, store: file }).configure().signIn("ana");
  for (let hour = 0; hour < hours; hour += 1) {
    const { conversation, agent } = desk.receive(`c${hour % 5}`, `message ${hour}`, {
      channel: hour % 2 === 0 ? "web" : "sms",
    });
    if (agent !== undefined) desk.write(conversation, agent, `answer ${hour}`);
    if (hour % 7 === 0) desk.send({ type: "closeConversation", tenant, conversation });
    desk.pass(hourMs);
    desk.signIn("ana");
  }
  desk.partition.settle();
}

test("a message costs two rows where it opens a conversation, and one where it does not", () => {
  const disk = new MemoryDisk();
  new PartitionDesk({ disk, store: file }).configure()[Symbol.dispose]();
  const steps = [
    ["a", "first"],
    ["a", "second"],
    ["b", "first of another"],
  ] as const;
  const costs = steps.map(([customer, text]) => {
    const before = countRows();
    using desk = new PartitionDesk({ disk, store: file });
    // By day and without a prompt: what the customer side is told has a row of its own.
    desk.receive(customer, text, { channel: "sms" });
    desk.partition.settle();
    desk[Symbol.dispose]();
    const after = countRows();
    return tables.map((table) => (after[table] ?? 0) - (before[table] ?? 0));
  });
  expect(costs).toEqual([
    [1, 1, 0],
    [0, 1, 0],
    [1, 1, 0],
  ]);
});

test("a store that was deleted is derived again from the journal, row by row the same", () => {
  const disk = new MemoryDisk();
  live(disk);
  const before = dump();
  rmSync(file);
  using desk = new PartitionDesk({ disk, store: file });
  desk.partition.settle();
  expect(desk.partition.storeLacks).toBe(false);
  desk[Symbol.dispose]();
  expect(dump()).toEqual(before);
});

test("a store that was deleted is derived again from before a snapshot, while the journal reaches back", () => {
  const disk = new MemoryDisk();
  live(disk);
  {
    using desk = new PartitionDesk({ disk, store: file });
    desk.partition.seal();
  }
  const before = dump();
  rmSync(file);
  using desk = new PartitionDesk({ disk, store: file });
  desk.partition.settle();
  expect(desk.partition.storeLacks).toBe(false);
  desk[Symbol.dispose]();
  expect(dump()).toEqual(before);
});

test("slices, and transactions that fail in between, come to the same store", () => {
  const noted = vi.spyOn(Store.prototype, "note");
  const ended = vi.spyOn(Store.prototype, "noteEnd");
  live(new MemoryDisk(), 60);
  const commands = [...noted.mock.calls];
  const batches = [...ended.mock.calls];
  vi.restoreAllMocks();
  // Each look at the clock finds it a millisecond later.
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 1));
  onTestFinished(() => void vi.restoreAllMocks());
  const other = join(folder, "other.sqlite");
  using store = new Store(other);
  const slices: boolean[] = [];
  let failures = 0;
  for (const [batch] of batches) {
    for (const command of commands.filter(([of]) => of === batch)) store.note(...command);
    store.noteEnd(batch);
    if (batch % 40 === 0) store.settle();
    else if (batch % 13 === 0) {
      vi.spyOn(store.conversations, "write").mockImplementationOnce(() => {
        throw new Error("the disk is full");
      });
      expect(() => store.write()).toThrow("the disk is full");
      failures += 1;
      expect(store.unwrittenCount).toBe(store.waitingCount);
    } else if (batch % 9 === 0) slices.push(store.write(1));
  }
  while (!store.write(1)) slices.push(false);
  expect(store.unwrittenCount).toBe(0);
  store.settle();
  expect(store.waitingCount).toBe(0);
  expect(new Set(slices)).toEqual(new Set([true, false]));
  expect(failures).toBeGreaterThan(3);
  store.close();
  expect(dump(other)).toEqual(dump());
});

test("what was written and not settled is written again after a crash", () => {
  const disk = new MemoryDisk();
  live(disk, 10);
  const settled = dump();
  const lost = new PartitionDesk({ disk, store: file, at: Date.UTC(2026, 2, 4) });
  const { conversation } = lost.receive("c", "written");
  lost.partition.writeStore();
  expect(lost.partition.storeState).toMatchObject({ unwritten: 0 });
  expect(lost.partition.storeState.waiting).toBeGreaterThan(0);
  const told = lost.ask({ type: "timeline", tenant, conversation });
  lost.partition.close();
  expect(dump()).toEqual(settled);
  using desk = new PartitionDesk({ disk, store: file });
  expect(desk.ask({ type: "timeline", tenant, conversation })).toEqual(told);
});

test("a store that lacks what the journal no longer has says so, and goes on", () => {
  const disk = new MemoryDisk();
  live(disk, 3);
  for (let round = 0; round < 3; round += 1) {
    using desk = new PartitionDesk({ disk, store: file, at: Date.UTC(2026, 2, 4 + round) });
    desk.receive("c", `message ${round}`);
    desk.partition.seal();
  }
  rmSync(file);
  using desk = new PartitionDesk({ disk, store: file, at: Date.UTC(2026, 2, 10) });
  expect(desk.partition.storeLacks).toBe(true);
  const { conversation } = desk.receive("d", "and on");
  expect(desk.ask({ type: "timeline", tenant, conversation })).toBeDefined();
});

test("a store that is behind the journal catches up when the partition is opened", () => {
  const disk = new MemoryDisk();
  const lost = new PartitionDesk({ disk, store: file }).configure();
  const { conversation } = lost.receive("c", "settled");
  lost.partition.settle();
  lost.receive("c", "not settled");
  // Dropped without settling, as by SIGKILL.
  lost.partition.close();
  using desk = new PartitionDesk({ disk, store: file });
  const timeline = desk.ask({ type: "timeline", tenant, conversation }) ?? [];
  expect(
    timeline.flatMap(({ event }) => (event.type === "messageReceived" ? [event.content] : [])),
  ).toEqual(['{"text":"settled"}', '{"text":"not settled"}']);
});

test("what was settled is not written again by a replay", () => {
  const disk = new MemoryDisk();
  live(disk);
  const before = dump();
  using desk = new PartitionDesk({ disk, store: file });
  expect(desk.partition.report.batchesReplayed).toBeGreaterThan(10);
  expect(desk.partition.state.store).toMatchObject({ waiting: 0, unwritten: 0 });
  desk[Symbol.dispose]();
  expect(dump()).toEqual(before);
});

test("a file that is no store is refused by its code, and so is one of another format", () => {
  {
    using database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
  }
  expect(() => new Store(file)).toThrow(expect.objectContaining({ code: "store_format_unknown" }));
  writeFileSync(file, "anything but a database ".repeat(100));
  expect(() => new Store(file)).toThrow(expect.objectContaining({ code: "store_damaged" }));
});

test("a store that somebody else has open is not taken for a damaged one, and not set aside", () => {
  new Store(file).close();
  using open = new DatabaseSync(file);
  open.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  expect(() => openStore(file)).toThrow("database is locked");
  expect(readdirSync(folder).filter((name) => name.includes("unusable"))).toEqual([]);
});
