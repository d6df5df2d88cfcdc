import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { latencyFigures, type Benchmark } from "./figures.ts";
import { defaultWorkerLimits } from "../worker/limits.ts";
import { runClient, type ServerProcess, startWorkerProcess } from "./server-process.ts";
import { waitingTenant } from "./waiting-tenant.ts";

/**
 * Goal: from spawning the worker until `/readyz` answers 200 with a million conversations open, after
 * a stop in good order (a snapshot and an empty tail) and after `SIGKILL` (a snapshot and nearly as long
 * a tail as the worker lets grow). The page cache is dropped before each where that is permitted; the
 * name of the figure says which it was.
 *
 * Non-goal: how fast it takes requests right after.
 */
export const restartOneMillion: Benchmark = {
  name: "restart.one-million",
  goal: "spawn to /readyz with a million conversations open, sealed and after a kill",
  nonGoal: "speed right after the start",
  run: async ({ smoke }) => {
    const open = smoke ? 1_000 : 1_000_000;
    const tail = smoke ? 290 : 0.97 * defaultWorkerLimits.commandsPerSnapshotMax;
    await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
    const config = join(folder.path, "bench.json");
    await writeFile(config, JSON.stringify(waitingTenant));
    const flags = [`--config=${config}`, `--data=${join(folder.path, "data")}`];
    await (await workerWithMore(flags, open - tail, 0))[Symbol.asyncDispose]();
    await (await workerWithMore(flags, tail, open - tail)).kill();
    const cache = !smoke && dropPageCache() ? "dropped" : "kept";
    const killedMs: number[] = [];
    const sealedMs: number[] = [];
    for (let round = 0; round < (smoke ? 1 : 3); round += 1) {
      killedMs.push(await startMs(flags, "kill", cache));
    }
    await startMs(flags, "stop", cache);
    for (let round = 0; round < (smoke ? 1 : 3); round += 1) {
      sealedMs.push(await startMs(flags, "stop", cache));
    }
    const resultHash = open.toString(16);
    const name = `restart.one-million/cache=${cache}`;
    const shares = { p50: 0.5, max: 1 };
    return [
      ...latencyFigures(`${name}/sealed`, "ms", sealedMs, shares, resultHash),
      ...latencyFigures(`${name}/killed`, "ms", killedMs, shares, resultHash),
    ];
  },
};

/** A worker that was sent so many messages, from customer `first` on. */
async function workerWithMore(
  flags: readonly string[],
  count: number,
  first: number,
): Promise<ServerProcess> {
  const worker = await startWorkerProcess(flags);
  const client = new URL("./http/message-client.ts", import.meta.url);
  await runClient(client, [worker.url, "ndjson", String(count), String(first)]);
  return worker;
}

/** Milliseconds until it is ready; then it is stopped or killed again. */
async function startMs(
  flags: readonly string[],
  then: "kill" | "stop",
  cache: "dropped" | "kept",
): Promise<number> {
  if (cache === "dropped") dropPageCache();
  const beginning = performance.now();
  const worker = await startWorkerProcess(flags);
  // It listens once it has recovered, and says so here.
  const ready = await request(`${worker.url}/readyz`);
  const ms = performance.now() - beginning;
  await ready.body.dump();
  if (ready.statusCode !== 200) throw new Error(`/readyz answered ${ready.statusCode}`);
  if (then === "kill") await worker.kill();
  else await worker[Symbol.asyncDispose]();
  return ms;
}

/** Whether it was permitted. */
function dropPageCache(): boolean {
  try {
    execFileSync("sync");
    writeFileSync("/proc/sys/vm/drop_caches", "1\n");
    return true;
  } catch {
    return false;
  }
}
