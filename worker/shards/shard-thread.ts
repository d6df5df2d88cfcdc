import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { ShardBegun, ShardData, ShardTask, TaskAnswers } from "./shard-tasks.ts";

/**
 * A shard's thread, and its successors: one pool with exactly one thread, which does one task after
 * the other and is never ended for being idle.
 */
export class ShardThread {
  readonly #data: ShardData;
  #pool: Piscina;
  #epoch = 0;

  constructor(data: ShardData) {
    this.#data = data;
    this.#pool = this.#newPool();
  }

  /** The pool, which `replace` changes. */
  get pool(): Piscina {
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

  /** End the thread, whatever it does, and start another one; `begin` comes next. */
  async replace(): Promise<void> {
    await this.#pool.destroy();
    this.#pool = this.#newPool();
  }

  async end(): Promise<void> {
    await this.#pool.destroy();
  }

  #newPool(): Piscina {
    const pool = new Piscina({
      filename: fileURLToPath(new URL(`./shard${extension}`, import.meta.url)),
      name: "handle",
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      idleTimeout: Infinity,
      // Every task brings its own measures.
      recordTiming: false,
      workerData: { shard: this.#data },
    });
    // A thread that dies idle is replaced by the pool and knows no epoch, so the next batch finds out.
    pool.on("error", () => undefined);
    return pool;
  }
}

type RunOptions = NonNullable<Parameters<Piscina["run"]>[1]>;

/** From source a `.ts` file is run, from what was built a `.js` file. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
