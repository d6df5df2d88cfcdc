import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import type { AgentState, Conversation, QueueState } from "./wire.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const costs: Readonly<Record<string, number>> = { web: 1, wa: 2, night: 1 };
const usesCapacity = new Set(["offered", "assigned", "awaiting-customer", "live"]);

const tenant = document({
  open: {
    acceptance: "manual",
    offerTimeoutSeconds: 20,
    reofferSeconds: 30,
    connectWaitSeconds: 40,
  },
  offline: { routingTimeLimit: 2 },
  agents: [agent("ana", 3), agent("ben", 4, { open: 3 }), agent("cem", 2, { office: 5, auto: 5 })],
  queues: [{ id: "auto" }],
  channels: [
    channel("wa", "whatsapp", { skillQueue: "auto" }, { routingTimeLimit: 3 }),
    channel("night", "web", { skillQueue: "office" }, { routingTimeLimit: 1 }),
  ],
  tenant: { channelCosts: { whatsapp: 2 }, presence: { heartbeatSeconds: 600, graceSeconds: 30 } },
});

/** A small generator of its own, so that a run can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function step(desk: TenantDesk, pick: (below: number) => number): Promise<void> {
  const agents = ["ana", "ben", "cem"];
  const by = agents[pick(3)] ?? "ana";
  const open = await desk.list(
    "?state=offered,assigned,awaiting-customer,live,queued,parked,dormant,held",
  );
  const one = open[pick(Math.max(1, open.length))];
  const id = one?.id ?? "c1";
  const owner = one?.agent ?? by;
  const what = pick(12);
  if (what <= 3) {
    const at = ["web", "wa", "night"][pick(3)] ?? "web";
    await desk.inbound({ channel: at, customer: `c${pick(6)}` });
  } else if (what === 4)
    await desk.presence(by, ["available", "available", "away", "offline"][pick(4)] ?? "away");
  else if (what === 5) await desk.act(id, "accept", { agent: owner });
  else if (what === 6) await desk.act(id, "decline", { agent: owner });
  else if (what === 7) await desk.write(id, owner);
  else if (what === 8) await desk.act(id, "release", pick(2) === 0 ? {} : { agent: owner });
  else if (what === 9) await desk.act(id, pick(3) === 0 ? "close" : "assign", { agent: by });
  else await worker.advance(1000 * (1 + pick(90)));
}

interface Seen {
  readonly conversations: readonly Conversation[];
  readonly agents: readonly AgentState[];
  readonly queues: readonly QueueState[];
}

async function look(desk: TenantDesk): Promise<Seen> {
  const [conversations, agents, queues] = await Promise.all([
    desk.list("?limit=200"),
    desk.read<{ items: readonly AgentState[] }>("/agents"),
    desk.read<{ items: readonly QueueState[] }>("/queues"),
  ]);
  return { conversations, agents: agents.body.items, queues: queues.body.items };
}

function holdLaws({ conversations, agents, queues }: Seen): void {
  for (const { id, capacity, units, conversations: owned } of agents) {
    const mine = conversations.filter((one) => one.agent === id && usesCapacity.has(one.state));
    expect([...owned].toSorted()).toEqual(mine.map((one) => one.id).toSorted());
    const used = mine.reduce((sum, one) => sum + (costs[one.channel] ?? 0), 0);
    expect(units).toEqual({ capacity, used, free: capacity - used });
    expect(used).toBeLessThanOrEqual(capacity);
  }
  for (const one of conversations) {
    expect(one.agent !== undefined, one.state).toBe(usesCapacity.has(one.state));
    if (["queued", "held", "parked"].includes(one.state)) expect(one.age).not.toBeNull();
  }
  for (const queue of queues) {
    const of = (state: string): number =>
      conversations.filter((one) => one.skillQueue === queue.id && one.state === state).length;
    expect(queue.waiting.live + queue.waiting.offline).toBe(of("queued"));
    expect([queue.offered, queue.parked, queue.held]).toEqual([
      of("offered"),
      of("parked"),
      of("held"),
    ]);
    expect(queue.open ? queue.held : of("queued")).toBe(0);
  }
  const open = conversations.filter(({ state }) => state !== "closed");
  const places = open.map(({ channel: at, customer }) => `${at} ${customer}`);
  expect(new Set(places).size).toBe(places.length);
  holdWork(open, agents);
}

/** Nobody waits for whom an agent is eligible. */
function holdWork(open: readonly Conversation[], agents: readonly AgentState[]): void {
  for (const one of open.filter(({ state }) => state === "queued")) {
    const passedOver = one.deadlines.flatMap((deadline) => deadline.agent ?? []);
    const eligible = agents.filter(
      ({ id, status, units, skills }) =>
        status === "available" &&
        skills[one.skillQueue] !== undefined &&
        units.free >= (costs[one.channel] ?? 0) &&
        !passedOver.includes(id) &&
        (one.reservedFor ?? id) === id,
    );
    expect(eligible, `${one.id} waits`).toEqual([]);
  }
}

