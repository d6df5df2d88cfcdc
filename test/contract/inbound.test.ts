import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, hourMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

test("3.1.1 F29 a repeat changes nothing and returns the conversation as it now is, `duplicate: true`", async () => {
  const desk = await worker.tenant(document());
  const first = await desk.inbound({ id: "m1" });
  expect(first.duplicate ?? false).toBe(false);
  await desk.available("ana");
  const events = await desk.events();
  const again = await desk.send({ id: "m1", customer: "other", text: "another text" });
  expect(again).toMatchObject({
    status: 202,
    body: {
      conversation: first.conversation,
      state: "assigned",
      version: 2,
      agent: "ana",
      duplicate: true,
    },
  });
  expect(await desk.events()).toHaveLength(events.length);
  expect(await desk.list()).toHaveLength(1);
});

test("3.1.1 F29 ids are one space per channel and direction", async () => {
  const desk = await worker.tenant(document({ channels: [channel("sms", "sms")] }));
  await desk.available("ana");
  const web = await desk.inbound({ id: "same" });
  const sms = await desk.inbound({ id: "same", channel: "sms" });
  expect(sms.conversation).not.toBe(web.conversation);
  const written = await desk.write(web.conversation, "ana", { id: "same" });
  expect(written).toMatchObject({ status: 202, body: { state: "live" } });
  expect(written.body.duplicate ?? false).toBe(false);
  expect(await desk.write(web.conversation, "ana", { id: "same" })).toMatchObject({
    status: 202,
    body: { duplicate: true },
  });
  expect((await desk.told()).filter(({ kind }) => kind === "message")).toHaveLength(1);
});

test("3.1.1 2.tenant.3 F29 an id is remembered for `deduplicationHours` from the first acceptance, exactly", async () => {
  const desk = await worker.tenant(document({ tenant: { retention: { deduplicationHours: 1 } } }));
  const first = await desk.inbound({ id: "m1" });
  await worker.advance(30 * minuteMs);
  expect(await desk.inbound({ id: "m1" })).toMatchObject({ duplicate: true });
  await worker.advance(30 * minuteMs - 1);
  expect(await desk.inbound({ id: "m1" })).toMatchObject({ duplicate: true });
  await desk.act(first.conversation, "close");
  expect(await desk.inbound({ id: "m1" })).toMatchObject({
    conversation: first.conversation,
    state: "closed",
    duplicate: true,
  });
  await worker.advance(1);
  const later = await desk.inbound({ id: "m1" });
  expect(later.duplicate ?? false).toBe(false);
  expect(later.conversation).not.toBe(first.conversation);
});

test("F29 a repeat is recognised before any check of state, and answers with the original's status", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const contact = { id: "c1", agent: "ana", channel: "web", customer: "vera", text: "hi" };
  const made = await desk.call("POST", "/conversations", contact);
  expect(made.status).toBe(201);
  expect(await desk.call("POST", "/conversations", contact)).toMatchObject({
    status: 201,
    body: { duplicate: true },
  });
  const { conversation } = await desk.inbound();
  await desk.write(conversation, "ana", { id: "w1" });
  await desk.act(conversation, "close", { agent: "ana" });
  expect(await desk.write(conversation, "ana", { id: "w1" })).toMatchObject({
    status: 202,
    body: { conversation, state: "closed", duplicate: true },
  });
  expect(await desk.write(conversation, "ana", { id: "w2" })).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
});

test("3.1.2 a refused write is not remembered", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  expect(await desk.write(conversation, "ana", { id: "w1" })).toMatchObject({ status: 409 });
  await desk.available("ana");
  const written = await desk.write(conversation, "ana", { id: "w1" });
  expect(written).toMatchObject({ status: 202, body: { state: "awaiting-customer" } });
  expect(written.body.duplicate ?? false).toBe(false);
  expect(await desk.send({ id: "x", channel: "none" })).toMatchObject({
    status: 404,
    body: { code: "unknown_channel" },
  });
});

