import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, document } from "./documents.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const officeWeb = { skillQueue: "office" };

test("3.diagram.1 3.diagram.5 an episode that begins while the calendar is closed goes offline and is held", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(document({ web: officeWeb }));
  await desk.available("ana");
  expect(await desk.inbound()).toMatchObject({ state: "held", offline: true, version: 1 });
  const [event] = await desk.eventsOf("conversationWentOffline");
  expect(event).toMatchObject({ reason: "calendar_closed" });
});

test("3.diagram.2 3.diagram.5 nobody with the skill signed in: offline at once, and queued", async () => {
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 3), agent("ben", 3, { office: 1 })] }),
  );
  await desk.available("ben");
  const { conversation, ...outcome } = await desk.inbound();
  expect(outcome).toMatchObject({ state: "queued", offline: true, version: 1 });
  expect(await desk.eventsOf("conversationWentOffline", conversation)).toMatchObject([
    { reason: "nobody_signed_in" },
  ]);
});

test("3.diagram.2 3.connect-wait.1 2.skill-queue.6 the connect wait ends a live wait at its deadline, not before", async () => {
  const desk = await worker.tenant(document());
  await desk.presence("ana", "away");
  const { conversation, ...outcome } = await desk.inbound();
  expect(outcome).toMatchObject({ state: "queued", offline: false });
  expect(await desk.due(conversation, "connectWait")).toBe(worker.in(minuteMs));
  expect(await desk.due(conversation, "routingLimit")).toBeUndefined();
  await worker.advance(minuteMs - 1);
  expect((await desk.conversation(conversation)).offline).toBe(false);
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "queued",
    offline: true,
    version: 1,
  });
  expect(await desk.eventsOf("conversationWentOffline", conversation)).toMatchObject([
    { reason: "connect_wait_over" },
  ]);
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(30 * minuteMs));
});

test("3.connect-wait.1 an assignment stops the connect wait", async () => {
  const desk = await worker.tenant(document());
  await desk.presence("ana", "away");
  const { conversation } = await desk.inbound();
  await worker.advance(minuteMs - 1);
  await desk.available("ana");
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "assigned",
    offline: false,
  });
  await worker.advance(minuteMs);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "assigned",
    offline: false,
  });
});

test("3.diagram.2 2.skill-queue.7 line full: what comes live beyond `maxWaiting` goes offline; offline ones have no such cap", async () => {
  const desk = await worker.tenant(document({ open: { maxWaiting: 2 } }));
  await desk.presence("ana", "away");
  for (const customer of ["a", "b"]) {
    expect(await desk.inbound({ customer })).toMatchObject({ state: "queued", offline: false });
  }
  for (const customer of ["c", "d", "e"]) {
    const { conversation, offline } = await desk.inbound({ customer });
    expect(offline).toBe(true);
    expect(await desk.eventsOf("conversationWentOffline", conversation)).toMatchObject([
      { reason: "line_full" },
    ]);
  }
  expect((await desk.queue("open")).waiting).toEqual({ live: 2, offline: 3 });
});

test("F12 `maxWaiting` and `connectWaitSeconds` are looked at only when no eligible agent is there: 0 means assigned at once or offline", async () => {
  for (const open of [{ maxWaiting: 0 }, { connectWaitSeconds: 0 }]) {
    const desk = await worker.tenant(document({ open, agents: [agent("ana", 1)] }));
    await desk.available("ana");
    expect(await desk.inbound({ customer: "a" })).toMatchObject({
      state: "assigned",
      offline: false,
      version: 2,
    });
    expect(await desk.inbound({ customer: "b" })).toMatchObject({ state: "queued", offline: true });
  }
});

test("F12 when the last agent with the skill goes offline, live ones go offline; grace is not signed in", async () => {
  const presence = { heartbeatSeconds: 30, graceSeconds: 60 };
  const desk = await worker.tenant(document({ tenant: { presence } }));
  await desk.presence("ana", "away");
  const { conversation, offline } = await desk.inbound();
  expect(offline).toBe(false);
  await worker.advance(30_000 - 1);
  expect((await desk.conversation(conversation)).offline).toBe(false);
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", offline: true });
  const [event] = await desk.eventsOf("conversationWentOffline", conversation);
  expect(event).toMatchObject({ reason: "nobody_signed_in" });
  expect(await desk.inbound({ customer: "b" })).toMatchObject({ offline: true });
});

