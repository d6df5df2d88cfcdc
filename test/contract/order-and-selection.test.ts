import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import { ContractWorker, hourMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

/** Who is assigned next, when one agent with one unit takes and closes one after the other. */
async function taken(desk: TenantDesk, count: number, by = "ana"): Promise<readonly unknown[]> {
  await desk.available(by);
  const customers: unknown[] = [];
  for (let index = 0; index < count; index += 1) {
    const [id = ""] = (await desk.agent(by)).conversations;
    customers.push((await desk.conversation(id)).customer);
    await desk.act(id, "close");
  }
  return customers;
}

const single = [agent("ana", 1)];

test("3.3.1 2.skill-queue.9 live before offline where `liveFirst`, then priority descending, then age, then sequence", async () => {
  for (const liveFirst of [true, false]) {
    const desk = await worker.tenant(
      document({ agents: single, open: { liveFirst, connectWaitSeconds: 600 } }),
    );
    await desk.inbound({ customer: "offline-low" });
    await desk.inbound({ customer: "offline-high", priority: 9 });
    await desk.presence("ana", "away");
    await desk.inbound({ customer: "live-old" });
    await worker.advance(1);
    await desk.inbound({ customer: "live-young" });
    await desk.inbound({ customer: "live-twin" });
    await desk.inbound({ customer: "live-high", priority: 3 });
    const live = ["live-high", "live-old", "live-young", "live-twin"];
    expect(await taken(desk, 6)).toEqual(
      liveFirst
        ? [...live, "offline-high", "offline-low"]
        : ["offline-high", "live-high", "offline-low", "live-old", "live-young", "live-twin"],
    );
  }
});

test("2.channel.1 a channel's priority counts, higher first", async () => {
  const desk = await worker.tenant(
    document({ agents: single, channels: [channel("vip", "web", { priority: 14 })] }),
  );
  await desk.inbound({ customer: "plain" });
  await desk.inbound({ customer: "vip", channel: "vip" });
  expect(await taken(desk, 2)).toEqual(["vip", "plain"]);
});

test("3.3.2 F15 2.skill-queue.8 with `order: reply-window` the soonest-closing window replaces age, re-sorted at each customer message; none and over come last, by age", async () => {
  const desk = await worker.tenant(
    document({
      agents: single,
      open: { order: "reply-window" },
      offline: { routingTimeLimit: 60, routingTimeLimitUnit: "hours" },
      channels: [
        channel("wa", "whatsapp", {}, { routingTimeLimit: 60, routingTimeLimitUnit: "hours" }),
      ],
    }),
  );
  await desk.inbound({ customer: "no-window" });
  await desk.inbound({ customer: "over", channel: "wa" });
  await worker.advance(23 * hourMs);
  await desk.inbound({ customer: "first", channel: "wa" });
  await worker.advance(minuteMs);
  await desk.inbound({ customer: "second", channel: "wa" });
  await worker.advance(minuteMs);
  await desk.inbound({ customer: "first", channel: "wa" });
  await worker.advance(hourMs);
  expect(await taken(desk, 4)).toEqual(["second", "first", "no-window", "over"]);
});

test("3.3.3 3.5.1 3.5.2 across queues the same comparison holds, by age; no queue starves another", async () => {
  const desk = await worker.tenant(
    document({
      queues: [{ id: "second" }],
      agents: [agent("ana", 1, { open: 1, second: 1 })],
      channels: [channel("two", "web", { skillQueue: "second" })],
    }),
  );
  const order = ["web", "two", "two", "web", "two", "web"];
  for (const [index, one] of order.entries()) {
    await desk.inbound({ channel: one, customer: `c${index}` });
    await worker.advance(1);
  }
  expect(await taken(desk, 6)).toEqual(["c0", "c1", "c2", "c3", "c4", "c5"]);
});

test("F15 `liveFirst` is the item's own queue's", async () => {
  const desk = await worker.tenant(
    document({
      open: { connectWaitSeconds: 600 },
      queues: [{ id: "second", liveFirst: false, connectWaitSeconds: 600 }],
      agents: [agent("ana", 1, { open: 1, second: 1 })],
      channels: [channel("two", "web", { skillQueue: "second" })],
    }),
  );
  await desk.inbound({ customer: "offline", channel: "two" });
  await desk.presence("ana", "away");
  await worker.advance(1);
  await desk.inbound({ customer: "live-two", channel: "two" });
  await worker.advance(1);
  await desk.inbound({ customer: "live-one" });
  expect(await taken(desk, 3)).toEqual(["live-one", "offline", "live-two"]);
});

async function chosen(desk: TenantDesk, count: number, prefix = "c"): Promise<readonly unknown[]> {
  const agents: unknown[] = [];
  for (let index = 0; index < count; index += 1) {
    agents.push((await desk.inbound({ customer: `${prefix}${index}` })).agent);
    await worker.advance(1);
  }
  return agents;
}

const three = [agent("ana", 3), agent("ben", 3), agent("cem", 3)];

test("3.4.1 longest-idle: longest since the agent last received or ended an assignment, or signed in", async () => {
  const desk = await worker.tenant(document({ agents: three }));
  await desk.available("cem");
  await worker.advance(1);
  await desk.available("ana");
  await worker.advance(1);
  await desk.available("ben");
  await worker.advance(1);
  expect(await chosen(desk, 4)).toEqual(["cem", "ana", "ben", "cem"]);
  const [first = ""] = (await desk.agent("ana")).conversations;
  await desk.act(first, "close", { agent: "ana" });
  await worker.advance(1);
  expect(await chosen(desk, 3, "d")).toEqual(["ben", "cem", "ana"]);
});

test("F16 longest idle: an offer does not count as received, its accept does", async () => {
  const desk = await worker.tenant(
    document({ agents: three.slice(0, 2), open: { acceptance: "manual" } }),
  );
  await desk.available("ana");
  await worker.advance(1);
  await desk.available("ben");
  await worker.advance(1);
  const first = await desk.inbound({ customer: "a" });
  expect(first.agent).toBe("ana");
  await worker.advance(1);
  expect((await desk.inbound({ customer: "b" })).agent).toBe("ana");
  await desk.act(first.conversation, "accept", { agent: "ana" });
  expect((await desk.inbound({ customer: "c" })).agent).toBe("ben");
});

test("F16 `away` to `available` does not restart idle time, a sign-in after the grace does; ties follow the document", async () => {
  const presence = { heartbeatSeconds: 3600, graceSeconds: 10 };
  const desk = await worker.tenant(document({ agents: three.slice(0, 2), tenant: { presence } }));
  await desk.available("ana");
  await worker.advance(1);
  await desk.available("ben");
  await desk.presence("ana", "away");
  await worker.advance(1000);
  await desk.available("ana");
  expect((await desk.inbound({ customer: "a" })).agent).toBe("ana");
  await desk.presence("ben", "offline");
  await worker.advance(20_000);
  await desk.available("ben");
  expect((await desk.inbound({ customer: "b" })).agent).toBe("ana");
  const tied = await worker.tenant(document({ agents: three.toReversed() }));
  await tied.available("ana", "ben", "cem");
  expect((await tied.inbound()).agent).toBe("cem");
});

test("3.4.3 reference: loads 3/5, 3/4, 3/5, 0/3 with idle minutes 5, 3, 7, 2 give `least-loaded` order D, C, A, B", async () => {
  const skills = { open: 5, office: 5 };
  const agents = [
    agent("a", 5, skills),
    agent("b", 4, skills),
    agent("c", 5, skills),
    agent("d", 3, skills),
  ];
  const desk = await worker.tenant(document({ agents, open: { agentSelection: "least-loaded" } }));
  const load = async (id: string): Promise<void> => {
    for (let index = 0; index < 3; index += 1) {
      const { conversation } = await desk.inbound({ customer: `${id}${index}` });
      await desk.act(conversation, "assign", { agent: id });
    }
  };
  for (const id of ["a", "b", "c"]) await desk.presence(id, "away");
  await load("c");
  await worker.advance(2 * minuteMs);
  await load("a");
  await worker.advance(2 * minuteMs);
  await load("b");
  await worker.advance(minuteMs);
  await desk.presence("d", "away");
  await worker.advance(2 * minuteMs);
  await desk.available("a", "b", "c", "d");
  const order: unknown[] = [];
  for (const customer of ["w", "x", "y", "z"]) {
    const { agent: by } = await desk.inbound({ customer });
    order.push(by);
    await desk.presence(String(by), "away");
  }
  expect(order).toEqual(["d", "c", "a", "b"]);
});

test("3.4.1 F16 round-robin: next after the last chosen in the document's order, beginning with the first", async () => {
  const desk = await worker.tenant(
    document({
      agents: three.map((one) => ({ ...one, capacity: 9 })),
      open: { agentSelection: "round-robin" },
    }),
  );
  await desk.available("cem");
  await worker.advance(1);
  await desk.available("ben", "ana");
  expect(await chosen(desk, 5)).toEqual(["ana", "ben", "cem", "ana", "ben"]);
  await desk.presence("cem", "away");
  expect(await chosen(desk, 2, "d")).toEqual(["ana", "ben"]);
  await desk.call("PUT", "/agents/dan", { skills: { open: 1 }, capacity: 3 });
  await desk.available("cem", "dan");
  expect(await chosen(desk, 3, "e")).toEqual(["cem", "dan", "ana"]);
});

test("3.4.1 best-level: skill level, then longest idle", async () => {
  const agents = [
    agent("low", 3, { open: 1 }),
    agent("one", 1, { open: 9 }),
    agent("two", 1, { open: 9 }),
  ];
  const desk = await worker.tenant(document({ agents, open: { agentSelection: "best-level" } }));
  await desk.available("low");
  await worker.advance(1);
  await desk.available("two");
  await worker.advance(1);
  await desk.available("one");
  expect(await chosen(desk, 3)).toEqual(["two", "one", "low"]);
});

test("3.4.2 F33 eligible: available, skilled, with free units, below the surge rate, not passed over", async () => {
  const ids = ["offline", "away", "full", "surge", "passed", "fresh"];
  const open = { reofferSeconds: 600, maxAssignmentsPerAgentPerMinute: 2, connectWaitSeconds: 600 };
  const desk = await worker.tenant(
    document({
      agents: [
        ...ids.map((id) => agent(id, id === "full" ? 1 : 3)),
        agent("unskilled", 1, { office: 1 }),
      ],
      open,
    }),
  );
  const filler = await desk.inbound({ customer: "filler" });
  await desk.presence("full", "away");
  await desk.act(filler.conversation, "assign", { agent: "full" });
  await desk.presence("away", "away");
  await desk.available("full", "unskilled", "surge");
  for (const customer of ["s1", "s2"]) {
    expect((await desk.inbound({ customer })).agent).toBe("surge");
  }
  await desk.available("passed");
  const { conversation, agent: owner } = await desk.inbound();
  expect(owner).toBe("passed");
  expect((await desk.act(conversation, "release", { agent: "passed" })).body.state).toBe("queued");
  await desk.available("fresh");
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "assigned",
    agent: "fresh",
  });
  expect(await desk.explanation(conversation)).toMatchObject({
    eligible: 1,
    passedOver: { offline: 1, away: 1, no_capacity: 1, surge_rate: 1, passed_over: 1 },
    agents: [
      { agent: "offline", code: "offline" },
      { agent: "away", code: "away" },
      { agent: "full", code: "no_capacity" },
      { agent: "surge", code: "surge_rate" },
      { agent: "passed", code: "passed_over" },
    ],
  });
});

