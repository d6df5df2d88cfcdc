import { EngineDesk, ids, type Given } from "./engine-desk.ts";
import { latencyFigures, type Benchmark, type Figure } from "./figures.ts";
import { turnsUs } from "./sampling.ts";

/**
 * Goal: how long the engine takes from "an agent has a free unit" to "the next conversation is
 * theirs", and how that grows with the number waiting.
 *
 * Non-goal: what a user of the worker sees. There is no journal, no thread and no HTTP here.
 *
 * Work: `waiting` offline conversations of one customer each wait in 4 queues for 64 agents of one
 * unit, all busy. One sample is one `closeConversation`, which frees a unit and matches; before it,
 * outside the sample, a new message brings the line back to its length.
 */
export const assignLatency: Benchmark = {
  name: "assign.latency",
  goal: "time of one match in the engine, by the number of conversations waiting",
  nonGoal: "latency through journal, threads or HTTP",
  run: async ({ smoke }) => {
    const sizes = smoke ? [100, 1_000] : [1_000, 10_000, 100_000];
    const figures: Figure[] = [];
    for (const waiting of sizes) figures.push(...(await measure(waiting, smoke ? 200 : 5_000)));
    return figures;
  },
};

const queueCount = 4;
const agentCount = 64;

async function measure(waiting: number, count: number): Promise<Figure[]> {
  const line = openingLine(waiting);
  const samples = await turnsUs({ turn: line.freeOne, prepare: line.refill, count });
  const name = `assign.latency/waiting=${waiting}`;
  const shares = { p50: 0.5, p99: 0.99, "p99.9": 0.999 };
  const resultHash = line.resultHash();
  const busyUs = samples.reduce((sum, us) => sum + us, 0);
  return [
    ...latencyFigures(name, "us", samples, shares, resultHash),
    {
      name,
      metric: "throughput",
      unit: "assignments/s",
      value: (samples.length / busyUs) * 1e6,
      samples: samples.length,
      resultHash,
    },
  ];
}

interface OpeningLine {
  /** One more conversation waits. */
  readonly refill: () => void;
  /** An agent closes what they have, and gets the next. */
  readonly freeOne: () => void;
  readonly resultHash: () => string;
}

/** Every agent busy, `waiting` conversations behind them. */
function openingLine(waiting: number): OpeningLine {
  const queues = ids("queue", queueCount);
  const agents = ids("agent", agentCount);
  const skills = Object.fromEntries(queues.map((id) => [id, 5]));
  const desk = new EngineDesk({
    skillQueues: queues.map((id) => ({ id })),
    agents: agents.map((id) => ({ id, capacity: 1, skills })),
    channels: [
      { id: "web", kind: "web", skillQueue: "queue-0", offlineMessages: { enabled: true } },
    ],
  });
  const assigned: Given[] = [];
  let next = 0;
  const refill = (): void => {
    desk.write({ queue: `queue-${desk.messageCount % queueCount}` });
  };
  for (let index = 0; index < waiting + agentCount; index += 1) refill();
  for (const agent of agents) {
    desk.present(agent);
    assigned.push(...desk.given());
  }
  return {
    refill,
    freeOne: () => {
      const given = assigned[next++];
      if (given === undefined) throw new Error("nobody has anything to close");
      desk.close(given);
      assigned.push(...desk.given());
    },
    resultHash: () => desk.resultHash(),
  };
}