test("F12 when the last agent with the skill is removed or loses it, live ones go offline", async () => {
  for (const how of ["removed", "lost"]) {
    const desk = await worker.tenant(
      document({ agents: [agent("ana", 1), agent("ben", 1, { office: 1 })] }),
    );
    await desk.presence("ana", "away");
    await desk.presence("ben", "away");
    const { conversation, offline } = await desk.inbound();
    expect(offline).toBe(false);
    if (how === "removed") await desk.call("DELETE", "/agents/ana");
    else await desk.call("PUT", "/agents/ana", { skills: { office: 1 }, capacity: 1 });
    expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", offline: true });
  }
});

test("3.diagram.3 3.2.2 3.2.3 with offline messages off it is closed, the customer side is told, and the message stays readable", async () => {
  const desk = await worker.tenant(document({ offline: { enabled: false } }));
  const { conversation, ...outcome } = await desk.inbound({ text: "are you there?" });
  expect(outcome).toMatchObject({ state: "closed", reason: "offline_messages_disabled" });
  expect(await desk.told()).toMatchObject([
    { kind: "status", status: "closed", reason: "offline_messages_disabled", conversation },
  ]);
  const { body } = await desk.read<{ entries: readonly { text?: string }[] }>(
    `/conversations/${conversation}/timeline`,
  );
  expect(body.entries.map(({ text }) => text)).toContain("are you there?");
});

test("3.diagram.6 3.0.3 F14 at closing time a queued one is held and a live one goes offline; at opening they are queued; no flip changes a version", async () => {
  await worker.next("17:45");
  const desk = await worker.tenant(
    document({ web: officeWeb, office: { connectWaitSeconds: 60_000 } }),
  );
  const offline = await desk.inbound({ customer: "offline" });
  expect(offline).toMatchObject({ state: "queued", offline: true, version: 1 });
  await desk.presence("ana", "away");
  const live = await desk.inbound({ customer: "live" });
  expect(live).toMatchObject({ state: "queued", offline: false, version: 1 });
  await worker.moveTo(worker.nextMs("18:00") - 1);
  expect(await desk.state(live.conversation)).toBe("queued");
  await worker.advance(1);
  for (const { conversation } of [offline, live]) {
    expect(await desk.conversation(conversation)).toMatchObject({
      state: "held",
      offline: true,
      version: 1,
    });
  }
  expect(await desk.queue("office")).toMatchObject({ open: false, held: 2 });
  await worker.moveTo(worker.nextMs("09:00") - 1);
  expect(await desk.state(live.conversation)).toBe("held");
  await worker.advance(1);
  for (const { conversation } of [offline, live]) {
    expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", version: 1 });
  }
  expect(await desk.queue("office")).toMatchObject({
    open: true,
    held: 0,
    waiting: { live: 0, offline: 2 },
  });
});

test("F11 where offline messages are off, a live one at closing time is closed and the customer side told", async () => {
  await worker.next("17:59");
  const web = { skillQueue: "office", offlineMessages: { enabled: false } };
  const desk = await worker.tenant(document({ web }));
  await desk.presence("ana", "away");
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("queued");
  await worker.next("18:30");
  expect(await desk.state(conversation)).toBe("closed");
  expect(await desk.told()).toMatchObject([
    { kind: "status", status: "closed", reason: "offline_messages_disabled" },
  ]);
});

test("3.diagram.7 F8 queued is assigned where acceptance is automatic", async () => {
  const desk = await worker.tenant(document());
  const { conversation, version } = await desk.inbound();
  expect(version).toBe(1);
  await desk.available("ana");
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "assigned",
    agent: "ana",
    version: 2,
    offline: true,
  });
});

