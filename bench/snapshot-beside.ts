import { readdirSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { latencyFigures, percentile, type Benchmark, type Figure } from "./figures.ts";
import { sendEvenly } from "./http/even-messages.ts";
import { runClient, startWorkerProcess } from "./server-process.ts";
import { waitingTenant } from "./waiting-tenant.ts";

/**
 * Goal: what a snapshot of a million open conversations does to those who write meanwhile: p99 of
 * answers while one is taken is to stay within twice of that before it.
 *
 * Non-goal: how long a snapshot takes (`snapshot.write`).
 *
 * Work: messages at even intervals (open loop), each of another customer, one a request. The worker
 * is told to want a snapshot after ten seconds of them.
 */
export const snapshotBeside: Benchmark = {
  name: "snapshot.beside",
  goal: "time until a message is durable, before and while a million open conversations are written",
  nonGoal: "how long a snapshot takes, see snapshot.write",
  run: async ({ smoke }) => {
    const open = smoke ? 20_000 : 1_000_000;
    await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-bench-"));
    const config = join(folder.path, "bench.json");
    await writeFile(config, JSON.stringify(waitingTenant));
    const data = join(folder.path, "data");
    const flags = [`--config=${config}`, `--data=${data}`];
    await fill(flags, open);
    await using worker = await startWorkerProcess([
      ...flags,
      `--limit=commandsPerSnapshotMax=${10 * perSecond}`,
    ]);
    const { before, during } = await observe(worker.url, data);
    const resultHash = open.toString(16);
    const shares = { p50: 0.5, p99: 0.99, max: 1 };
    const ratio: Figure = {
      name: "snapshot.beside/during",
      metric: "p99/before",
      unit: "ratio",
      value: p99(during) / p99(before),
      samples: during.length,
      resultHash,
    };
    return [
      ...latencyFigures("snapshot.beside/before", "ms", before, shares, resultHash),
      ...latencyFigures("snapshot.beside/during", "ms", during, shares, resultHash),
      ratio,
    ];
  },
};

const perSecond = 200;
/** Of the messages before, the first: the worker has just been started. */
const warmUpMs = 2_000;
const longestMs = 120_000;

/** A worker that is stopped in good order leaves a snapshot of all of them, and an empty tail. */
async function fill(flags: readonly string[], open: number): Promise<void> {
  await using worker = await startWorkerProcess(flags);
  const client = new URL("./http/message-client.ts", import.meta.url);
  await runClient(client, [worker.url, "ndjson", String(open), "0"]);
}

/** Answer times in ms until the first snapshot is begun, and from there until it is there. */
async function observe(
  origin: string,
  data: string,
): Promise<{ readonly before: readonly number[]; readonly during: readonly number[] }> {
  const answers: { readonly ms: number; readonly dueAt: number }[] = [];
  const atFirst = filesOf(data);
  let begunAt = Infinity;
  let endedAt = Infinity;
  const beginning = performance.now();
  await sendEvenly({
    origin,
    perSecond,
    tenant: "bench",
    first: 0,
    answered: (ms, dueAt) => answers.push({ ms, dueAt }),
    isOver: (sent) => {
      if (sent % 10 !== 0) return false;
      const now = performance.now();
      if (now - beginning > longestMs) throw new Error("no snapshot was taken");
      const files = filesOf(data);
      // A new segment is begun when the others are to be replayed for the snapshot.
      if (begunAt === Infinity && isNew(atFirst, files, ".segment")) begunAt = now;
      if (isNew(atFirst, files, ".snapshot")) endedAt = now;
      return endedAt !== Infinity;
    },
  });
  const between = (from: number, to: number) =>
    answers.filter(({ dueAt }) => dueAt >= from && dueAt < to).map(({ ms }) => ms);
  return { before: between(beginning + warmUpMs, begunAt), during: between(begunAt, endedAt) };
}

function filesOf(folder: string): ReadonlySet<string> {
  return new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }));
}

function isNew(before: ReadonlySet<string>, now: ReadonlySet<string>, ending: string): boolean {
  return [...now].some((file) => file.endsWith(ending) && !before.has(file));
}

function p99(samples: readonly number[]): number {
  return percentile(Float64Array.from(samples).toSorted(), 0.99);
}
