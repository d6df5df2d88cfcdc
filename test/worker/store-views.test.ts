import { expect, test } from "vitest";
import {
  PartitionDesk,
  accepted,
  dayMs,
  document,
  hourMs,
  minuteMs,
  resolved,
  tenant,
} from "./partition-desk.ts";

test("a timeline tells messages and decisions in order, with texts and reasons", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const { conversation } = desk.receive("c", "Hello?");
  desk.write(conversation, "ana", "Hi!");
  const timeline = desk.ask({ type: "timeline", tenant, conversation }) ?? [];
  const sequences = timeline.map(({ event }) => event.sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  const find = (type: string) => timeline.find(({ event }) => event.type === type)?.event;
  expect(find("messageReceived")).toMatchObject({ customer: "c", content: '{"text":"Hello?"}' });
  expect(find("conversationAssigned")).toMatchObject({
    agent: "ana",
    reason: { rule: "longest-idle", eligible: 1 },
  });
  expect(find("messageSent")).toMatchObject({ agent: "ana", content: '{"text":"Hi!"}' });
});

test("an unknown conversation has no timeline, and neither has another tenant's", () => {
  using desk = new PartitionDesk().configure();
  const { conversation } = desk.receive("c", "Hello?");
  expect(desk.ask({ type: "timeline", tenant, conversation: 99 })).toBeUndefined();
  expect(desk.ask({ type: "timeline", tenant: "other", conversation })).toBeUndefined();
});

test("an agent's stream has what concerns the agent, with the unanswered messages", () => {
  using desk = new PartitionDesk().configure();
  const { conversation } = desk.receive("c", "one");
  desk.receive("c", "two");
  desk.signIn("ana");
  desk.receive("c", "three");
  expect(desk.streamed("ana")).toEqual([
    "presenceChanged",
    "conversationAssigned",
    "messageReceived",
  ]);
  expect(desk.streamed("ben")).toEqual([]);
  const [, assigned] = desk.ask({ type: "events", tenant, agent: "ana", after: 0, limit: 10 });
  expect(assigned?.event).toMatchObject({ conversation, customer: "c" });
  expect(assigned?.messages?.map(({ content }) => content)).toEqual([
    '{"text":"one"}',
    '{"text":"two"}',
  ]);
});

test("the tenant's stream has each agent's events once, and what happened without an agent", () => {
  using desk = new PartitionDesk().configure().signIn("ana", "ben");
  desk.receive("c", "Hello?");
  const types = desk.streamed();
  expect(types.filter((type) => type === "presenceChanged")).toHaveLength(2);
  expect(types.filter((type) => type === "conversationAssigned")).toHaveLength(1);
  desk.receive("d", "by night", { channel: "sms" });
  desk.pass(10 * hourMs);
  desk.receive("e", "by night", { channel: "sms" });
  expect(desk.streamed()).toContain("conversationWentOffline");
});

test("a stream goes on behind the sequence it was read to, also within one command's events", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  desk.receive("c", "Hello?");
  const all = desk.ask({ type: "events", tenant, after: 0, limit: 100 }).map(({ event }) => event);
  for (const [place, { sequence }] of all.entries()) {
    const rest = desk.ask({ type: "events", tenant, after: sequence, limit: 100 });
    expect(rest.map(({ event }) => event)).toEqual(all.slice(place + 1));
  }
  const first = desk.ask({ type: "events", tenant, after: 0, limit: 1 });
  expect(first.map(({ event }) => event)).toEqual(all.slice(0, 1));
});

test("held and queued are told apart by whether the queue is open now", () => {
  using desk = new PartitionDesk().configure();
  desk.receive("a", "always open");
  desk.receive("b", "open until six", { channel: "sms" });
  const of = (state: "held" | "queued") =>
    desk
      .ask({ type: "conversations", tenant, states: [state], limit: 10 })
      .items.map(({ customer, state: seen }) => [customer, seen]);
  expect(of("queued")).toEqual([
    ["a", "queued"],
    ["b", "queued"],
  ]);
  expect(of("held")).toEqual([]);
  using night = new PartitionDesk({ at: desk.at + 10 * hourMs }).configure();
  night.receive("a", "always open");
  night.receive("b", "closed", { channel: "sms" });
  const held = night.ask({ type: "conversations", tenant, states: ["held"], limit: 10 });
  expect(held.items.map(({ customer, state }) => [customer, state])).toEqual([["b", "held"]]);
  const queued = night.ask({ type: "conversations", tenant, states: ["queued"], limit: 10 });
  expect(queued.items.map(({ customer }) => customer)).toEqual(["a"]);
});

