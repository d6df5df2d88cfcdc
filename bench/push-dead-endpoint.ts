import { once } from "node:events";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hash64 } from "../core/index.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { startWorker } from "../loadtest/worker-process.ts";
import { answerOf, createNightdeskClient, type NightdeskClient } from "../worker/client/client.ts";
import { readEvents, type StreamEvent } from "./event-stream.ts";
import { type Benchmark, type Figure, latencyFigures, percentile } from "./figures.ts";

/**
 * Goal: whether a push endpoint that is dead makes routing slower: from the instant at which a
 * message was to be sent until its assignment is in the agent's hands, while each answer of the agent
 * is pushed. The p99 with a dead endpoint is to stay within 1.2 × of that with a healthy one.
 *
 * Non-goal: throughput of pushing.
 *
 * Work: messages of customers of their own arrive at even intervals (open loop), each is assigned at
 * once to the one agent, who answers and closes. The endpoint answers 204, or refuses connections, or
 * takes requests and never answers. Each has a fresh worker of its own, all at the same time, so that
 * whatever else the machine does meets them alike.
 */
export const pushDeadEndpoint: Benchmark = {
  name: "push.dead-endpoint",
  goal: "accept to assigned while the push endpoint is healthy, refuses, or never answers",
  nonGoal: "throughput of pushing",
  run: async ({ smoke }) => {
    const rounds: Round[] = [];
    for (let round = 0; round < (smoke ? 1 : 5); round += 1) {
      const observing = healths.map(async (health): Promise<[Health, readonly number[]]> => [
        health,
        await observe(health, smoke ? 100 : 800),
      ]);
      rounds.push(new Map(await Promise.all(observing)));
    }
    return healths.flatMap((health) => figuresOf(health, rounds));
  },
};

const healths = ["healthy", "refusing", "silent"] as const;
type Health = (typeof healths)[number];
type Round = ReadonlyMap<Health, readonly number[]>;

const intervalMs = 20;
/** Of each observation, the first: the worker has just been started. */
const warmUpShare = 0.3;

/** All samples of an endpoint, and the median over the rounds of how its p99 compares in its round. */
function figuresOf(health: Health, rounds: readonly Round[]): Figure[] {
  const samples = rounds.flatMap((round) => round.get(health) ?? []);
  const name = `push.dead-endpoint/${health}`;
  const resultHash = hash64(encodeUtf8(String(samples.length)));
  const figures = latencyFigures(name, "ms", samples, { p50: 0.5, p99: 0.99, max: 1 }, resultHash);
  if (health === "healthy") return figures;
  const p99 = (round: Round, of: Health) =>
    percentile(Float64Array.from(round.get(of) ?? []).toSorted(), 0.99);
  const ratios = rounds.map((round) => p99(round, health) / p99(round, "healthy"));
  const value = percentile(Float64Array.from(ratios).toSorted(), 0.5);
  const compared = { metric: "p99/healthy", unit: "ratio", value, samples: rounds.length } as const;
  return [...figures, { name, resultHash, ...compared }];
}

/** A fresh worker under even load with such an endpoint: ms from each message to its assignment. */
async function observe(health: Health, count: number): Promise<number[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
  const endpoint = await listen(health);
  await mkdir(join(folder.path, "secrets"));
  await writeFile(join(folder.path, "secrets", "push"), "bench\n");
  const configFile = join(folder.path, "bench.json");
  await writeFile(configFile, JSON.stringify(tenantPushingTo(endpoint.url)));
  const data = `--data=${join(folder.path, "data")}`;
  const worker = await startWorker([`--config=${configFile}`, data, "--port=0"]);
  try {
    const nightdesk = createNightdeskClient({ baseUrl: worker.url, tenant: "bench" });
    return await load(nightdesk, `${worker.url}/v1/tenants/bench`, count);
  } finally {
    // What the endpoint never answers is not waited for.
    await worker.kill();
    endpoint.server?.closeAllConnections();
    endpoint.server?.close();
  }
}

async function listen(
  health: Health,
): Promise<{ readonly url: string; readonly server: Server | undefined }> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (health === "healthy") response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  if (health !== "refusing") return { url, server };
  server.close();
  await once(server, "close");
  return { url, server: undefined };
}

function tenantPushingTo(url: string): object {
  return {
    skillQueues: [{ id: "queue" }],
    agents: [{ id: "ana", skills: { queue: 5 }, capacity: 100 }],
    presence: { heartbeatSeconds: 3600 },
    channels: [{ id: "web", kind: "web", skillQueue: "queue", push: { url, secret: "push" } }],
  };
}

async function load(nightdesk: NightdeskClient, url: string, count: number): Promise<number[]> {
  const presence = { params: { path: { agent: "ana" } }, body: { status: "available" as const } };
  answerOf(await nightdesk.PUT("/agents/{agent}/presence", presence));
  const samples: number[] = [];
  const dueAt = new Map<string, number>();
  const replies: Promise<unknown>[] = [];
  const assigned = ({ type, customer = "", conversation = "" }: StreamEvent): boolean => {
    if (type !== "conversationAssigned") return false;
    samples.push(performance.now() - (dueAt.get(customer) ?? Number.NaN));
    replies.push(answerAndClose(nightdesk, conversation));
    return samples.length === count;
  };
  const reading = readEvents(`${url}/agents/ana/events`, assigned);
  const begin = performance.now() + 100;
  const sending: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = begin + index * intervalMs;
    await pause(Math.max(0, at - performance.now()));
    const id = `customer-${index}`;
    dueAt.set(id, at);
    const body = { id, channel: "web", customer: id, text: "?" };
    sending.push(nightdesk.POST("/messages", { body }).then(answerOf));
  }
  await Promise.all([reading, ...sending]);
  await Promise.all(replies);
  return samples.slice(Math.floor(count * warmUpShare));
}

/** Two entries for the customer, to be pushed. */
async function answerAndClose(nightdesk: NightdeskClient, conversation: string): Promise<void> {
  const params = { path: { conversation } };
  const agent = "ana";
  const body = { id: conversation, from: { agent }, text: "Good day" };
  answerOf(await nightdesk.POST("/conversations/{conversation}/messages", { params, body }));
  const closing = { params, body: { agent } };
  answerOf(await nightdesk.POST("/conversations/{conversation}/close", closing));
}