test("3.5.3 3.5.4 F36 a head that does not fit is passed by, and `oldestTooCostly` shows it", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 3)],
      channels: [channel("wa", "whatsapp", {}, { routingTimeLimit: 60 })],
      tenant: { channelCosts: { whatsapp: 3 } },
    }),
  );
  await desk.available("ana");
  const busy = await desk.inbound({ customer: "busy" });
  const age = worker.now;
  const big = await desk.inbound({ customer: "big", channel: "wa" });
  await worker.advance(1);
  const small = await desk.inbound({ customer: "small" });
  expect(big.state).toBe("queued");
  expect(small).toMatchObject({ state: "assigned", agent: "ana" });
  expect(await desk.queue("open")).toMatchObject({
    oldestTooCostly: age,
    oldestAge: age,
    freeUnits: 1,
  });
  await desk.act(busy.conversation, "close");
  await desk.act(small.conversation, "close");
  expect(await desk.state(big.conversation)).toBe("assigned");
  expect(await desk.queue("open")).toMatchObject({
    oldestTooCostly: null,
    oldestAge: null,
    freeUnits: 0,
  });
});

test("3.6.1 3.6.2 every way by which capacity or work appears matches at once", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 1), agent("ben", 1)] }));
  const waits = async (customer: string): Promise<string> => {
    const { conversation, state } = await desk.inbound({ customer });
    expect(state).toBe("queued");
    return conversation;
  };
  const first = await waits("a");
  await desk.available("ana");
  expect(await desk.state(first)).toBe("assigned");
  const second = await waits("b");
  await desk.act(first, "close");
  expect(await desk.state(second)).toBe("assigned");
  const third = await waits("c");
  await desk.answer(second, "ana");
  await worker.advance(20 * minuteMs);
  expect(await desk.state(third)).toBe("assigned");
  const fourth = await waits("d");
  await desk.call("PUT", "/agents/ana", { skills: { open: 1 }, capacity: 2 });
  expect(await desk.state(fourth)).toBe("assigned");
});