test("lists run by creation, page by page, under every filter", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const ids = Array.from(
    { length: 7 },
    (_, index) => desk.receive(`c${index}`, "Hello?").conversation,
  );
  const page = (after: number, more = {}) =>
    desk.ask({ type: "conversations", tenant, after, limit: 3, ...more });
  expect(page(0).items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
  expect(page(0).more).toBe(true);
  expect(page(ids[5] ?? 0).items.map(({ id }) => id)).toEqual(ids.slice(6));
  expect(page(ids[5] ?? 0).more).toBe(false);
  expect(page(0, { agent: "ana" }).items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
  expect(page(0, { agent: "ana" }).more).toBe(false);
  expect(page(0, { customer: "c4" }).items.map(({ id }) => id)).toEqual([ids[4]]);
  expect(page(0, { customer: "c4", channel: "sms" }).items).toEqual([]);
  expect(page(0, { channel: "web", skillQueue: "billing" }).items).toEqual([]);
  const waiting = page(0, { states: ["queued", "assigned"], skillQueue: "always" });
  expect(waiting.items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
});

test("the customer is told messages, prompts, automatic replies and the end, with what they answer", () => {
  using desk = new PartitionDesk().configure();
  const { conversation } = desk.receive("c", "Hello?", { id: "first" });
  desk.signIn("ana").write(conversation, "ana", "Hi!");
  desk.send({ type: "closeConversation", tenant, conversation, agent: "ana" });
  expect(desk.told("c")).toMatchObject([
    { kind: "message", content: '{"text":"Hi!"}', inReplyTo: "first", delivery: "pending" },
    { kind: "status", status: "closed", reason: "closed_by_agent" },
  ]);
  desk.receive("m@x.y", "A mail", { channel: "mail", id: "mail-1" });
  expect(desk.told("m@x.y", "mail")).toMatchObject([
    { kind: "auto-reply", content: '{"subject":"Soon","text":"Today."}', inReplyTo: "mail-1" },
  ]);
});

test("an undelivered prompt is withdrawn once an agent has written, a delivered one is not", () => {
  using desk = new PartitionDesk().configure();
  const late = desk.receive("late", "Hello?").conversation;
  const prompt = desk.told("late")[0];
  expect(prompt).toMatchObject({ kind: "prompt", content: '{"text":"Nobody is here."}' });
  const soon = desk.receive("soon", "Hello?").conversation;
  const [seen] = desk.told("soon");
  desk.send({ ...delivery(seen?.sequence), status: "delivered" });
  desk.signIn("ana");
  desk.write(late, "ana", "Hi!");
  desk.write(soon, "ana", "Hi!");
  expect(desk.told("late").map(({ kind }) => kind)).toEqual(["message"]);
  expect(desk.told("soon").map(({ kind }) => kind)).toEqual(["prompt", "message"]);
  const entry = desk.ask({ type: "entry", tenant, entry: prompt?.sequence ?? 0 });
  expect(entry?.delivery).toBe("withdrawn");
});

test("reports on a delivery may overtake each other", () => {
  using desk = new PartitionDesk().configure();
  desk.receive("c", "Hello?");
  const entry = desk.told("c")[0]?.sequence;
  const states = (["delivered", "sent", "failed", "read"] as const).map((status) => {
    desk.send({ ...delivery(entry), status, reason: "because" });
    return desk.told("c")[0]?.delivery;
  });
  expect(states).toEqual(["delivered", "delivered", "delivered", "read"]);
});

test("what the adapter reports as failed stays so when the push is recorded behind it", () => {
  using desk = new PartitionDesk().configure();
  desk.receive("c", "Hello?");
  const entry = desk.told("c")[0]?.sequence;
  const states = (["failed", "sent", "pending", "sent"] as const).map((status) => {
    desk.send({ ...delivery(entry), status });
    return desk.told("c")[0]?.delivery;
  });
  expect(states).toEqual(["failed", "failed", "pending", "sent"]);
});

test("the outbox gives first whose entry waits longest, however many there are", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const [first, second, third] = ["a", "b", "c"].map((id) => desk.receive(id, "?").conversation);
  for (const conversation of [third, first, second]) desk.write(conversation ?? 0, "ana", "Hi!");
  const heads = (limit: number) =>
    desk
      .ask({ type: "outbox", tenant, channel: "web", except: [], limit })
      .map(({ conversation }) => conversation);
  expect(heads(2)).toEqual([third, first]);
  expect(heads(10)).toEqual([third, first, second]);
});

test("the outbox gives the first entry of each conversation that waits to be sent", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const [first, second] = ["a", "b"].map((customer) => {
    const { conversation } = desk.receive(customer, "Hello?");
    desk.write(conversation, "ana", "one");
    desk.write(conversation, "ana", "two");
    return conversation;
  });
  const outbox = (except: readonly number[]) =>
    desk
      .ask({ type: "outbox", tenant, channel: "web", except, limit: 10 })
      .map(({ conversation, content }) => [conversation, content]);
  expect(outbox([])).toEqual([
    [first, '{"text":"one"}'],
    [second, '{"text":"one"}'],
  ]);
  expect(outbox([first ?? 0])).toEqual([[second, '{"text":"one"}']]);
  desk.send({ ...delivery(desk.told("a")[0]?.sequence), status: "sent" });
  expect(outbox([second ?? 0])).toEqual([[first, '{"text":"two"}']]);
});