test("3.1.3 3.1.4 3.1.5 in held, queued, offered, assigned a further message makes no second work item, moves nothing, changes no timer; its priority and queue are ignored", async () => {
  await worker.next("17:50");
  const desk = await worker.tenant(
    document({
      office: { acceptance: "manual", offerTimeoutSeconds: 600 },
      web: { skillQueue: "office" },
      agents: [agent("ana", 1)],
    }),
  );
  const first = await desk.inbound({ text: "one", priority: 2 });
  const same = async (): Promise<void> => {
    const before = await desk.conversation(first.conversation);
    await worker.advance(1000);
    const more = await desk.inbound({ priority: 9, skillQueue: "open" });
    expect(more).toMatchObject({
      conversation: first.conversation,
      state: before.state,
      version: before.version,
    });
    expect(await desk.conversation(first.conversation)).toMatchObject({
      state: before.state,
      version: before.version,
      age: before.age,
      priority: 2,
      skillQueue: "office",
      deadlines: before.deadlines.map((one) =>
        one.remainingMs === undefined ? one : { timer: one.timer },
      ),
    });
    expect(await desk.list("?state=held,queued,offered,assigned")).toHaveLength(1);
  };
  await same();
  await desk.available("ana");
  expect(await desk.state(first.conversation)).toBe("offered");
  await same();
  await desk.act(first.conversation, "decline", { agent: "ana" });
  await worker.next("18:30");
  expect(await desk.state(first.conversation)).toBe("held");
  await same();
  await desk.presence("ana", "away");
  await desk.act(first.conversation, "assign", { agent: "ana" });
  await same();
  const received = await desk.agentEvents("ana");
  expect(received.at(-1)).toMatchObject({ type: "messageReceived", message: { text: "hello" } });
});

test("3.2.1 going offline happens once an episode: the flag, the prompt, the routing limit", async () => {
  const desk = await worker.tenant(document({ offline: { prompt: "We are closed" } }));
  const { conversation, offline } = await desk.inbound();
  expect(offline).toBe(true);
  expect(await desk.told()).toMatchObject([
    { kind: "prompt", text: "We are closed", offline: true, conversation },
  ]);
  await desk.inbound();
  await desk.available("ana");
  await desk.act(conversation, "release", { agent: "ana" });
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", offline: true });
  await desk.presence("ana", "offline");
  expect(await desk.eventsOf("conversationWentOffline", conversation)).toHaveLength(1);
  expect((await desk.told()).filter(({ kind }) => kind === "prompt")).toHaveLength(1);
});

test("3.2.1 2.offline-message-prompt.3 2.offline-message-prompt.4 the prompt is sent on every kind but email and sms, and none where none is set", async () => {
  const kinds = ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"];
  const prompt = "Closed until nine. ".repeat(13).trim();
  const desk = await worker.tenant(
    document({ channels: kinds.map((kind) => channel(`c-${kind}`, kind, {}, { prompt })) }),
  );
  await desk.inbound({ channel: "web" });
  expect(await desk.told()).toEqual([]);
  for (const kind of kinds) {
    await desk.inbound({ channel: `c-${kind}` });
    const told = await desk.told("vera", `c-${kind}`);
    expect(told.map((entry) => entry.text)).toEqual(
      kind === "email" || kind === "sms" ? [] : [prompt],
    );
  }
});

test("2.offline-message-prompt.2 a prompt is never truncated", async () => {
  const prompt = "🌙".repeat(256);
  const desk = await worker.tenant(document({ offline: { prompt } }));
  await desk.inbound();
  expect((await desk.told())[0]?.text).toBe(prompt);
});

test("F9 a new episode takes `skillQueue` and `priority` from its first message, else from the channel", async () => {
  const desk = await worker.tenant(document({ web: { priority: 3 } }));
  const first = await desk.inbound({ skillQueue: "office", priority: 7 });
  expect(await desk.conversation(first.conversation)).toMatchObject({
    skillQueue: "office",
    priority: 7,
  });
  const plain = await desk.inbound({ customer: "plain" });
  expect(await desk.conversation(plain.conversation)).toMatchObject({
    skillQueue: "open",
    priority: 3,
  });
  expect(await desk.send({ customer: "z", skillQueue: "none" })).toMatchObject({
    status: 404,
    body: { code: "unknown_skill_queue" },
  });
});

