import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvents } from "../event-stream.ts";
import { latencyFigures, percentile, type Benchmark, type Figure } from "../figures.ts";
import { runClient, startWorkerProcess } from "../server-process.ts";
import { syncTimesMs } from "../sync-times.ts";
import { evenCustomers, sendEvenly } from "./even-messages.ts";
import { declarePresence } from "./presence.ts";

/**
 * Goal: from the instant at which a message was to be sent until its assignment is in the hands of who
 * reads the tenant's events, at half of the rate that the worker can take, beside one append and
 * fdatasync in the same folder.
 *
 * Non-goal: the rate itself (`http.one`), or what other systems need (`npm run bench:peers`).
 *
 * Work: messages of customers of their own, one a request, each assigned at once: agents are many, and
 * nobody closes anything. First as many as 16 connections bring through, which is the saturation;
 * then half of that rate at even intervals (open loop).
 */
export const assignedOverHttp: Benchmark = {
  name: "http.assigned",
  goal: "message to its assignment in the event stream, at half of saturation, beside one sync",
  nonGoal: "the rate of messages, see http.one",
  run: async ({ smoke }) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
    const config = join(folder.path, "bench.json");
    await writeFile(config, JSON.stringify(tenant));
    const flags = [`--config=${config}`, `--data=${join(folder.path, "data")}`];
    await using worker = await startWorkerProcess(flags);
    await signIn(worker.url);
    const syncs = syncTimesMs(folder.path, smoke ? 50 : 500);
    const count = smoke ? 200 : 15_000;
    const assignedAt = new Map<string, number>();
    // It begins with the first event there was, so it is read from before the saturation on.
    const reading = readAssignments(worker.url, assignedAt, count);
    const perSecond = await saturation(worker.url, count);
    const samples = await observe(worker.url, perSecond / 2, assignedAt, count, reading);
    syncs.push(...syncTimesMs(folder.path, smoke ? 50 : 500));
    return figures(samples, syncs, perSecond);
  },
};

const agentCount = 600;
const agents = Array.from({ length: agentCount }, (_, index) => ({
  id: `agent-${index}`,
  skills: { queue: 5 },
  capacity: 100,
}));
const tenant = {
  skillQueues: [{ id: "queue" }],
  agents,
  presence: { heartbeatSeconds: 3_600 },
  channels: [{ id: "web", kind: "web", skillQueue: "queue" }],
};
/** Of the messages at half the rate, the first: they find the worker as the burst left it. */
const warmUpShare = 0.1;

async function signIn(url: string): Promise<void> {
  for (const { id } of agents) {
    await declarePresence(`${url}/v1/tenants/bench`, id, "available");
  }
}

/** Messages a second that 16 connections bring through. */
async function saturation(url: string, count: number): Promise<number> {
  const client = new URL("./message-client.ts", import.meta.url);
  const { seconds } = (await runClient(client, [url, "one", String(count), "0"])) as {
    readonly seconds: number;
  };
  return count / seconds;
}

/** Notes down when each of the evenly sent was assigned, until all are. */
function readAssignments(
  url: string,
  assignedAt: Map<string, number>,
  count: number,
): Promise<void> {
  return readEvents(`${url}/v1/tenants/bench/events`, ({ type, customer = "" }) => {
    if (type !== "conversationAssigned" || !customer.startsWith(evenCustomers)) return false;
    assignedAt.set(customer, performance.now());
    return assignedAt.size === count;
  });
}

async function observe(
  origin: string,
  perSecond: number,
  assignedAt: ReadonlyMap<string, number>,
  count: number,
  reading: Promise<void>,
): Promise<number[]> {
  const beginning = await sendEvenly({
    origin,
    perSecond,
    tenant: "bench",
    first: 0,
    isOver: (sent) => sent === count,
    answered: () => undefined,
  });
  await reading;
  const samples = Array.from({ length: count }, (_, index) => {
    const at = assignedAt.get(`${evenCustomers}${index}`) ?? Number.NaN;
    return at - (beginning + (index * 1_000) / perSecond);
  });
  return samples.slice(count * warmUpShare);
}

function figures(
  samples: readonly number[],
  syncs: readonly number[],
  perSecond: number,
): Figure[] {
  const resultHash = samples.length.toString(16);
  const common = { name: "http.assigned", samples: samples.length, resultHash };
  const sync = percentile(Float64Array.from(syncs).toSorted(), 0.5);
  const ratio = (metric: string, share: number): Figure => ({
    ...common,
    metric: `${metric}/sync`,
    unit: "ratio",
    value: percentile(Float64Array.from(samples).toSorted(), share) / sync,
  });
  return [
    { ...common, metric: "offered", unit: "commands/s", value: perSecond / 2 },
    ...latencyFigures(common.name, "ms", samples, { p50: 0.5, p99: 0.99, max: 1 }, resultHash),
    ratio("p50", 0.5),
    ratio("p99", 0.99),
    ...latencyFigures(`${common.name}/sync`, "ms", syncs, { p50: 0.5, p99: 0.99 }, resultHash),
  ];
}
