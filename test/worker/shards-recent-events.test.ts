import { expect, test } from "vitest";
import type { Event } from "../../core/events.ts";
import { RecentEvents } from "../../worker/shards/recent-events.ts";
import type { EventsQuery } from "../../worker/shards/routing.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { PartitionDesk, resolved, tenant } from "./partition-desk.ts";

const limits = {
  eventsMax: 1_000,
  charactersMax: 100_000,
  charactersPerAnswer: 10_000,
  messagesMax: 10,
};
const ofAll: EventsQuery = { type: "events", tenant, after: 0, limit: 100 };
const ofAna: EventsQuery = { ...ofAll, agent: "ana" };
const noStore = () => {
  throw new Error("the store was asked");
};

/** Ana is given conversations, some of which waited for her, and answers. */
function run(desk: PartitionDesk): void {
  desk.send({ type: "configureTenant", tenant, configuration: resolved() });
  desk.batch(message("m1", "c1"), message("m2", "c1"), message("m3", "c2"));
  desk.send({ type: "setPresence", tenant, agent: "ana", status: "available" });
  desk.batch(message("m4", "c2"), message("m5", "c3"));
  desk.send({
    type: "writeMessage",
    tenant,
    conversation: 1,
    id: "r1",
    agent: "ana",
    content: "{}",
  });
  desk.send({ type: "setPresence", tenant, agent: "ana", status: "offline" });
}

function message(id: string, customer: string) {
  const content = JSON.stringify({ text: `says ${id}` });
  return { type: "receiveMessage", tenant, id, channel: "web", customer, content } as const;
}

test("streams are told from memory what the store would have told", () => {
  const disk = new MemoryDisk();
  using desk = new PartitionDesk({ disk });
  run(desk);
  // Nothing is in memory of a partition that has just begun.
  using later = new PartitionDesk({ disk });
  for (const query of [ofAll, ofAna, { ...ofAna, agent: "ben" }]) {
    for (let after = 0; after < 30; after += 1) {
      const asked = { ...query, after };
      expect(desk.partition.query(asked), `after ${after}`).toEqual(later.partition.query(asked));
    }
  }
  expect(desk.partition.query(ofAna).length).toBeGreaterThan(5);
  expect(later.partition.query(ofAna)[1]?.messages).toHaveLength(2);
});

test("reading a stream does not wait for the store", () => {
  using desk = new PartitionDesk();
  run(desk);
  const { waiting } = desk.partition.storeState;
  expect(waiting).toBeGreaterThan(0);
  expect(desk.partition.query(ofAna)).not.toEqual([]);
  expect(desk.partition.storeState.waiting).toBe(waiting);
});

test("an erased customer's texts are in no stream any more", () => {
  using desk = new PartitionDesk();
  run(desk);
  desk.send({ type: "eraseCustomer", tenant, customer: "c1" });
  const told = JSON.stringify(desk.partition.query(ofAll));
  expect(told).not.toContain("says m1");
  expect(told).toContain("says m3");
});

test("what was given up is for the store to say, and what a stream never had is not", () => {
  const recent = new RecentEvents({ ...limits, eventsMax: 3 });
  recent.note([presence(1, "ana"), presence(2, "ben")]);
  expect(recent.read(ofAna, noStore)).toHaveLength(1);
  recent.note([3, 4, 5, 6, 7, 8].map((sequence) => presence(sequence, "ben")));
  expect(recent.read(ofAna, noStore)).toBeUndefined();
  expect(recent.read({ ...ofAna, after: 1 }, noStore)).toEqual([]);
  expect(recent.read({ ...ofAll, after: 7 }, noStore)).toHaveLength(1);
  recent.forget();
  expect(recent.read({ ...ofAll, after: 7 }, noStore)).toBeUndefined();
  expect(recent.read({ ...ofAll, after: 8 }, noStore)).toEqual([]);
});

test("a message that was given up is looked up in the store", () => {
  const recent = new RecentEvents(limits);
  const assigned = { ...presence(9, "ana"), type: "conversationAssigned", conversation: 4 };
  recent.note([{ ...assigned, unansweredFrom: 2 } as unknown as Event]);
  const asked: unknown[] = [];
  const stored = [{ sequence: 2, id: "m", at: 1 }];
  const found = recent.read({ ...ofAna, after: 8 }, (...about) => {
    asked.push(about);
    return stored;
  });
  expect(asked).toEqual([[4, 2, 9]]);
  expect(found?.[0]?.messages).toBe(stored);
});

test("one answer ends with a bounded amount of text, and the next goes on", () => {
  using desk = new PartitionDesk();
  run(desk);
  const large = "x".repeat(300_000);
  const content = JSON.stringify({ text: large });
  desk.send({ type: "setPresence", tenant, agent: "ana", status: "available" });
  desk.batch(...["l1", "l2", "l3"].map((id) => ({ ...message(id, "c1"), content })));
  const pages: number[][] = [];
  for (let after = 0; ; after = pages.at(-1)?.at(-1) ?? after) {
    const page = desk.partition.query({ ...ofAna, after });
    if (page.length === 0) break;
    pages.push(page.map(({ event }) => event.sequence));
  }
  expect(pages.length).toBeGreaterThan(1);
  const all = pages.flat();
  expect(all).toEqual([...new Set(all)].toSorted((a, b) => a - b));
  expect(desk.partition.query({ ...ofAna, after: all.at(-1) ?? 0 })).toEqual([]);
});

function presence(sequence: number, agent: string): Event {
  return { type: "presenceChanged", tenant, agent, status: "available", sequence, at: 1 } as Event;
}
