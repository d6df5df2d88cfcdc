import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Logger } from "../telemetry.ts";
import type { ShardBegun, ShardData, ShardTask, TaskAnswers } from "./shard-tasks.ts";

/** As much of a pool as a shard needs. */
export type ThreadPool = Pick<Piscina, "run" | "destroy" | "threads">;

/**
 * A shard's thread, and its successors: one pool with exactly one thread, which does one task after
 * the other and is never ended for being idle.
 */
export class ShardThread {
  readonly #newPool: () => ThreadPool;
  #pool: ThreadPool;
  #epoch = 0;
  #startedAt = performance.now();
  #earlyDeaths = 0;
  #pausing: { readonly timer: NodeJS.Timeout; readonly resolve: () => void } | undefined;
  #ended = false;

  /** @param newPool the pool of its first thread, and of each later one @defaultValue real threads */
  constructor(data: ShardData, newPool = (): ThreadPool => threadPool(data)) {
    this.#newPool = newPool;
    this.#pool = newPool();
  }

  /** The pool, which `revive` changes. */
  get pool(): ThreadPool {
    return this.#pool;
  }

  /** Of the thread that runs; batches carry it. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Wait until the thread has recovered its partitions. Rejects where it died over it. */
  async begin(): Promise<ShardBegun> {
    const begun = await this.run({ type: "begin", epochSeen: this.#epoch });
    this.#epoch = begun.epoch;
    return begun;
  }

  /**
   * Rejects where the thread died, or the task threw.
   *
   * @param transfer memory that is handed over instead of copied
   */
  async run<T extends ShardTask>(
    task: T,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<TaskAnswers[T["type"]]> {
    // Piscina's types ask for the options of `postMessage`, its code for the list in them.
    const transferList = transfer as unknown as RunOptions["transferList"];
    // Each task is answered by `handle` in shard.ts with its own answer.
    return (await this.#pool.run(task, { transferList })) as TaskAnswers[T["type"]];
  }

  /**
   * End the thread, whatever it does, and start others until one has begun. Where a thread did not
   * live long, the next one waits: what killed it may do so again. Never rejects.
   *
   * @returns undefined where `end` came before
   */
  async revive(logger: Logger): Promise<ShardBegun | undefined> {
    while (!this.#ended) {
      this.#earlyDeaths = this.#livedLong() ? 0 : this.#earlyDeaths + 1;
      await this.#pause();
      if (this.#ended) break;
      try {
        await this.#pool.destroy();
        this.#pool = this.#newPool();
        this.#startedAt = performance.now();
        return await this.begin();
      } catch (error) {
        logger.error({ err: error, attempts: this.#earlyDeaths }, "a shard does not recover");
      }
    }
    return undefined;
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#pausing?.timer);
    this.#pausing?.resolve();
    await this.#pool.destroy();
  }

  #livedLong(): boolean {
    return performance.now() - this.#startedAt > longLifeMs;
  }

  /** Nothing after a long life, then twice as long each time. */
  async #pause(): Promise<void> {
    if (this.#earlyDeaths < 2) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waitMs = Math.min(50 * 2 ** this.#earlyDeaths, longestPauseMs);
    this.#pausing = { timer: setTimeout(resolve, waitMs), resolve };
    await promise;
  }
}

function threadPool(data: ShardData): Piscina {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(`./shard${extension}`, import.meta.url)),
    name: "handle",
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: Infinity,
    // Every task brings its own measures.
    recordTiming: false,
    workerData: { shard: data },
  });
  // A thread that dies idle is replaced by the pool and knows no epoch, so the next batch finds out.
  pool.on("error", () => undefined);
  return pool;
}

const longLifeMs = 10_000;
const longestPauseMs = 10_000;

type RunOptions = NonNullable<Parameters<Piscina["run"]>[1]>;

/** From source a `.ts` file is run, from what was built a `.js` file. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
