import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { hash64 } from "../core/index.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { startWorker } from "../loadtest/worker-process.ts";
import { readEvents, type StreamEvent } from "./event-stream.ts";
import { latencyFigures, type Benchmark } from "./figures.ts";

/**
 * Goal: how late a limit is when the supervisor's stream tells of it: from `dueAt` to the event in
 * the hands of a client in another process, journal sync included. Never negative.
 *
 * Non-goal: a million timers at once; see timers of the engine for that.
 *
 * Work: live messages come in one by one to a queue whose connect wait is one second and whose only
 * agent is away; each goes offline a second later.
 */
export const timersLateness: Benchmark = {
  name: "timers.lateness",
  goal: "time from a timer's deadline until its event has left the worker, durable",
  nonGoal: "drain time of many timers due at once",
  run: async ({ smoke }) => {
    const folder = await mkdtemp(join(tmpdir(), "nightdesk-bench-"));
    try {
      const configFile = join(folder, "bench.json");
      await writeFile(configFile, JSON.stringify(tenant));
      const flags = [`--config=${configFile}`, `--data=${join(folder, "data")}`, "--port=0"];
      const worker = await startWorker(flags);
      try {
        const samples = await latenesses(`${worker.url}/v1/tenants/bench`, smoke ? 200 : 3_000);
        const hash = hash64(encodeUtf8(String(samples.length)));
        const shares = { min: 0, p50: 0.5, p99: 0.99, max: 1 };
        return latencyFigures("timers.lateness", "ms", samples, shares, hash);
      } finally {
        await worker.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const tenant = {
  skillQueues: [{ id: "queue", connectWaitSeconds: 1, maxWaiting: 10_000 }],
  agents: [{ id: "away", skills: { queue: 5 }, capacity: 1 }],
  presence: { heartbeatSeconds: 3600 },
  channels: [{ id: "web", kind: "web", skillQueue: "queue", offlineMessages: { enabled: true } }],
};

/** One message after the other, while the tenant's events are read as they come. */
async function latenesses(url: string, count: number): Promise<number[]> {
  await send("PUT", `${url}/agents/away/presence`, { status: "away" });
  const samples: number[] = [];
  const reading = readEvents(`${url}/events`, ({ type, dueAt }: StreamEvent) => {
    if (type !== "conversationWentOffline" || dueAt === undefined) return false;
    samples.push(Date.now() - Date.parse(dueAt));
    return samples.length === count;
  });
  for (let index = 0; index < count; index += 1) {
    const id = `message-${index}`;
    await send("POST", `${url}/messages`, { id, channel: "web", customer: id, text: "?" });
  }
  await reading;
  return samples;
}

async function send(method: "PUT" | "POST", url: string, body: object): Promise<void> {
  const response = await request(url, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${url}: ${text}`);
}