test("F9 also after a hand-off a new episode takes the channel's queue; a return to the queue keeps its own", async () => {
  const desk = await worker.tenant(
    document({
      queues: [{ id: "two", connectWaitSeconds: 600 }],
      agents: [agent("ana", 3, { open: 1, two: 1 })],
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.presence("ana", "away");
  const handed = await desk.act(conversation, "handoff", { agent: "ana", skillQueue: "two" });
  expect(handed.body).toMatchObject({ state: "queued" });
  expect((await desk.conversation(conversation)).skillQueue).toBe("two");
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(20 * minuteMs);
  expect(await desk.state(conversation)).toBe("dormant");
  await desk.inbound();
  expect((await desk.conversation(conversation)).skillQueue).toBe("open");
});

test("F10 before any answer a return continues the same episode, offline, without a second prompt", async () => {
  const desk = await worker.tenant(
    document({ offline: { prompt: "closed", routingTimeLimit: 10 } }),
  );
  const { conversation } = await desk.inbound();
  await worker.advance(5 * minuteMs);
  await desk.available("ana");
  await desk.presence("ana", "away");
  await desk.act(conversation, "release");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", offline: true });
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(10 * minuteMs));
  expect((await desk.told()).filter(({ kind }) => kind === "prompt").length).toBeLessThanOrEqual(1);
});

test("F10 after an answer a return begins a new episode, live", async () => {
  const desk = await worker.tenant(document({ open: { connectWaitSeconds: 600 } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await desk.inbound();
  await desk.presence("ana", "away");
  const back = await desk.act(conversation, "release", { agent: "ana" });
  expect(back.body).toMatchObject({ state: "queued", offline: false });
  expect(await desk.due(conversation, "connectWait")).toBe(worker.in(10 * minuteMs));
});

test("F13 a return from an owner arms the connect wait whole again, a return from an offer does not", async () => {
  const desk = await worker.tenant(
    document({ open: { acceptance: "manual", connectWaitSeconds: 300, offerTimeoutSeconds: 600 } }),
  );
  await desk.presence("ana", "away");
  const { conversation } = await desk.inbound();
  const first = worker.in(5 * minuteMs);
  await worker.advance(minuteMs);
  await desk.available("ana");
  expect(await desk.due(conversation, "connectWait")).toBe(first);
  await desk.act(conversation, "decline", { agent: "ana" });
  expect(await desk.due(conversation, "connectWait")).toBe(first);
  await worker.advance(minuteMs);
  expect(await desk.state(conversation)).toBe("offered");
  await desk.act(conversation, "accept", { agent: "ana" });
  await desk.presence("ana", "away");
  await desk.act(conversation, "release", { agent: "ana" });
  expect(await desk.due(conversation, "connectWait")).toBe(worker.in(5 * minuteMs));
});

test("F13 when the connect wait ends in `offered`, the offer is withdrawn, it goes offline, and may be offered to the same agent again", async () => {
  const desk = await worker.tenant(
    document({ open: { acceptance: "manual", connectWaitSeconds: 30, offerTimeoutSeconds: 600 } }),
  );
  await desk.available("ana");
  const { conversation, state, offline } = await desk.inbound();
  expect([state, offline]).toEqual(["offered", false]);
  await worker.advance(30_000);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "offered",
    offline: true,
    agent: "ana",
  });
  expect(await desk.eventsOf("offerWithdrawn", conversation)).toMatchObject([
    { reason: "connect_wait_over" },
  ]);
  expect(await desk.eventsOf("conversationOffered", conversation)).toHaveLength(2);
});

test("F13 a live `offered` one stays offered when the calendar closes", async () => {
  await worker.next("17:59");
  const desk = await worker.tenant(
    document({
      office: { acceptance: "manual", connectWaitSeconds: 6000, offerTimeoutSeconds: 600 },
      web: { skillQueue: "office" },
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await worker.advance(2 * minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "offered", offline: false });
  await desk.act(conversation, "decline", { agent: "ana" });
  expect(await desk.conversation(conversation)).toMatchObject({ state: "held", offline: true });
});

test("F14 a working-clock timer whose open time is used up exactly as the calendar closes fires then, before the flip", async () => {
  await worker.next("17:30");
  const desk = await worker.tenant(document({ web: { skillQueue: "office" } }));
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("queued");
  await worker.next("18:00");
  expect(await desk.state(conversation)).toBe("parked");
});

test("2.its-clock.1 3.routing-limit.1 3.8.7 working: counts only while the calendar is open, shown paused as `remainingMs`", async () => {
  await worker.next("17:50");
  const desk = await worker.tenant(document({ web: { skillQueue: "office" } }));
  const { conversation } = await desk.inbound();
  await worker.next("20:00");
  expect(await desk.due(conversation, "routingLimit")).toBe(20 * minuteMs);
  const { deadlines } = await desk.conversation(conversation);
  expect(deadlines.at(-1)).toEqual({ timer: "routingLimit", remainingMs: 20 * minuteMs });
  await worker.next("09:00");
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(20 * minuteMs));
  await worker.advance(20 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("parked");
});

test("2.its-unit.1 units: hours, and days of 24 counted hours", async () => {
  await worker.next("12:00");
  const doc = document({
    web: {
      skillQueue: "office",
      offlineMessages: { enabled: true, routingTimeLimit: 1, routingTimeLimitUnit: "days" },
    },
    channels: [channel("h", "web", {}, { routingTimeLimit: 2, routingTimeLimitUnit: "hours" })],
  });
  const desk = await worker.tenant(doc);
  const hours = await desk.inbound({ channel: "h" });
  expect(await desk.due(hours.conversation, "routingLimit")).toBe(worker.in(2 * hourMs));
  const days = await desk.inbound();
  // 6 open hours today, 9 tomorrow, 9 the day after: 24 at 18:00.
  const dueAt = worker.in(2 * 24 * hourMs + 6 * hourMs);
  await worker.next("20:00");
  expect(await desk.due(days.conversation, "routingLimit")).toBe(18 * hourMs);
  await worker.moveTo(Date.parse(dueAt) - 1);
  expect(await desk.state(days.conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.state(days.conversation)).toBe("parked");
});

test("F22 3.1.4 `age` is the oldest unanswered message's arrival, and null when nothing is unanswered", async () => {
  const desk = await worker.tenant(document());
  const age = worker.now;
  const { conversation } = await desk.inbound();
  await worker.advance(1000);
  await desk.inbound();
  expect((await desk.conversation(conversation)).age).toBe(age);
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  expect((await desk.conversation(conversation)).age).toBeNull();
  await worker.advance(1000);
  await desk.inbound();
  expect((await desk.conversation(conversation)).age).toBe(worker.now);
});

test("4.law.7 age survives decline, missed offer, parking and re-queueing", async () => {
  const open = { acceptance: "manual", offerTimeoutSeconds: 5, reofferSeconds: 1 };
  const desk = await worker.tenant(document({ open, offline: { routingTimeLimit: 2 } }));
  const age = worker.now;
  const { conversation } = await desk.inbound();
  const kept = async (state: string): Promise<void> => {
    expect(await desk.conversation(conversation)).toMatchObject({ state, age });
  };
  await desk.available("ana");
  await kept("offered");
  await desk.act(conversation, "decline", { agent: "ana" });
  await kept("queued");
  await worker.advance(1000);
  await kept("offered");
  await worker.advance(5000);
  await kept("queued");
  await worker.advance(1000);
  await desk.act(conversation, "accept", { agent: "ana" });
  await kept("assigned");
  await desk.presence("ana", "away");
  await desk.act(conversation, "release", { agent: "ana" });
  await kept("queued");
  await worker.advance(2 * minuteMs);
  await kept("parked");
});
