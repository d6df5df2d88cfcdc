import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { encodeCommand } from "../../core/codec.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { PartitionDesk, hourMs, minuteMs, monday, resolved, tenant } from "./partition-desk.ts";

/** Each call of a disk that matters here, in order. */
class WatchedDisk extends MemoryDisk {
  readonly seen: string[] = [];
  override write(...given: Parameters<MemoryDisk["write"]>): void {
    this.seen.push("write");
    super.write(...given);
  }
  override sync(...given: Parameters<MemoryDisk["sync"]>): void {
    this.seen.push("sync");
    super.sync(...given);
  }
}

test("a batch is written and synced before it is applied, and applied before it is answered", () => {
  const disk = new WatchedDisk();
  using desk = new PartitionDesk({ disk }).configure();
  disk.seen.length = 0;
  const before = desk.ask({ type: "counts" })[0]?.conversationsOpened;
  desk.batch(...["a", "b", "c"].map((customer) => receive(customer)));
  expect(disk.seen).toEqual(["write", "sync"]);
  expect(desk.ask({ type: "counts" })[0]?.conversationsOpened).toBe((before ?? 0) + 3);
});

test("a batch that finds the disk full applies nothing, and the next one goes on", () => {
  const disk = new MemoryDisk();
  using desk = new PartitionDesk({ disk }).configure();
  disk.failNext({ operation: "write", code: "ENOSPC", bytesWritten: 10 });
  expect(() => desk.batch(receive("a"))).toThrow(expect.objectContaining({ code: "journal_full" }));
  expect(desk.ask({ type: "counts" })[0]?.conversationsOpened).toBe(0);
  desk.batch(receive("b"));
  expect(desk.ask({ type: "counts" })[0]?.conversationsOpened).toBe(1);
});

test("a batch whose sync fails is applied neither now nor after the recovery, if it is not there", () => {
  const disk = new MemoryDisk();
  const desk = new PartitionDesk({ disk }).configure();
  disk.failNext({ operation: "sync", code: "EIO" });
  expect(() => desk.batch(receive("a"))).toThrow(
    expect.objectContaining({ code: "journal_poisoned" }),
  );
  expect(desk.ask({ type: "counts" })[0]?.conversationsOpened).toBe(0);
  expect(() => desk.batch(receive("b"))).toThrow(
    expect.objectContaining({ code: "journal_poisoned" }),
  );
});

test("a partition comes back from its journal in the very same state", () => {
  const disk = new MemoryDisk();
  const desk = new PartitionDesk({ disk }).configure().signIn("ana");
  for (let index = 0; index < 50; index += 1) {
    desk.receive(`c${index % 9}`, "Hello?", { channel: index % 2 === 0 ? "web" : "sms" });
    desk.pass(7 * minuteMs);
  }
  const { items } = desk.ask({ type: "conversations", tenant, limit: 100 });
  const { nextDeadlineAt, lastIndex } = desk.partition.state;
  desk.partition.close();
  using again = new PartitionDesk({ disk });
  expect(again.partition.state).toMatchObject({ nextDeadlineAt, lastIndex });
  expect(again.ask({ type: "conversations", tenant, limit: 100 }).items).toEqual(items);
});

test("a sealed partition comes back from its snapshot and replays nothing", () => {
  const disk = new MemoryDisk();
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-partition-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = join(folder, "store.sqlite");
  const desk = new PartitionDesk({ disk, store }).configure().signIn("ana");
  const { conversation } = desk.receive("c", "Hello?");
  desk.partition.seal();
  const before = desk.ask({ type: "conversation", tenant, conversation });
  desk.partition.close();
  using again = new PartitionDesk({ disk, store, at: desk.at });
  expect(again.partition.report).toMatchObject({ snapshotIndex: 3, batchesReplayed: 0 });
  expect(again.ask({ type: "conversation", tenant, conversation })).toEqual(before);
  again.receive("c", "still there?");
  expect(again.partition.state.lastIndex).toBe(4);
});

