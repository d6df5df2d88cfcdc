import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, hourMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const officeWeb = { skillQueue: "office" };

test("3.diagram.10 an agent's first answer: offline becomes awaiting-customer, not offline becomes live", async () => {
  const desk = await worker.tenant(document());
  const offline = await desk.inbound({ customer: "offline" });
  await desk.available("ana");
  const live = await desk.inbound({ customer: "live" });
  expect(await desk.answer(offline.conversation, "ana")).toMatchObject({
    state: "awaiting-customer",
    offline: true,
    version: 3,
    agent: "ana",
  });
  expect(await desk.answer(live.conversation, "ana")).toMatchObject({
    state: "live",
    offline: false,
    version: 3,
  });
});

test("3.diagram.11 3.called-customer-reply.1 awaiting-customer: the customer writes, and it is live, no longer offline", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "calledCustomerReply")).toBe(worker.in(3 * minuteMs));
  await worker.advance(3 * minuteMs - 1);
  expect(await desk.inbound()).toMatchObject({
    conversation,
    state: "live",
    offline: false,
    agent: "ana",
  });
  expect(await desk.due(conversation, "calledCustomerReply")).toBeUndefined();
});

test("3.diagram.11 3.called-customer-reply.1 F23 awaiting-customer: the called timeout makes it dormant, frees the units and tells the customer side `offline: true`", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  expect((await desk.agent("ana")).units.used).toBe(1);
  await worker.advance(3 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("awaiting-customer");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "dormant", offline: true });
  expect((await desk.agent("ana")).units.used).toBe(0);
  expect((await desk.told()).at(-1)).toMatchObject({
    kind: "status",
    status: "dormant",
    offline: true,
  });
});

test("3.called-customer-reply.1 each agent message in awaiting-customer arms it anew", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(2 * minuteMs);
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "calledCustomerReply")).toBe(worker.in(3 * minuteMs));
});

test("3.diagram.12 3.customer-reply.1 F23 live: the customer reply timeout makes it dormant, not offline", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "customerReply")).toBe(worker.in(20 * minuteMs));
  await worker.advance(20 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("live");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "dormant", offline: false });
  expect((await desk.told()).at(-1)).toMatchObject({ kind: "status", status: "dormant" });
});

test("3.diagram.12 3.customer-reply.1 live, where offline messages are off, is closed", async () => {
  const desk = await worker.tenant(document({ offline: { enabled: false } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  await worker.advance(20 * minuteMs);
  expect(await desk.state(conversation)).toBe("closed");
  expect((await desk.told()).at(-1)).toMatchObject({
    kind: "status",
    status: "closed",
    reason: "customer_reply_timeout",
  });
});

test("3.customer-reply.1 the customer stops the customer reply timeout; an agent's message in `live` arms it anew", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  await desk.inbound();
  expect(await desk.due(conversation, "customerReply")).toBeUndefined();
  await worker.advance(30 * minuteMs);
  expect(await desk.state(conversation)).toBe("live");
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "customerReply")).toBe(worker.in(20 * minuteMs));
  await worker.advance(minuteMs);
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "customerReply")).toBe(worker.in(20 * minuteMs));
});

test("2.customer-reply-timeout-period.1 null is off: a live conversation waits for ever", async () => {
  const desk = await worker.tenant(document({ web: { customerReplyTimeoutMinutes: null } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "customerReply")).toBeUndefined();
  await worker.advance(50 * minuteMs);
  expect(await desk.state(conversation)).toBe("live");
});

test("3.diagram.13 3.diagram.14 an owner gone past the grace loses all: unanswered is queued, else dormant", async () => {
  const presence = { heartbeatSeconds: 10, graceSeconds: 50 };
  const desk = await worker.tenant(document({ tenant: { presence } }));
  await desk.available("ana");
  const unanswered = await desk.inbound({ customer: "a" });
  const answered = await desk.inbound({ customer: "b" });
  await desk.answer(answered.conversation, "ana");
  await worker.advance(60_000 - 1);
  expect(await desk.state(unanswered.conversation)).toBe("assigned");
  expect(await desk.state(answered.conversation)).toBe("live");
  await worker.advance(1);
  expect(await desk.state(unanswered.conversation)).toBe("queued");
  expect(await desk.state(answered.conversation)).toBe("dormant");
  expect((await desk.agent("ana")).conversations).toEqual([]);
});

test("3.diagram.13 3.diagram.14 F10 F19 a release: unanswered is queued, else dormant, or closed where offline messages are off", async () => {
  const desk = await worker.tenant(
    document({ channels: [channel("off", "web", {}, { enabled: false })] }),
  );
  await desk.available("ana");
  const unanswered = await desk.inbound({ customer: "a" });
  expect(await desk.act(unanswered.conversation, "release", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { state: "queued", version: 3 },
  });
  const answered = await desk.inbound({ customer: "b" });
  await desk.answer(answered.conversation, "ana");
  expect(await desk.act(answered.conversation, "release", { agent: "ana" })).toMatchObject({
    body: { state: "dormant" },
  });
  const off = await desk.inbound({ customer: "c", channel: "off" });
  await desk.answer(off.conversation, "ana");
  expect(await desk.act(off.conversation, "release", { agent: "ana" })).toMatchObject({
    body: { state: "closed" },
  });
});

test("3.diagram.13 held if closed: an owner lost at night leaves a held conversation", async () => {
  await worker.next("17:30");
  const desk = await worker.tenant(document({ web: officeWeb }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await worker.next("18:10");
  expect(await desk.state(conversation)).toBe("assigned");
  expect(await desk.act(conversation, "release", { agent: "ana" })).toMatchObject({
    body: { state: "held", offline: true },
  });
});

test("3.diagram.15 dormant: the customer writes, and a new episode begins, live", async () => {
  const desk = await worker.tenant(document({ open: { connectWaitSeconds: 600 } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(3 * minuteMs);
  await desk.presence("ana", "away");
  expect(await desk.inbound()).toMatchObject({ conversation, state: "queued", offline: false });
  expect(await desk.conversation(conversation)).toMatchObject({
    age: worker.now,
    lastAgent: "ana",
  });
});

test("3.diagram.15 parked: the customer writes, and a new episode begins that keeps its age", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 1 } }));
  const age = worker.now;
  const { conversation } = await desk.inbound();
  await worker.advance(minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "parked", age });
  expect(await desk.inbound()).toMatchObject({ conversation, state: "queued", offline: true });
  expect((await desk.conversation(conversation)).age).toBe(age);
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(minuteMs));
});

