import { byBacklog, type Backlog } from "./backlog.ts";
import { EngineDesk, ids, type Given } from "./engine-desk.ts";
import type { Benchmark } from "./figures.ts";
import { offlineMessages } from "./waiting-tenant.ts";

/*
 * Goal: that one turn of an agent costs the same whatever stands in the way: conversations that go
 * to nobody, queues by the thousand, a reservation on everything.
 *
 * Non-goal: throughput of ordinary work (`assign.*`).
 */

const presence = { heartbeatSeconds: 3600 };

function first(given: readonly Given[]): Given {
  const [one] = given;
  if (one === undefined) throw new Error("nobody was given anything");
  return one;
}

/** The one agent who was just given something closes it, and is given the next. */
function turnsOfOne(desk: EngineDesk, prepare: () => void): Backlog {
  let now = first(desk.given());
  return {
    prepare,
    turn: () => {
      desk.close(now);
      now = first(desk.given());
    },
    resultHash: () => desk.resultHash(),
  };
}

/** Messages of five units wait before messages of one, and only an agent of one unit is there. */
const unroutableAhead = byBacklog({
  name: "worst.unroutable-ahead",
  goal: "an agent frees up while conversations that fit nobody stand before the one that fits",
  nonGoal: "throughput of ordinary work, see assign.*",
  of: "ahead",
  sizes: [1_000, 100_000],
  smokeSizes: [100, 1_000],
  open: (ahead) => {
    const desk = new EngineDesk({
      skillQueues: [{ id: "queue" }],
      agents: [
        { id: "small", capacity: 1, skills: { queue: 5 } },
        { id: "large", capacity: 5, skills: { queue: 5 } },
      ],
      channelCosts: { sms: 5 },
      channels: [
        { id: "web", kind: "web", skillQueue: "queue", offlineMessages },
        { id: "sms", kind: "sms", skillQueue: "queue", offlineMessages },
      ],
      presence,
    });
    for (let index = 0; index < ahead; index += 1) desk.write({ channel: "sms" });
    desk.write();
    desk.present("small");
    return turnsOfOne(desk, () => void desk.write());
  },
});

/** Every queue has somebody waiting; the agent has fifty of them. */
const manyQueues = byBacklog({
  name: "worst.many-queues",
  goal: "an agent with 50 skills frees up over many queues, in all of which somebody waits",
  nonGoal: "throughput of ordinary work, see assign.*",
  of: "queues",
  sizes: [100, 10_000],
  smokeSizes: [100, 500],
  open: (queueCount) => {
    const queues = ids("queue", queueCount);
    const step = Math.floor(queueCount / 50);
    const own = queues.filter((_, index) => index % step === 0).slice(0, 50);
    const desk = new EngineDesk({
      skillQueues: queues.map((id) => ({ id })),
      agents: [{ id: "agent", capacity: 1, skills: Object.fromEntries(own.map((id) => [id, 5])) }],
      channels: [{ id: "web", kind: "web", skillQueue: "queue-0", offlineMessages }],
      presence,
    });
    for (const queue of queues) desk.write({ queue });
    desk.present("agent");
    let turn = 0;
    return turnsOfOne(desk, () => void desk.write({ queue: own[turn++ % own.length] ?? "" }));
  },
});

/** Everybody who waits is kept for the agent who wrote to them last, and those are all busy. */
const allReserved = byBacklog({
  name: "worst.all-reserved",
  goal: "an agent frees up while every conversation that waits is reserved for some agent",
  nonGoal: "throughput of ordinary work, see assign.*",
  of: "reserved",
  sizes: [1_000, 100_000],
  smokeSizes: [200, 1_000],
  open: openReserved,
});

const reservedAgents = ids("agent", 64);

function openReserved(reserved: number) {
  const lastAgentMode = { enabled: true, waitMinutes: 60, offlineWaitMinutes: 60 };
  const desk = new EngineDesk({
    skillQueues: [{ id: "queue" }],
    agents: reservedAgents.map((id) => ({ id, capacity: 1, skills: { queue: 5 } })),
    channels: [{ id: "web", kind: "web", skillQueue: "queue", lastAgentMode, offlineMessages }],
    presence,
  });
  for (const agent of reservedAgents) desk.present(agent);
  // Each customer is answered once, so that all have a last agent.
  for (let index = 0; index < reserved; index += 1) {
    desk.at += 1; // or nobody would be idle for longer than the first
    desk.write({ customer: `customer-${index}` });
    const given = first(desk.given());
    desk.reply(given);
    desk.close(given);
  }
  const busy: Given[] = [];
  for (const agent of reservedAgents) {
    desk.write({ customer: `busy-${agent}` });
    busy.push(...desk.given());
  }
  const customerOf = new Map<number, string>();
  const again = (customer: string): void => void customerOf.set(desk.write({ customer }), customer);
  for (let index = 0; index < reserved; index += 1) again(`customer-${index}`);
  let turn = 0;
  let closed: string | undefined;
  return {
    prepare: () => {
      if (closed !== undefined) again(closed);
    },
    turn: () => {
      const at = turn++ % busy.length;
      const now = busy[at];
      if (now === undefined) throw new Error("an agent has nothing");
      closed = customerOf.get(now.conversation);
      desk.close(now);
      busy[at] = first(desk.given());
    },
    resultHash: () => desk.resultHash(),
  };
}

export const worstMatching: readonly Benchmark[] = [unroutableAhead, manyQueues, allReserved];
