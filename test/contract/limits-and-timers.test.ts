import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, document } from "./documents.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

test("3.8.1 3.8.2 3.8.3 a command at the deadline finds the timer fired, one millisecond before it is still allowed", async () => {
  const open = { acceptance: "manual", offerTimeoutSeconds: 10, reofferSeconds: 600 };
  for (const early of [1, 0]) {
    const desk = await worker.tenant(document({ open }));
    await desk.available("ana");
    const { conversation } = await desk.inbound();
    await worker.advance(10_000 - early);
    const accepted = await desk.act(conversation, "accept", { agent: "ana" });
    expect(accepted).toMatchObject(
      early === 1
        ? { status: 200, body: { state: "assigned" } }
        : { status: 409, body: { code: "wrong_state" } },
    );
  }
});

test("3.8.3 timers of a long stretch fire in due order, each at its own instant", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 5 } }));
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    ids.push((await desk.inbound({ customer: `c${index}` })).conversation);
    await worker.advance(1000);
  }
  const start = Date.parse(worker.now) - 5000;
  await worker.advance(30 * minuteMs);
  const events = await desk.eventsOf("routingTimedOut");
  expect(events.map(({ conversation }) => conversation)).toEqual(ids);
  for (const [index, event] of events.entries()) {
    const due = new Date(start + index * 1000 + 5 * minuteMs).toISOString();
    expect(event).toMatchObject({ dueAt: due, firedAt: due, at: due });
  }
});

test("3.8.4 3.8.5 3.8.8 4.law.8 more timers due at one instant than a tick may fire all fire then, once each", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 3 } }));
  const lines = Array.from({ length: 3000 }, (_, index) =>
    JSON.stringify({ id: `l${index}`, channel: "web", customer: `l${index}`, text: "x" }),
  );
  const bulk = await desk.call("POST", "/messages", lines.join("\n"), {
    "content-type": "application/x-ndjson",
  });
  expect(bulk.status).toBe(200);
  await worker.advance(3 * minuteMs - 1);
  expect((await desk.queue("open")).waiting.offline).toBe(3000);
  await worker.advance(1);
  expect(await desk.queue("open")).toMatchObject({ parked: 3000, waiting: { offline: 0 } });
  const events = await desk.eventsOf("routingTimedOut");
  expect(new Set(events.map(({ conversation }) => conversation)).size).toBe(3000);
  expect(events).toHaveLength(3000);
});

test("3.8.6 3.8.7 calendar flips are timers too: a night passed in one step counts open time only", async () => {
  await worker.next("17:45");
  const desk = await worker.tenant(document({ web: { skillQueue: "office" } }));
  const { conversation } = await desk.inbound();
  const morning = worker.nextMs("09:00");
  await worker.moveTo(morning + 14 * minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued" });
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(minuteMs));
  await worker.advance(minuteMs);
  expect(await desk.state(conversation)).toBe("parked");
});

test("3.8.9 events of timers carry `dueAt` and `firedAt`", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 2 } }));
  const { conversation } = await desk.inbound();
  const dueAt = worker.in(2 * minuteMs);
  await worker.advance(2 * minuteMs);
  for (const type of ["routingTimedOut", "conversationLeft"]) {
    for (const event of await desk.eventsOf(type, conversation)) {
      if (type === "routingTimedOut" || event.dueAt !== undefined) {
        expect(event).toMatchObject({ dueAt, firedAt: dueAt });
      }
    }
  }
  expect(await desk.eventsOf("routingTimedOut", conversation)).toHaveLength(1);
});

test("3.9.1 3.re-offer.1 2.skill-queue.5 an agent who declined is eligible again after `reofferSeconds`, exactly", async () => {
  const desk = await worker.tenant(
    document({ open: { acceptance: "manual", reofferSeconds: 40 } }),
  );
  const { conversation: id } = await desk.inbound();
  await desk.available("ana");
  expect(await desk.state(id)).toBe("offered");
  await desk.act(id, "decline", { agent: "ana" });
  expect((await desk.conversation(id)).deadlines).toContainEqual({
    timer: "reoffer",
    agent: "ana",
    dueAt: worker.in(40_000),
  });
  await worker.advance(40_000 - 1);
  expect(await desk.state(id)).toBe("queued");
  await worker.advance(1);
  expect(await desk.conversation(id)).toMatchObject({ state: "offered", agent: "ana" });
});