test("3.diagram.16 an agent contacts the customer: from nothing, queued, parked and dormant it awaits the customer, offline", async () => {
  const desk = await worker.tenant(
    document({ open: { acceptance: "manual" }, offline: { routingTimeLimit: 1 } }),
  );
  await desk.presence("ana", "away");
  const queued = await desk.inbound({ customer: "queued" });
  await desk.available("ana");
  await desk.act(queued.conversation, "decline", { agent: "ana" });
  expect(await desk.state(queued.conversation)).toBe("queued");
  const wanted = { state: "awaiting-customer", offline: true, agent: "ana" };
  expect(await desk.contact("ana", { customer: "nobody" })).toMatchObject({
    status: 201,
    body: { ...wanted, version: 1 },
  });
  expect(await desk.contact("ana", { customer: "queued" })).toMatchObject({
    status: 201,
    body: { ...wanted, conversation: queued.conversation },
  });
  await worker.advance(3 * minuteMs);
  expect(await desk.state(queued.conversation)).toBe("dormant");
  expect(await desk.contact("ana", { customer: "queued" })).toMatchObject({
    body: { ...wanted, conversation: queued.conversation },
  });
  await desk.presence("ana", "offline");
  const parked = await desk.inbound({ customer: "parked" });
  await worker.advance(minuteMs);
  expect(await desk.state(parked.conversation)).toBe("parked");
  await desk.available("ana");
  expect(await desk.contact("ana", { customer: "parked" })).toMatchObject({
    body: { ...wanted, conversation: parked.conversation },
  });
  expect((await desk.conversation(parked.conversation)).age).toBeNull();
});

test("3.diagram.16 an agent contacts the customer of a held conversation", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(document({ web: officeWeb }));
  const held = await desk.inbound();
  expect(held.state).toBe("held");
  await desk.available("ana");
  expect(await desk.contact("ana")).toMatchObject({
    status: 201,
    body: { conversation: held.conversation, state: "awaiting-customer", offline: true },
  });
});

test("3.diagram.17 close ends it; the next message opens a new conversation, and the last agent is remembered", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const first = await desk.inbound();
  await desk.answer(first.conversation, "ana");
  expect(await desk.act(first.conversation, "close", { agent: "ana" })).toMatchObject({
    body: { state: "closed" },
  });
  const second = await desk.inbound();
  expect(second.conversation).not.toBe(first.conversation);
  expect((await desk.conversation(second.conversation)).lastAgent).toBe("ana");
});

test("3.dormancy.1 2.tenant.3 a dormant conversation is closed after `dormantDays`", async () => {
  const desk = await worker.tenant(document({ tenant: { retention: { dormantDays: 1 } } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(3 * minuteMs);
  expect(await desk.due(conversation, "dormancy")).toBe(worker.in(24 * hourMs));
  await worker.advance(24 * hourMs - 1);
  expect(await desk.state(conversation)).toBe("dormant");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("closed");
  expect((await desk.inbound()).conversation).not.toBe(conversation);
});

test("3.0.4 only offered, assigned, awaiting-customer and live use capacity", async () => {
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 9)], web: { priority: 1 }, open: { acceptance: "manual" } }),
  );
  const used = async (): Promise<number> => (await desk.agent("ana")).units.used;
  const { conversation } = await desk.inbound();
  expect(await used()).toBe(0);
  await desk.available("ana");
  expect([await desk.state(conversation), await used()]).toEqual(["offered", 1]);
  await desk.act(conversation, "accept", { agent: "ana" });
  expect([await desk.state(conversation), await used()]).toEqual(["assigned", 1]);
  await desk.answer(conversation, "ana");
  expect([await desk.state(conversation), await used()]).toEqual(["awaiting-customer", 1]);
  await desk.inbound();
  expect([await desk.state(conversation), await used()]).toEqual(["live", 1]);
  await desk.answer(conversation, "ana");
  await worker.advance(20 * minuteMs);
  expect([await desk.state(conversation), await used()]).toEqual(["dormant", 0]);
});

test("3.0.1 the states of a conversation are the ten of the contract, and lists can be asked for each", async () => {
  const desk = await worker.tenant(document());
  const states =
    "held,with-bot,queued,offered,assigned,awaiting-customer,live,dormant,parked,closed";
  const { conversation } = await desk.inbound();
  for (const state of states.split(",")) {
    const found = await desk.list(`?state=${state}`);
    expect(found.map(({ id }) => id)).toEqual(state === "queued" ? [conversation] : []);
  }
  expect(await desk.call("GET", "/conversations?state=sleeping")).toMatchObject({ status: 422 });
});

test("3.0.2 F8 `version` does not grow when a message is appended, when the flag `offline` is set, or by a reservation", async () => {
  const desk = await worker.tenant(document());
  await desk.presence("ana", "away");
  const { conversation, version } = await desk.inbound();
  expect(version).toBe(1);
  expect((await desk.inbound()).version).toBe(1);
  await worker.advance(minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({ offline: true, version: 1 });
});
