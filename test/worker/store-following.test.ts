import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, onTestFinished, test } from "vitest";
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
function dump(): unknown {
  using database = new DatabaseSync(file);
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
  expect(desk.partition.state.storeWaiting).toBe(0);
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
  using open = new Store(file);
  expect(() => openStore(file)).toThrow("database is locked");
  expect(open.settledBatch).toBe(0);
  expect(readdirSync(folder).filter((name) => name.includes("unusable"))).toEqual([]);
});