test.each([1, 2, 3])(
  "4.law.1 4.law.2 4.law.3 4.law.4 4.law.5 4.law.10 after every step of a random stream the laws hold: seed %i",
  async (seed) => {
    await worker.next("17:52"); // so that the office closes on the way
    const desk = await worker.tenant(tenant);
    const pick = chance(seed);
    for (let count = 0; count < 120; count += 1) {
      await step(desk, pick);
      holdLaws(await look(desk));
    }
    await holdVersions(desk);
  },
);

/** Versions only grow, by one a step, and nobody owns what another has. */
async function holdVersions(desk: TenantDesk): Promise<void> {
  const versions = new Map<string, number>();
  const owners = new Map<string, string>();
  for (const { type, conversation = "", version = 0, agent: by = "" } of await desk.events()) {
    if (conversation === "") continue;
    expect(version).toBeGreaterThanOrEqual(versions.get(conversation) ?? 0);
    versions.set(conversation, version);
    if (type === "conversationOffered" || type === "conversationAssigned") {
      expect(owners.get(conversation) ?? by).toBe(by);
      owners.set(conversation, by);
    } else if (type === "offerWithdrawn" || type === "conversationLeft") {
      expect(owners.get(conversation)).toBe(by);
      owners.delete(conversation);
    }
  }
}

test("4.law.6 order inside a queue is never inverted among items the same agent could take", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 1)] }));
  const pick = chance(7);
  const sent: { readonly id: string; readonly priority: number; readonly at: number }[] = [];
  for (let index = 0; index < 30; index += 1) {
    const priority = pick(4);
    const { conversation } = await desk.inbound({ customer: `c${index}`, priority });
    sent.push({ id: conversation, priority, at: worker.nowMs });
    await worker.advance(pick(3));
  }
  await desk.available("ana");
  const taken: string[] = [];
  while (taken.length < sent.length) {
    const [id = ""] = (await desk.agent("ana")).conversations;
    taken.push(id);
    await desk.act(id, "close");
  }
  expect(taken).toEqual(
    sent.toSorted((a, b) => b.priority - a.priority || a.at - b.at).map(({ id }) => id),
  );
});

test("4.law.11 every unanswered customer message is in a conversation that a person will see", async () => {
  const desk = await worker.tenant(tenant);
  const pick = chance(11);
  for (let count = 0; count < 80; count += 1) await step(desk, pick);
  for (const { id, state, age, agent: by } of (await look(desk)).conversations) {
    if (state === "closed" || age === null) continue;
    expect(["held", "queued", "offered", "assigned", "live", "parked"]).toContain(state);
    if (state === "assigned" || state === "live") expect(by).toBeDefined();
    if (state === "parked")
      expect((await desk.list("?state=parked")).map((one) => one.id)).toContain(id);
  }
});

test("4.law.12 the same commands give the same answers and events, live, replayed after a power cut, and for another tenant", async () => {
  const first = await worker.tenant(tenant);
  const pick = chance(23);
  for (let count = 0; count < 60; count += 1) await step(first, pick);
  const before = [await look(first), await first.events()];
  await worker.crash();
  expect([await look(first), await first.events()]).toEqual(before);
});
