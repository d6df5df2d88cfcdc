import { expect, test } from "vitest";
import { encodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";
import { Followers } from "../../worker/shards/followers.ts";
import type { Activity, EventsQuery } from "../../worker/shards/routing.ts";
import { PartitionDesk, tenant } from "./partition-desk.ts";

const ofAll: EventsQuery = { type: "events", tenant, after: 0, limit: 1_000 };

/** One batch of commands, followed or not. */
function commit(desk: PartitionDesk, followed: readonly string[], ...commands: Command[]) {
  return desk.partition.commit(1, commands.map(encodeCommand), { followed });
}

function message(desk: PartitionDesk, customer: string, text = "hello"): Command {
  const content = JSON.stringify({ text });
  const id = `${customer}-${text.slice(0, 9)}`;
  return { type: "receiveMessage", at: desk.at, tenant, id, channel: "web", customer, content };
}

function onlyOne(activities: readonly Activity[]): Activity {
  const [activity, another] = activities;
  if (activity === undefined || another !== undefined) throw new Error("not one activity");
  return activity;
}

test("a followed tenant's batch tells what a question after it would have been answered", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const before = desk.ask(ofAll).at(-1)?.event.sequence ?? 0;
  const { activities } = commit(desk, [tenant], message(desk, "a"), message(desk, "b"));
  const { told } = onlyOne(activities);
  expect(told?.map(({ event }) => event.type)).toContain("conversationAssigned");
  expect(told).toEqual(desk.ask({ ...ofAll, after: before }));
});

test("who is not followed is not told, and a batch that made nothing for the stream says so", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const { activities } = commit(desk, ["another"], message(desk, "a"));
  expect(onlyOne(activities).told).toBeUndefined();
  // Nobody is given anything by the second message of one who has ana already, but she is told.
  const second = commit(desk, [tenant], message(desk, "a", "again"));
  expect(onlyOne(second.activities).told).toHaveLength(1);
  const offline: Command = {
    type: "setPresence",
    at: desk.at,
    tenant,
    agent: "ana",
    status: "away",
  };
  commit(desk, [tenant], offline);
  // It waits, and no stream tells of that.
  const waiting = commit(desk, [tenant], message(desk, "c"));
  expect(onlyOne(waiting.activities).told).toEqual([]);
});

test("what is too much for one answer, or of an erased customer, has to be asked for", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const long = "x".repeat(60_000);
  const many = Array.from({ length: 12 }, (_, index) => message(desk, "a", `${index} ${long}`));
  const { activities } = commit(desk, [tenant], message(desk, "a"), ...many);
  expect(onlyOne(activities).told).toBeUndefined();
  const erase: Command = { type: "eraseCustomer", at: desk.at, tenant, customer: "a" };
  expect(onlyOne(commit(desk, [tenant], erase).activities).told).toBeUndefined();
});

test("a tenant is followed until the last of its readers has gone", () => {
  const followers = new Followers();
  const first = followers.add(1, "acme");
  const second = followers.add(1, "acme");
  followers.add(2, "other");
  first();
  first();
  expect(followers.of(1)).toEqual(["acme"]);
  expect(followers.of(3)).toEqual([]);
  second();
  expect(followers.of(1)).toEqual([]);
});
