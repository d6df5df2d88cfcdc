import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { setImmediate } from "node:timers/promises";
import { Piscina } from "piscina";
import type { ReplicationRecord } from "./replication-record.ts";
import { type RunData, runReplication } from "./replication-worker.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { buildWorld } from "./world.ts";

/** How a run is spread over threads. */
export interface RunOptions {
  readonly seed: number;
  readonly replications: number;
  /** 0: in the caller's own thread, where starting others would cost more than it brings. */
  readonly threads: number;
  /** Called after each replication, as they end, with the number done. */
  readonly onRecord?: (record: ReplicationRecord, done: number) => void;
}

/**
 * Runs replications 1 to n on a pool of threads. What they give depends on the scenario, the seed
 * and their number alone, so it is the same for any number of threads; it comes in order.
 *
 * @param first number of the first replication. @defaultValue 1
 */
export async function runReplications(
  scenario: Scenario,
  options: RunOptions,
  first = 1,
): Promise<readonly ReplicationRecord[]> {
  const { seed, replications, threads, onRecord } = options;
  if (threads === 0) return runHere(scenario, options, first);
  const count = Math.min(threads, replications);
  const runData: RunData = { scenario, seed };
  const pool = new Piscina<number, ReplicationRecord>({
    filename: workerFile(),
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    // Threads keep their world from one replication to the next.
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: runData,
    // Most of what a replication allocates is short-lived: a wide nursery collects it cheaply.
    resourceLimits: { maxYoungGenerationSizeMb: 192 },
  });
  try {
    let done = 0;
    return await Promise.all(
      Array.from({ length: replications }, async (_unused, index) => {
        const record = await pool.run(first + index, { name: "simulateReplication" });
        done += 1;
        onRecord?.(record, done);
        return record;
      }),
    );
  } finally {
    await pool.destroy();
  }
}

async function runHere(
  scenario: Scenario,
  { seed, replications, onRecord }: RunOptions,
  first: number,
): Promise<readonly ReplicationRecord[]> {
  const world = buildWorld(scenario);
  const records: ReplicationRecord[] = [];
  for (let done = 1; done <= replications; done += 1) {
    const record = runReplication(world, seed, first + done - 1);
    records.push(record);
    onRecord?.(record, done);
    // What the caller writes for each replication gets its turn.
    await setImmediate();
  }
  return records;
}

/** The worker beside this file: TypeScript in a clone, JavaScript in `dist`. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(`./replication-worker${extname(here)}`, import.meta.url));
}