test("3.6.3 an item nobody can take now never blocks the one behind it", async () => {
  const desk = await worker.tenant(
    document({
      queues: [{ id: "nobody" }],
      agents: [agent("ana", 1)],
      channels: [channel("lost", "web", { skillQueue: "nobody" }), channel("wa", "whatsapp")],
      tenant: { channelCosts: { whatsapp: 1 } },
    }),
  );
  const lines = Array.from({ length: 500 }, (_, index) =>
    JSON.stringify({
      id: `l${index}`,
      channel: "lost",
      customer: `l${index}`,
      text: "x",
      priority: 14,
    }),
  ).join("\n");
  const bulk = await desk.call("POST", "/messages", lines, {
    "content-type": "application/x-ndjson",
  });
  expect(bulk.status).toBe(200);
  await desk.available("ana");
  expect(await desk.inbound({ customer: "routable" })).toMatchObject({
    state: "assigned",
    agent: "ana",
  });
});

test("3.16.1 3.allowance.1 2.skill-queue.11 F18 the surge rate spreads a backlog; the allowance returns 60 s after the oldest, exactly", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 50), agent("ben", 50)],
      open: { maxAssignmentsPerAgentPerMinute: 2 },
    }),
  );
  for (let index = 0; index < 8; index += 1) await desk.inbound({ customer: `c${index}` });
  await desk.available("ana");
  expect((await desk.agent("ana")).units.used).toBe(2);
  await desk.available("ben");
  expect((await desk.agent("ben")).units.used).toBe(2);
  expect((await desk.queue("open")).waiting.offline).toBe(4);
  await worker.advance(minuteMs - 1);
  expect((await desk.queue("open")).waiting.offline).toBe(4);
  await worker.advance(1);
  expect((await desk.queue("open")).waiting.offline).toBe(0);
  expect([(await desk.agent("ana")).units.used, (await desk.agent("ben")).units.used]).toEqual([
    4, 4,
  ]);
});

