import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { ContractWorker, dayMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

test("F9 `customerId` given on a later message is taken over", async () => {
  const mode = { lastAgentMode: { enabled: true, scope: "customer" } };
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 3), agent("ben", 3)],
      web: mode,
      channels: [channel("sms", "sms", mode)],
    }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound({ channel: "sms", customer: "+49" });
  await desk.inbound({ channel: "sms", customer: "+49", customerId: "k" });
  await desk.answer(conversation, "ana");
  await desk.presence("ana", "away");
  await desk.available("ben");
  const back = await desk.inbound({ customer: "other", customerId: "k" });
  expect(await desk.conversation(back.conversation)).toMatchObject({
    lastAgent: "ana",
    reservedFor: "ana",
  });
});

test("F12 3.8.3 timers due at the command's own instant fire before it answers", async () => {
  const desk = await worker.tenant(
    document({ open: { acceptance: "manual", connectWaitSeconds: 0 } }),
  );
  await desk.presence("ana", "away");
  expect(await desk.inbound()).toMatchObject({ state: "queued", offline: true });
});

test("F14 all flips of one instant come before matching, which then follows rule 3 across queues", async () => {
  await worker.next("20:00");
  const two = {
    id: "two",
    timeZone: "Europe/London",
    weekly: { mon: ["09:00-10:00"], tue: ["09:00-10:00"], wed: ["09:00-10:00"] },
  };
  const base = document({
    queues: [{ id: "second", calendar: "two" }],
    agents: [agent("ana", 1, { office: 1, second: 1 })],
    channels: [
      channel("a", "web", { skillQueue: "office" }),
      channel("b", "web", { skillQueue: "second" }),
    ],
  });
  const desk = await worker.tenant({
    ...base,
    calendars: [...(base["calendars"] as object[]), two],
  });
  const low = await desk.inbound({ channel: "a", priority: 1 });
  const high = await desk.inbound({ channel: "b", priority: 9 });
  expect([low.state, high.state]).toEqual(["held", "held"]);
  await worker.next("08:59");
  await desk.available("ana");
  await worker.next("09:00");
  expect(await desk.state(high.conversation)).toBe("assigned");
  expect(await desk.state(low.conversation)).toBe("queued");
});

test("F14 at one instant matching comes after the flips, and before the other timers", async () => {
  await worker.next("08:30");
  const desk = await worker.tenant(
    document({
      web: {
        skillQueue: "office",
        offlineMessages: { enabled: true, routingClock: "wall", routingTimeLimit: 30 },
      },
    }),
  );
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await worker.next("09:00");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
  expect(await desk.eventsOf("routingTimedOut", conversation)).toEqual([]);
});

test("F19 a change to `available` resets the missed offers", async () => {
  const open = { acceptance: "manual", offerTimeoutSeconds: 5, reofferSeconds: 1 };
  const desk = await worker.tenant(document({ open }));
  await desk.available("ana");
  await desk.inbound();
  for (let round = 0; round < 2; round += 1) {
    await worker.advance(6000);
  }
  await desk.presence("ana", "away");
  await desk.available("ana");
  await worker.advance(6000);
  await worker.advance(6000);
  expect((await desk.agent("ana")).status).toBe("available");
  await worker.advance(6000);
  expect(await desk.agent("ana")).toMatchObject({ status: "away", reason: "missed_offers" });
});

test("F21 the first reply runs also where the reply window has closed meanwhile", async () => {
  const desk = await worker.tenant(
    document({ open: { reassignAfterMinutes: 10 }, offline: { agentOutboundTimeLimitMinutes: 5 } }),
  );
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await worker.advance(5 * minuteMs);
  expect((await desk.conversation(conversation)).mayWrite.verdict).toBe("blocked");
  await worker.advance(5 * minuteMs);
  expect(await desk.state(conversation)).toBe("queued");
});

test("F28 a repeat comes before `stale_version` and all of the state", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation, version } = await desk.inbound();
  await desk.write(conversation, "ana", { id: "w", version });
  expect(await desk.write(conversation, "ana", { id: "w", version })).toMatchObject({
    status: 202,
    body: { duplicate: true },
  });
  expect(await desk.write(conversation, "ana", { id: "v", version })).toMatchObject({
    status: 409,
    body: { code: "stale_version" },
  });
});

test("F28 `assign` and the rest refuse an unknown agent before a stale version", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  expect(await desk.act(conversation, "assign", { agent: "zoe", version: 99 })).toMatchObject({
    status: 404,
  });
  expect(await desk.act(conversation, "assign", { agent: "ana", version: 99 })).toMatchObject({
    status: 409,
    body: { code: "stale_version" },
  });
  expect(await desk.act(conversation, "assign", {})).toMatchObject({ status: 422 });
});

test("F33 the rules of an explanation: a person, and the waiting time of what they assigned", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await worker.advance(7000);
  await desk.presence("ana", "away");
  await desk.act(conversation, "assign", { agent: "ana" });
  expect(await desk.explanation(conversation)).toMatchObject({ rule: "person", waitedMs: 7000 });
});