test("what failed is listed, and is sent again when it is asked for", () => {
  using desk = new PartitionDesk().configure();
  const { conversation } = desk.receive("c", "Hello?");
  const entry = desk.told("c")[0]?.sequence;
  const failed = () =>
    desk.ask({ type: "failedDeliveries", tenant, channel: "web", after: 0, limit: 10 });
  desk.send({ ...delivery(entry), status: "failed", reason: "refused" });
  expect(failed()).toMatchObject([{ sequence: entry, deliveryReason: "refused" }]);
  const { activities } = desk.batch({ ...delivery(entry), status: "pending" });
  expect(activities).toMatchObject([{ outboxes: ["web"] }]);
  expect(failed()).toEqual([]);
  const outbox = desk.ask({ type: "outbox", tenant, channel: "web", except: [], limit: 10 });
  expect(outbox.map((waiting) => waiting.conversation)).toEqual([conversation]);
});

test("the message for a bot comes with its text, as long as its answer is waited for", () => {
  const chatbot = { url: "http://bot.example/", accessCode: "bot" };
  const offlineMessages = { enabled: true, routingMode: "chatbot", chatbot };
  const channels = [{ ...document.channels[0], offlineMessages }];
  using desk = new PartitionDesk().configure({ ...document, channels });
  const { conversation } = desk.receive("c", "Hello?", { id: "first" });
  desk.receive("c", "Anybody?", { id: "second" });
  const sequences = (desk.ask({ type: "timeline", tenant, conversation }) ?? []).flatMap(
    ({ event }) => (event.type === "messageReceived" ? event.sequence : []),
  );
  const asked = () =>
    sequences.map((message) => desk.ask({ type: "botMessage", tenant, conversation, message })?.id);
  const [first = 0, second = 0] = sequences;
  expect(desk.ask({ type: "botMessage", tenant, conversation, message: first })).toMatchObject({
    id: "first",
    customer: "c",
    content: '{"text":"Hello?"}',
  });
  expect(asked()).toEqual(["first", undefined]);
  const answer = { type: "answerFromBot", tenant, conversation, replies: [] } as const;
  desk.send({ ...answer, message: first });
  expect(asked()).toEqual([undefined, "second"]);
  desk.send({ ...answer, message: second, handOff: true });
  expect(asked()).toEqual([undefined, undefined]);
});

test("a closed conversation that the engine has forgotten refuses by its state, not as unknown", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const { conversation } = desk.receive("c", "Hello?");
  desk.send({ type: "closeConversation", tenant, conversation });
  const closed = desk.ask({ type: "conversation", tenant, conversation });
  desk.pass(2 * dayMs);
  const stored = desk.ask({ type: "conversation", tenant, conversation });
  expect(stored).toMatchObject({ state: "closed", version: closed?.version, customer: "c" });
  const close = { type: "closeConversation", tenant, conversation } as const;
  expect(desk.send(close)).toMatchObject({ status: "rejected", code: "wrong_state" });
  expect(desk.send({ ...close, version: 1 })).toMatchObject({ code: "stale_version" });
  expect(desk.send({ ...close, version: stored?.version ?? 0 })).toMatchObject({
    code: "wrong_state",
  });
  expect(desk.send({ ...close, conversation: 99 })).toMatchObject({ code: "unknown_conversation" });
  const listed = desk.ask({ type: "conversations", tenant, states: ["closed"], limit: 10 });
  expect(listed.items.map(({ id }) => id)).toEqual([conversation]);
});

test("a repeat is completed from the store where the engine has forgotten the conversation", () => {
  // The engine forgets by the hours that stood when it was closed, and knows ids by those of now.
  const brief = { ...document, retention: { deduplicationHours: 1 } };
  using desk = new PartitionDesk().configure(brief).signIn("ana");
  const { conversation } = desk.receive("c", "Hello?", { id: "same" });
  desk.send({ type: "closeConversation", tenant, conversation });
  const { version } = desk.ask({ type: "conversation", tenant, conversation }) ?? {};
  desk.pass(2 * hourMs).configure({ ...document, retention: { deduplicationHours: 100 } });
  expect(desk.receive("c", "Hello?", { id: "same" })).toMatchObject({
    conversation,
    duplicateOf: "message",
    state: "closed",
    version,
  });
});