test.each([
  ["nothing unsynced", () => 0],
  ["all of it", (count: number) => count - 1],
])("what was answered is there after a crash that kept %s", (_, choose) => {
  const disk = new MemoryDisk();
  const desk = new PartitionDesk({ disk }).configure();
  desk.receive("a", "answered");
  disk.failNext({ operation: "write", code: "EIO", bytesWritten: 70 });
  disk.failNext({ operation: "truncate", code: "EIO" });
  expect(() => desk.batch(receive("b"))).toThrow(
    expect.objectContaining({ code: "journal_poisoned" }),
  );
  desk.partition.close();
  using again = new PartitionDesk({ disk: disk.crash(choose) });
  const { items } = again.ask({ type: "conversations", tenant, limit: 10 });
  expect(items.map(({ customer }) => customer)).toEqual(["a"]);
  again.receive("c", "and on");
});

test("timers that came due while nobody ran fire once, in due order, at the first tick", () => {
  const disk = new MemoryDisk();
  const desk = new PartitionDesk({ disk }).configure();
  const first = desk.receive("a", "limit runs out first").conversation;
  desk.pass(5 * minuteMs);
  const second = desk.receive("b", "then this").conversation;
  desk.partition.close();
  const later = new PartitionDesk({ disk, at: desk.at + 2 * hourMs });
  const { activities, measures } = later.partition.commit(1, [
    encodeCommand({ type: "tick", at: later.at }),
  ]);
  expect(activities).toHaveLength(1);
  expect(measures.dueAts).toEqual(measures.dueAts.toSorted((a, b) => a - b));
  const parked = later.ask({ type: "events", tenant, after: 0, limit: 100 }).filter(({ event }) => {
    return event.type === "routingTimedOut";
  });
  expect(parked.map(({ event }) => "conversation" in event && event.conversation)).toEqual([
    first,
    second,
  ]);
  expect(parked.every(({ event }) => event.at === later.at && (event.dueAt ?? 0) < later.at)).toBe(
    true,
  );
  later.partition.close();
  using again = new PartitionDesk({ disk, at: later.at });
  again.pass(minuteMs);
  expect(again.streamed().filter((type) => type === "routingTimedOut")).toHaveLength(2);
});

test("a tick that fires nothing is not journaled, unless its instant is to be kept", () => {
  using desk = new PartitionDesk().configure();
  const { lastIndex } = desk.partition.state;
  const tick = [encodeCommand({ type: "tick", at: desk.at + 1 })];
  expect(desk.partition.commit(1, tick).results).toEqual([{ status: "ticked", more: false }]);
  expect(desk.partition.state).toMatchObject({ lastIndex, lastAt: desk.at });
  desk.partition.commit(1, tick, { keepTick: true });
  expect(desk.partition.state).toMatchObject({ lastIndex: lastIndex + 1, lastAt: desk.at + 1 });
});

test("a batch says whom it concerns", () => {
  using desk = new PartitionDesk().configure();
  const { activities } = desk.batch(receive("c"));
  expect(activities).toMatchObject([
    {
      tenant,
      agents: [],
      customers: [{ channel: "web", customer: "c" }],
      outboxes: ["web"],
      configured: false,
    },
  ]);
  const [signedIn] = desk.batch({
    type: "setPresence",
    tenant,
    agent: "ana",
    status: "available",
  }).activities;
  expect(signedIn?.agents).toEqual(["ana"]);
  const configuration = resolved();
  const [configured] = desk.batch({
    type: "configureTenant",
    tenant: "new",
    configuration,
  }).activities;
  expect(configured).toMatchObject({ tenant: "new", configured: true });
});

test("the journal is trimmed behind the older of two snapshots, and what remains suffices", () => {
  const disk = new MemoryDisk();
  const desk = new PartitionDesk({ disk }).configure();
  const rounds = [1, 2, 3].map((round) => {
    desk.receive(`c${round}`, "Hello?");
    desk.partition.seal();
    return desk.partition.journalState;
  });
  expect(rounds.map(({ firstIndex }) => firstIndex > 1)).toEqual([false, true, true]);
  desk.partition.close();
  using again = new PartitionDesk({ disk, at: monday });
  expect(again.ask({ type: "counts" })[0]?.conversationsOpened).toBe(3);
});

function receive(customer: string) {
  const content = '{"text":"Hello?"}';
  const id = `id-${customer}`;
  return { type: "receiveMessage", tenant, id, channel: "web", customer, content } as const;
}