test("F18 surge: assignments by a person or by contact are not counted, and each queue counts its own", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 50)],
      open: { maxAssignmentsPerAgentPerMinute: 1 },
      channels: [channel("o2", "web", { skillQueue: "two" })],
      queues: [{ id: "two" }],
    }),
  );
  await desk.call("PUT", "/agents/ana", { skills: { open: 1, two: 1 }, capacity: 50 });
  await desk.presence("ana", "away");
  const byPerson = await desk.inbound({ customer: "p" });
  await desk.act(byPerson.conversation, "assign", { agent: "ana" });
  await desk.available("ana");
  expect((await desk.contact("ana", { customer: "contacted" })).status).toBe(201);
  expect(await desk.inbound({ customer: "a" })).toMatchObject({ state: "assigned" });
  expect(await desk.inbound({ customer: "b" })).toMatchObject({ state: "queued" });
  expect(await desk.inbound({ customer: "c", channel: "o2" })).toMatchObject({ state: "assigned" });
});

test("3.19.1 F33 every assignment event says why", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 1), agent("ben", 1), agent("cem", 1), agent("dan", 1)],
      open: { agentSelection: "best-level" },
    }),
  );
  const { conversation } = await desk.inbound();
  await desk.presence("ben", "away");
  await worker.advance(5000);
  await desk.available("cem");
  expect(await desk.explanation(conversation)).toEqual({
    rule: "best-level",
    waitedMs: 5000,
    eligible: 1,
    passedOver: { offline: 2, away: 1 },
    agents: [
      { agent: "ana", code: "offline" },
      { agent: "ben", code: "away" },
      { agent: "dan", code: "offline" },
    ],
  });
  await desk.available("dan");
  const second = await desk.inbound({ customer: "two" });
  expect(await desk.explanation(second.conversation)).toMatchObject({
    rule: "best-level",
    eligible: 1,
    passedOver: { offline: 1, away: 1, no_capacity: 1 },
  });
});

