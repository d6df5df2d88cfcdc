import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvents } from "./event-stream.ts";
import { latencyFigures, percentile, type Benchmark, type Figure } from "./figures.ts";
import { sendEvenly } from "./http/even-messages.ts";
import { declarePresence } from "./http/presence.ts";
import { runClient, startWorkerProcess } from "./server-process.ts";
import { syncTimesMs } from "./sync-times.ts";
import { offlineMessages, waitingTenant } from "./waiting-tenant.ts";

/**
 * Goal: how late a limit is when the tenant's stream tells of it: from `dueAt` to the event in the
 * hands of a client in another process, journal sync included. Never negative.
 *
 * Non-goal: a million timers at once; see timers of the engine for that.
 *
 * Work: a million timers are armed and wait. Beside them live messages come at even intervals to a
 * queue whose connect wait is one second and whose only agent is away; each goes offline a second
 * later, while others come.
 */
export const timersLateness: Benchmark = {
  name: "timers.lateness",
  goal: "time from a timer's deadline until its event has left the worker, durable, beside one sync",
  nonGoal: "drain time of many timers due at once",
  run: async ({ smoke }) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
    const config = join(folder.path, "tenants");
    await mkdir(config);
    await writeFile(join(config, "bench.json"), JSON.stringify(waitingTenant));
    await writeFile(join(config, "day.json"), JSON.stringify(dayTenant));
    const data = `--data=${join(folder.path, "data")}`;
    // One partition: the timers of both tenants are in one engine.
    await using worker = await startWorkerProcess([`--config=${config}`, data, "--partitions=1"]);
    const client = new URL("./http/message-client.ts", import.meta.url);
    await runClient(client, [worker.url, "ndjson", String(smoke ? 1_000 : 1_000_000), "0"]);
    const samples = await latenesses(worker.url, smoke ? 200 : 10_000);
    const syncs = syncTimesMs(folder.path, smoke ? 50 : 500);
    return figures(samples, syncs);
  },
};

const perSecond = 1_000;

const dayTenant = {
  skillQueues: [{ id: "queue", connectWaitSeconds: 1, maxWaiting: 10_000 }],
  agents: [{ id: "away", skills: { queue: 5 }, capacity: 1 }],
  presence: { heartbeatSeconds: 3_600 },
  channels: [{ id: "web", kind: "web", skillQueue: "queue", offlineMessages }],
};

async function latenesses(origin: string, count: number): Promise<number[]> {
  const tenantUrl = `${origin}/v1/tenants/day`;
  await declarePresence(tenantUrl, "away", "away");
  const samples: number[] = [];
  const reading = readEvents(`${tenantUrl}/events`, ({ type, dueAt }) => {
    if (type !== "conversationWentOffline" || dueAt === undefined) return false;
    samples.push(Date.now() - Date.parse(dueAt));
    return samples.length === count;
  });
  await sendEvenly({
    origin,
    perSecond,
    tenant: "day",
    first: 0,
    isOver: (sent) => sent === count,
    answered: () => undefined,
  });
  await reading;
  return samples;
}

function figures(samples: readonly number[], syncs: readonly number[]): Figure[] {
  const name = "timers.lateness";
  const resultHash = samples.length.toString(16);
  const shares = { min: 0, p50: 0.5, p99: 0.99, max: 1 };
  const sorted = Float64Array.from(samples).toSorted();
  const syncMs = percentile(Float64Array.from(syncs).toSorted(), 0.5);
  return [
    ...latencyFigures(name, "ms", samples, shares, resultHash),
    {
      name,
      metric: "p99 beyond one sync",
      unit: "ms",
      value: percentile(sorted, 0.99) - syncMs,
      samples: samples.length,
      resultHash,
    },
  ];
}
