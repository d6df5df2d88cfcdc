import { Bench } from "tinybench";
import { resolveConfiguration } from "../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../core/configuration/resolved.ts";
import { createEngine, hash64, type Engine, type Event } from "../core/index.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { latencyFigures, type Benchmark, type Figure } from "./figures.ts";

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

async function measure(waiting: number, sampleCount: number): Promise<Figure[]> {
  const line = openingLine(waiting);
  const bench = new Bench({
    retainSamples: true,
    time: 0,
    iterations: sampleCount,
    warmup: true,
    warmupTime: 0,
    warmupIterations: Math.ceil(sampleCount / 10),
  });
  bench.add("match", line.freeOne, { beforeEach: line.refill });
  await bench.run();
  const [task] = bench.tasks;
  const result = task?.result;
  if (result === undefined || !("latency" in result)) throw new Error("the benchmark did not run");
  const samples = (result.latency.samples ?? []).map((ms) => ms * 1_000);
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
  const engine = createEngine();
  const assigned: Extract<Event, { readonly type: "conversationAssigned" }>[] = [];
  const trace: string[] = [];
  let messageCount = 0;
  let next = 0;
  const apply = (command: Parameters<Engine["apply"]>[0]): void => {
    const events: Event[] = [];
    const result = engine.apply(command, events);
    if (result.status === "rejected") throw new Error(`${command.type}: ${result.code}`);
    for (const event of events) if (event.type === "conversationAssigned") assigned.push(event);
  };
  const refill = (): void => {
    const id = `m${messageCount++}`;
    const skillQueue = `queue-${messageCount % queueCount}`;
    const message = { id, customer: id, skillQueue, content: "{}" };
    apply({ type: "receiveMessage", at: 1, tenant: "bench", channel: "web", ...message });
  };
  apply({
    type: "configureTenant",
    at: 1,
    tenant: "bench",
    configuration: configuration(),
    plans: [],
  });
  for (let index = 0; index < waiting + agentCount; index += 1) refill();
  for (let index = 0; index < agentCount; index += 1) {
    const agent = `agent-${index}`;
    apply({ type: "setPresence", at: 1, tenant: "bench", agent, status: "available" });
  }
  return {
    refill,
    freeOne: () => {
      const conversation = assigned[next++];
      if (conversation === undefined) throw new Error("nobody has anything to close");
      apply({
        type: "closeConversation",
        at: 1,
        tenant: "bench",
        conversation: conversation.conversation,
        agent: conversation.agent,
      });
      const latest = assigned.at(-1);
      if (latest !== undefined) trace.push(`${latest.conversation} ${latest.agent}`);
    },
    resultHash: () => hash64(encodeUtf8(trace.join("\n"))),
  };
}

function configuration(): ResolvedConfiguration {
  const queues = Array.from({ length: queueCount }, (_, index) => `queue-${index}`);
  const skills = Object.fromEntries(queues.map((id) => [id, 5]));
  const resolved = resolveConfiguration({
    skillQueues: queues.map((id) => ({ id })),
    agents: Array.from({ length: agentCount }, (_, index) => ({
      id: `agent-${index}`,
      capacity: 1,
      skills,
    })),
    channels: [
      { id: "web", kind: "web", skillQueue: "queue-0", offlineMessages: { enabled: true } },
    ],
  });
  if ("violations" in resolved) throw new Error(JSON.stringify(resolved.violations));
  return resolved.configuration;
}