test("3.re-offer.1 F19 a release by the owner passes them over, one by a supervisor does not", async () => {
  const desk = await worker.tenant(document({ open: { reofferSeconds: 100 } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  expect((await desk.act(conversation, "release")).body).toMatchObject({
    state: "assigned",
    agent: "ana",
  });
  expect((await desk.act(conversation, "release", { agent: "ana" })).body).toMatchObject({
    state: "queued",
  });
  await worker.advance(100_000 - 1);
  expect(await desk.state(conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("assigned");
});

test("F19 pass-overs survive a hand-off, not a new episode", async () => {
  const desk = await worker.tenant(
    document({
      queues: [{ id: "two" }],
      agents: [agent("ana", 1, { open: 1, two: 1 }), agent("ben", 1, { open: 1, two: 1 })],
      open: { acceptance: "manual", reofferSeconds: 3600 },
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.act(conversation, "decline", { agent: "ana" });
  await desk.available("ben");
  await desk.act(conversation, "accept", { agent: "ben" });
  const handed = await desk.act(conversation, "handoff", { agent: "ben", skillQueue: "two" });
  expect(handed.body.agent).not.toBe("ana");
  await desk.act(conversation, "assign", { agent: "ben" });
  await desk.answer(conversation, "ben");
  await desk.presence("ben", "offline");
  await worker.advance(20 * minuteMs);
  expect(await desk.state(conversation)).toBe("dormant");
  expect(await desk.inbound()).toMatchObject({ state: "offered", agent: "ana" });
});

test("3.first-reply.1 2.skill-queue.10 an overdue first reply loses the owner, who is passed over", async () => {
  const desk = await worker.tenant(
    document({
      open: { reassignAfterMinutes: 5, reofferSeconds: 3600 },
      agents: [agent("ana", 1), agent("ben", 1)],
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  expect(await desk.due(conversation, "firstReply")).toBe(worker.in(5 * minuteMs));
  await worker.advance(5 * minuteMs - 1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("queued");
  expect((await desk.eventsOf("conversationLeft", conversation)).at(-1)).toMatchObject({
    agent: "ana",
    to: "queued",
    reason: "first_reply_overdue",
  });
  await desk.available("ben");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ben" });
});

test("3.first-reply.1 the agent's message stops it; in `live` a customer message with none unanswered before starts it", async () => {
  const desk = await worker.tenant(document({ open: { reassignAfterMinutes: 5 } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  expect(await desk.due(conversation, "firstReply")).toBeUndefined();
  await worker.advance(minuteMs);
  await desk.inbound();
  const due = worker.in(5 * minuteMs);
  expect(await desk.due(conversation, "firstReply")).toBe(due);
  await worker.advance(minuteMs);
  await desk.inbound();
  expect(await desk.due(conversation, "firstReply")).toBe(due);
});

test("F21 the first reply counts wall time, also through the night", async () => {
  await worker.next("17:58");
  const desk = await worker.tenant(
    document({ office: { reassignAfterMinutes: 5 }, web: { skillQueue: "office" } }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await worker.advance(5 * minuteMs);
  expect(await desk.state(conversation)).toBe("held");
});

test("3.routing-limit.1 an assignment stops the routing limit; every return arms it whole again", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 10 } }));
  const { conversation } = await desk.inbound();
  await worker.advance(9 * minuteMs);
  await desk.available("ana");
  expect(await desk.due(conversation, "routingLimit")).toBeUndefined();
  await desk.presence("ana", "away");
  await desk.act(conversation, "release", { agent: "ana" });
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(10 * minuteMs));
});

test("3.presence.1 3.grace.1 2.tenant.2 a missed heartbeat makes the agent offline at its deadline; the grace then loses what they own", async () => {
  const presence = { heartbeatSeconds: 20, graceSeconds: 30 };
  const desk = await worker.tenant(document({ tenant: { presence } }));
  const answer = await desk.call("PUT", "/agents/ana/presence", { status: "available" });
  expect(answer.body).toEqual({ status: "available", expiresAt: worker.in(20_000), freeUnits: 3 });
  const { conversation } = await desk.inbound();
  await worker.advance(20_000 - 1);
  expect((await desk.agent("ana")).status).toBe("available");
  await desk.available("ana");
  await worker.advance(20_000);
  expect(await desk.agent("ana")).toMatchObject({ status: "offline", reason: "heartbeat_missed" });
  await worker.advance(30_000 - 1);
  expect(await desk.state(conversation)).toBe("assigned");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("queued");
  expect(
    (await desk.eventsOf("presenceChanged")).map(({ status, reason }) => [status, reason]),
  ).toEqual([
    ["available", "declared"],
    ["offline", "heartbeat_missed"],
  ]);
});

test("3.grace.1 an agent who declares offline has the same grace", async () => {
  const presence = { heartbeatSeconds: 20, graceSeconds: 30 };
  const desk = await worker.tenant(document({ tenant: { presence } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.presence("ana", "offline");
  expect(await desk.state(conversation)).toBe("assigned");
  await worker.advance(30_000 - 1);
  await desk.presence("ana", "away");
  await worker.advance(10_000);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
});

test("3.10.1 3.10.2 F45 presence is `available`, `away` or `offline`, declared by the agent", async () => {
  const desk = await worker.tenant(document());
  expect(await desk.agent("ana")).toMatchObject({
    status: "offline",
    units: { capacity: 3, used: 0, free: 3 },
  });
  for (const status of ["available", "away", "offline"]) {
    await desk.presence("ana", status);
    expect((await desk.agent("ana")).status).toBe(status);
  }
  expect(await desk.call("PUT", "/agents/ana/presence", { status: "busy" })).toMatchObject({
    status: 422,
    body: { code: "invalid_request" },
  });
  expect(await desk.call("PUT", "/agents/ana/presence", {})).toMatchObject({ status: 422 });
});

test("3.10.4 `away` keeps what is owned", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.presence("ana", "away");
  await worker.advance(50 * minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
});

test("3.10.5 a return inside the grace changes nothing: idle time and pass-overs stay", async () => {
  const presence = { heartbeatSeconds: 10, graceSeconds: 50 };
  const open = { acceptance: "manual", reofferSeconds: 40 };
  const desk = await worker.tenant(
    document({ tenant: { presence }, open, agents: [agent("ana", 3), agent("ben", 3)] }),
  );
  await desk.available("ana");
  await worker.advance(1);
  await desk.available("ben");
  const first = await desk.inbound({ customer: "first" });
  expect(first.agent).toBe("ana");
  await desk.presence("ben", "away");
  await desk.act(first.conversation, "decline", { agent: "ana" });
  await worker.advance(10_000);
  expect((await desk.agent("ana")).status).toBe("offline");
  await worker.advance(20_000);
  await desk.available("ana");
  expect(await desk.state(first.conversation)).toBe("queued");
  await desk.available("ben");
  expect((await desk.inbound({ customer: "second" })).agent).toBe("ana");
});

test("3.10.6 F19 three missed offers in a row set `away`, reason `missed_offers`; a decline or accept begins anew, a heartbeat does not", async () => {
  const open = { acceptance: "manual", offerTimeoutSeconds: 5, reofferSeconds: 1 };
  const desk = await worker.tenant(document({ open }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  const miss = async (): Promise<void> => {
    expect(await desk.state(conversation)).toBe("offered");
    await worker.advance(5000);
    await worker.advance(1000);
  };
  await miss();
  await miss();
  await desk.act(conversation, "decline", { agent: "ana" });
  await worker.advance(1000);
  await miss();
  await desk.available("ana");
  await miss();
  expect((await desk.agent("ana")).status).toBe("available");
  await miss();
  expect(await desk.agent("ana")).toMatchObject({ status: "away", reason: "missed_offers" });
  expect(await desk.state(conversation)).toBe("queued");
  await desk.available("ana");
  await miss();
  expect((await desk.agent("ana")).status).toBe("available");
});
