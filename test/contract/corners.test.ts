import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, hourMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

test("F6 3.18.3 a running episode keeps whether offline messages were on: dormant, or closed, as it began", async () => {
  for (const began of [true, false]) {
    const desk = await worker.tenant(document({ offline: { enabled: began } }));
    await desk.available("ana");
    const { conversation } = await desk.inbound();
    await desk.answer(conversation, "ana");
    await desk.configure(document({ offline: { enabled: !began } }));
    await worker.advance(20 * minuteMs);
    expect(await desk.state(conversation)).toBe(began ? "dormant" : "closed");
  }
});

test("F13 where offline messages are off, a connect wait that ends in `offered` withdraws the offer and closes", async () => {
  const open = { acceptance: "manual", connectWaitSeconds: 30, offerTimeoutSeconds: 600 };
  const desk = await worker.tenant(document({ open, offline: { enabled: false } }));
  await desk.available("ana");
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("offered");
  await worker.advance(30_000);
  expect(await desk.state(conversation)).toBe("closed");
  expect((await desk.agent("ana")).units.used).toBe(0);
  expect(await desk.eventsOf("offerWithdrawn", conversation)).toHaveLength(1);
});

test("5.0.4 2.0.1 nothing crosses tenants: same ids, same customers, other conversations", async () => {
  const [one, two] = [await worker.tenant(document()), await worker.tenant(document())];
  await one.available("ana");
  const first = await one.inbound({ id: "m1" });
  const second = await two.inbound({ id: "m1" });
  expect(second.duplicate ?? false).toBe(false);
  expect([first.state, second.state]).toEqual(["assigned", "queued"]);
  expect((await two.agent("ana")).status).toBe("offline");
  expect(await two.eventsOf("presenceChanged")).toEqual([]);
  expect(await two.list()).toHaveLength(1);
  expect((await one.call("DELETE", "/customers/vera")).body).toEqual({ conversations: 1 });
  expect(await two.conversation(second.conversation)).toMatchObject({
    customer: "vera",
    state: "queued",
  });
});

test("F18 an offer and its accept count once for the surge rate, from the offer", async () => {
  const open = {
    acceptance: "manual",
    maxAssignmentsPerAgentPerMinute: 1,
    connectWaitSeconds: 600,
  };
  const desk = await worker.tenant(document({ open }));
  await desk.available("ana");
  const first = await desk.inbound({ customer: "a" });
  await worker.advance(10_000);
  await desk.act(first.conversation, "accept", { agent: "ana" });
  const second = await desk.inbound({ customer: "b" });
  expect(second.state).toBe("queued");
  await worker.advance(50_000 - 1);
  expect(await desk.state(second.conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.state(second.conversation)).toBe("offered");
});

test("F25 3.11.7 a customer who writes to an awaiting conversation lifts the tenant limit with the flag `offline`", async () => {
  const offline = { agentOutboundTimeLimitMinutes: 2, calledCustomerReplyTimeoutMinutes: 5 };
  const desk = await worker.tenant(document({ offline }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(2 * minuteMs);
  expect((await desk.conversation(conversation)).mayWrite).toMatchObject({ verdict: "blocked" });
  await desk.inbound();
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "live",
    offline: false,
    mayWrite: { verdict: "allowed" },
  });
  const changes = (await desk.agentEvents("ana")).filter(({ type }) => type === "mayWriteChanged");
  expect(changes.map(({ mayWrite }) => mayWrite?.verdict)).toEqual(["blocked", "allowed"]);
});

test("F20 3.14.2 assign over `awaiting-customer` keeps the flag `offline`, and the new owner's answer awaits the customer again", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 3), agent("ben", 3)] }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await desk.presence("ben", "away");
  expect((await desk.act(conversation, "assign", { agent: "ben" })).body).toMatchObject({
    state: "assigned",
    offline: true,
    agent: "ben",
  });
  expect(await desk.due(conversation, "calledCustomerReply")).toBeUndefined();
  expect(await desk.answer(conversation, "ben")).toMatchObject({
    state: "awaiting-customer",
    offline: true,
  });
});

test("3.routing-limit.1 a parked one that was assigned and came back has the whole limit again", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 4 } }));
  const { conversation } = await desk.inbound();
  await worker.advance(4 * minuteMs);
  await desk.presence("ana", "away");
  await desk.act(conversation, "assign", { agent: "ana" });
  await worker.advance(minuteMs);
  expect((await desk.act(conversation, "release", { agent: "ana" })).body).toMatchObject({
    state: "queued",
    offline: true,
  });
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(4 * minuteMs));
});

test("3.7.2 the last agent is the one who last sent a message, also by contact; an assignment without an answer is none", async () => {
  const mode = { lastAgentMode: { enabled: true } };
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 3), agent("ben", 3)], web: mode }),
  );
  await desk.available("ana");
  const contact = await desk.contact("ana");
  await desk.act(contact.body.conversation, "close");
  await desk.presence("ana", "away");
  await desk.available("ben");
  const { conversation } = await desk.inbound();
  expect(await desk.conversation(conversation)).toMatchObject({
    lastAgent: "ana",
    reservedFor: "ana",
  });
  await desk.act(conversation, "assign", { agent: "ben" });
  await desk.act(conversation, "close");
  const again = await desk.inbound();
  expect((await desk.conversation(again.conversation)).lastAgent).toBe("ana");
});

test("3.8.8 after a night's downtime overdue timers fire once, in due order, and open time only has counted", async () => {
  await worker.next("17:50");
  const desk = await worker.tenant(
    document({
      web: { skillQueue: "office" },
      channels: [channel("o", "web", {}, { routingTimeLimit: 5 })],
    }),
  );
  const office = await desk.inbound();
  const open = await desk.inbound({ channel: "o" });
  await worker.crash();
  await worker.next("09:10");
  expect(await desk.state(open.conversation)).toBe("parked");
  expect(await desk.eventsOf("routingTimedOut")).toHaveLength(1);
  expect(await desk.due(office.conversation, "routingLimit")).toBe(worker.in(10 * minuteMs));
  await worker.crash();
  await worker.advance(hourMs);
  expect((await desk.eventsOf("routingTimedOut")).map(({ conversation }) => conversation)).toEqual([
    open.conversation,
    office.conversation,
  ]);
});

test("2.offline-message-routing-time.1 3.routing-limit.1 the routing limit on the wall clock runs from going offline, also through the night, and parks", async () => {
  await worker.next("17:45");
  const offlineMessages = { enabled: true, routingClock: "wall", routingTimeLimit: 30 };
  const desk = await worker.tenant(document({ web: { skillQueue: "office", offlineMessages } }));
  const { conversation } = await desk.inbound();
  const due = worker.in(30 * minuteMs);
  await worker.next("18:00");
  expect(await desk.state(conversation)).toBe("held");
  expect(await desk.due(conversation, "routingLimit")).toBe(due);
  await worker.next("18:15");
  expect(await desk.state(conversation)).toBe("parked");
});