test("3.diagram.7 F8 queued is offered where it is manual, and assigned on accept", async () => {
  const desk = await worker.tenant(document({ open: { acceptance: "manual" } }));
  await desk.available("ana");
  const { conversation, ...offered } = await desk.inbound();
  expect(offered).toMatchObject({ state: "offered", version: 2, agent: "ana" });
  const accepted = await desk.act(conversation, "accept", { agent: "ana" });
  expect(accepted).toMatchObject({
    status: 200,
    body: { conversation, state: "assigned", version: 3, agent: "ana" },
  });
});

test("3.diagram.8 3.offer.1 2.skill-queue.4 an offer not taken in time goes back, and that agent is passed over", async () => {
  const open = { acceptance: "manual", offerTimeoutSeconds: 10, reofferSeconds: 600 };
  const desk = await worker.tenant(document({ open, agents: [agent("ana", 3)] }));
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  expect(await desk.due(conversation, "offer")).toBe(worker.in(10_000));
  await worker.advance(10_000 - 1);
  expect(await desk.state(conversation)).toBe("offered");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "queued", version: 3 });
  expect(await desk.due(conversation, "reoffer")).toBe(worker.in(600_000));
});

test("3.diagram.8 a declined offer goes to the next agent at once", async () => {
  const open = { acceptance: "manual" };
  const desk = await worker.tenant(document({ open, agents: [agent("ana", 3), agent("ben", 3)] }));
  await desk.available("ana", "ben");
  const { conversation, agent: first } = await desk.inbound();
  expect(first).toBe("ana");
  expect(await desk.act(conversation, "decline", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { state: "offered", agent: "ben", version: 4 },
  });
});

test("3.diagram.8 3.10.3 an agent who leaves `available` loses the offer at once", async () => {
  for (const status of ["away", "offline"]) {
    const desk = await worker.tenant(document({ open: { acceptance: "manual" } }));
    await desk.available("ana");
    const { conversation, state } = await desk.inbound();
    expect(state).toBe("offered");
    await desk.presence("ana", status);
    expect(await desk.state(conversation)).toBe("queued");
    const [withdrawn] = await desk.eventsOf("offerWithdrawn", conversation);
    expect(withdrawn).toMatchObject({ reason: "agent_left", agent: "ana" });
  }
});

test("3.diagram.9 3.routing-limit.1 queued is parked at its routing time limit, not before", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 7 } }));
  const { conversation } = await desk.inbound();
  const dueAt = worker.in(7 * minuteMs);
  expect(await desk.due(conversation, "routingLimit")).toBe(dueAt);
  await worker.advance(7 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("queued");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "parked",
    offline: true,
    version: 2,
  });
  expect(await desk.eventsOf("routingTimedOut", conversation)).toMatchObject([
    { dueAt, firedAt: dueAt },
  ]);
  await desk.available("ana");
  expect(await desk.state(conversation)).toBe("parked");
});

test("3.diagram.9 3.routing-limit.1 offered is parked too, and the offer withdrawn", async () => {
  const desk = await worker.tenant(
    document({
      open: { acceptance: "manual", offerTimeoutSeconds: 600 },
      offline: { routingTimeLimit: 2 },
    }),
  );
  const { conversation } = await desk.inbound();
  await worker.advance(minuteMs);
  await desk.available("ana");
  expect(await desk.state(conversation)).toBe("offered");
  await worker.advance(minuteMs);
  expect(await desk.state(conversation)).toBe("parked");
  expect(await desk.eventsOf("offerWithdrawn", conversation)).toMatchObject([
    { agent: "ana", reason: "routing_time_limit" },
  ]);
  expect((await desk.agent("ana")).units.used).toBe(0);
});

test("3.diagram.9 2.its-clock.1 on the wall clock also held is parked", async () => {
  await worker.next("20:00");
  const offlineMessages = { enabled: true, routingClock: "wall", routingTimeLimit: 45 };
  const desk = await worker.tenant(document({ web: { skillQueue: "office", offlineMessages } }));
  const { conversation, state } = await desk.inbound();
  expect(state).toBe("held");
  expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(45 * minuteMs));
  await worker.advance(45 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("held");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("parked");
});