test("3.19.1 at most eight are named, all are counted", async () => {
  const agents = Array.from({ length: 12 }, (_, index) => agent(`a${index}`, 1));
  const desk = await worker.tenant(document({ agents }));
  await desk.available("a5");
  const { conversation } = await desk.inbound();
  const reason = await desk.explanation(conversation);
  expect(reason).toMatchObject({ eligible: 1, passedOver: { offline: 11 } });
  expect(reason.agents).toHaveLength(8);
});

test("3.19.2 5.get-conversations-id-timeline.1 a person reads it at `/timeline`: messages and decisions with reasons, in order", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound({ text: "first" });
  await worker.advance(1000);
  await desk.available("ana");
  await desk.answer(conversation, "ana", "second");
  const { body } = await desk.read<{
    entries: readonly { type: string; at: string; text?: string; reason?: unknown }[];
  }>(`/conversations/${conversation}/timeline`);
  const texts = body.entries.flatMap(({ text }) => (text === undefined ? [] : [text]));
  expect(texts).toEqual(["first", "second"]);
  const assigned = body.entries.find(({ type }) => type === "conversationAssigned");
  expect(assigned?.reason).toMatchObject({ rule: "longest-idle", waitedMs: 1000, eligible: 1 });
  const times = body.entries.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
});

test("F36 `/queues` counts waiting, offered, parked and held, and the agents", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 2), agent("ben", 2), agent("cem", 1)],
      open: { acceptance: "manual" },
      offline: { routingTimeLimit: 1 },
    }),
  );
  await desk.inbound({ customer: "parked" });
  await worker.advance(minuteMs);
  await desk.available("ana");
  await desk.presence("ben", "away");
  expect(await desk.inbound({ customer: "o1" })).toMatchObject({ state: "offered" });
  const [item] = [await desk.queue("open")];
  expect(item).toEqual({
    id: "open",
    open: true,
    nextChangeAt: null,
    waiting: { live: 0, offline: 0 },
    reserved: 0,
    offered: 1,
    parked: 1,
    held: 0,
    oldestAge: null,
    oldestTooCostly: null,
    agents: { signedIn: 2, available: 1, free: 1 },
    freeUnits: 1,
  });
});