test("closed conversations are forgotten after closedDays, others are not", () => {
  const brief = { ...document, retention: { closedDays: 2, dormantDays: 365 } };
  using desk = new PartitionDesk().configure(brief).signIn("ana");
  const closed = desk.receive("c", "Hello?").conversation;
  const open = desk.receive("d", "Hello?").conversation;
  desk.send({ type: "closeConversation", tenant, conversation: closed });
  desk.pass(2 * dayMs - minuteMs);
  desk.partition.retain(desk.at, 100);
  expect(desk.ask({ type: "timeline", tenant, conversation: closed })).toBeDefined();
  desk.pass(2 * minuteMs);
  desk.partition.retain(desk.at, 100);
  expect(desk.ask({ type: "conversation", tenant, conversation: closed })).toBeUndefined();
  expect(desk.ask({ type: "timeline", tenant, conversation: closed })).toBeUndefined();
  expect(desk.told("c")).toEqual([]);
  expect(desk.ask({ type: "timeline", tenant, conversation: open })).toBeDefined();
});

test("a channel that replaces another goes on with its conversations and what they are told", () => {
  using desk = new PartitionDesk().configure();
  const { conversation } = desk.receive("c", "Hello?");
  const channels = document.channels.map((channel) => ({
    ...channel,
    id: channel.id === "web" ? "site" : channel.id,
  }));
  desk.send({
    type: "configureTenant",
    tenant,
    configuration: resolved({ ...document, channels }),
    replace: { web: "site" },
  });
  const of = (channel: string) =>
    desk.ask({ type: "conversations", tenant, channel, limit: 10 }).items.map(({ id }) => id);
  expect(of("site")).toEqual([conversation]);
  expect(of("web")).toEqual([]);
  expect(desk.told("c", "site")).toMatchObject([{ kind: "prompt", channel: "site" }]);
  const outbox = desk.ask({ type: "outbox", tenant, channel: "site", except: [], limit: 10 });
  expect(outbox).toHaveLength(1);
});

test("what was not delivered goes on with a conversation that the same change moves", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const { conversation } = desk.receive("c", "Hello?");
  desk.write(conversation, "ana", "Hi!");
  desk.send({
    type: "configureTenant",
    tenant,
    configuration: resolved({
      ...document,
      agents: document.agents.filter(({ id }) => id !== "ana"),
      channels: document.channels.map((channel) =>
        channel.id === "web" ? { ...channel, id: "site" } : channel,
      ),
    }),
    replace: { web: "site" },
  });
  expect(desk.ask({ type: "conversation", tenant, conversation })?.state).toBe("dormant");
  const outbox = desk.ask({ type: "outbox", tenant, channel: "site", except: [], limit: 10 });
  expect(outbox).toMatchObject([{ kind: "message" }]);
  expect(desk.told("c", "site")).toMatchObject([{ kind: "message" }, { status: "dormant" }]);
});

test("what was not delivered of a closed conversation goes on with the customer", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const { conversation } = desk.receive("c", "Hello?");
  desk.write(conversation, "ana", "Hi, and bye!");
  desk.send({ type: "closeConversation", tenant, conversation });
  const channels = document.channels.map((channel) => ({
    ...channel,
    id: channel.id === "web" ? "site" : channel.id,
  }));
  const configuration = resolved({ ...document, channels });
  desk.send({ type: "configureTenant", tenant, configuration, replace: { web: "site" } });
  expect(desk.told("c", "site")).toMatchObject([{ kind: "message" }, { status: "closed" }]);
});

test("a repeated write means the conversation that the first one went to", () => {
  using desk = new PartitionDesk().configure().signIn("ana");
  const first = desk.receive("c", "Hello?", { id: "same" });
  const again = desk.receive("c", "Hello?", { id: "same" });
  expect(again).toMatchObject({ conversation: first.conversation, duplicateOf: "message" });
  const timeline = desk.ask({ type: "timeline", tenant, conversation: first.conversation }) ?? [];
  expect(timeline.filter(({ event }) => event.type === "messageReceived")).toHaveLength(1);
  expect(accepted(again).version).toBe(first.version);
});

function delivery(entry: number | undefined) {
  return { type: "recordDelivery", tenant, channel: "web", entry: entry ?? 0 } as const;
}