test("F32 the timers of a conversation by their names", async () => {
  const desk = await worker.tenant(
    document({
      open: {
        acceptance: "manual",
        reassignAfterMinutes: 5,
        reofferSeconds: 3600,
        offerTimeoutSeconds: 600,
        connectWaitSeconds: 900,
      },
      offline: { agentOutboundTimeLimitMinutes: 60 },
    }),
  );
  const timers = async (id: string): Promise<readonly string[]> =>
    (await desk.conversation(id)).deadlines.map(({ timer }) => timer).toSorted();
  await desk.available("ana");
  const { conversation: id } = await desk.inbound();
  expect(await timers(id)).toEqual(["connectWait", "offer"]);
  await desk.act(id, "decline", { agent: "ana" });
  expect(await timers(id)).toEqual(["connectWait", "reoffer"]);
  await worker.advance(15 * minuteMs);
  expect(await timers(id)).toEqual(["reoffer", "replyWindow", "routingLimit"]);
  await desk.act(id, "assign", { agent: "ana" });
  expect(await timers(id)).toEqual(expect.arrayContaining(["firstReply", "replyWindow"]));
  await desk.answer(id, "ana");
  expect(await timers(id)).toEqual(expect.arrayContaining(["calledCustomerReply"]));
  await worker.advance(3 * minuteMs);
  expect(await timers(id)).toEqual(expect.arrayContaining(["dormancy"]));
});

test("F36 `oldestAge` is that of the oldest waiting or held", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(document({ web: { skillQueue: "office" } }));
  const age = worker.now;
  await desk.inbound();
  await worker.advance(1000);
  await desk.inbound({ customer: "b" });
  expect(await desk.queue("office")).toMatchObject({ held: 2, oldestAge: age });
});

test("F39 F40 an NDJSON body above 16 MiB gets one `too_large` problem, then the stream ends", async () => {
  const desk = await worker.tenant(document());
  const text = "x".repeat(65_000);
  const body = Array.from({ length: 262 }, (_, index) =>
    JSON.stringify({ id: `m${index % 2}`, channel: "web", customer: "v", text }),
  ).join("\n");
  expect(body.length).toBeGreaterThan(16 * 1024 * 1024);
  const answer = await desk.call<string>("POST", "/messages", body, {
    "content-type": "application/x-ndjson",
  });
  const last = answer.body.trimEnd().split("\n").at(-1) ?? "";
  expect(JSON.parse(last)).toMatchObject({ code: "too_large" });
});

test("F29 F30 bulk and single actions name the conversation they are for", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await desk.presence("ana", "away");
  const { body } = await desk.call<{ items: readonly unknown[] }>("POST", "/conversations/assign", {
    items: [{ conversation, agent: "ana", version: 99 }],
  });
  expect(body.items).toMatchObject([{ status: 409, code: "stale_version", conversation }]);
});

test("3.20.1 F47 2.tenant.3 every retention runs on the worker's clock: dormant, then closed, then gone", async () => {
  const desk = await worker.tenant(
    document({ tenant: { retention: { dormantDays: 1, closedDays: 1 } } }),
  );
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  await worker.advance(3 * minuteMs + dayMs);
  expect(await desk.state(conversation)).toBe("closed");
  await worker.advance(dayMs - 1);
  expect(await desk.state(conversation)).toBe("closed");
  await worker.advance(1);
  expect((await desk.call("GET", `/conversations/${conversation}`)).status).toBe(404);
  expect((await desk.inbound()).conversation).not.toBe(conversation);
});

test("4.law.7 F10 age survives the loss of an owner", async () => {
  const desk = await worker.tenant(
    document({ tenant: { presence: { heartbeatSeconds: 10, graceSeconds: 0 } } }),
  );
  const age = worker.now;
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await worker.advance(10_000);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "queued",
    age,
    offline: true,
  });
});

test("3.10.1 2.tenant.2 with a grace of 0 s the owner is lost with the heartbeat", async () => {
  const desk = await worker.tenant(
    document({ tenant: { presence: { heartbeatSeconds: 10, graceSeconds: 0 } } }),
  );
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await worker.advance(10_000 - 1);
  expect(await desk.state(conversation)).toBe("assigned");
  await worker.advance(1);
  expect(await desk.state(conversation)).toBe("queued");
});

test("F6 F36 an overloaded agent counts 0 free units", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 1), agent("ben", 2)] }));
  const ids: string[] = [];
  for (const customer of ["a", "b"]) ids.push((await desk.inbound({ customer })).conversation);
  await desk.presence("ana", "away");
  for (const id of ids) await desk.act(id, "assign", { agent: "ana", override: true });
  await desk.available("ana", "ben");
  expect(await desk.queue("open")).toMatchObject({
    freeUnits: 2,
    agents: { signedIn: 2, available: 2, free: 1 },
  });
  expect(
    (await desk.call("PUT", "/agents/ana/presence", { status: "available" })).body,
  ).toMatchObject({ freeUnits: -1 });
});
