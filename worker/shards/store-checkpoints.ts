import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Logger } from "../telemetry.ts";

/**
 * Brings the logs of all stores into their files, one at a time, in a thread of its own that ends when
 * there was nothing to do for a while: a shard's thread would stand still for two syncs of megabytes.
 */
export class StoreCheckpoints implements AsyncDisposable {
  readonly #logger: Pick<Logger, "warn">;
  #pool: Piscina | undefined;
  #isStopped = false;

  constructor(logger: Pick<Logger, "warn">) {
    this.#logger = logger;
  }

  /** Resolves when it is over. Never rejects: what failed is logged, and is done the next time. */
  async take(path: string): Promise<void> {
    if (this.#isStopped) return;
    try {
      this.#pool ??= newPool();
      await this.#pool.run(path);
    } catch (error) {
      if (!this.#isStopped)
        this.#logger.warn({ err: error, path }, "a store's log is left as it is");
    }
  }

  /** Break off what is under way: the log is brought in when the store is closed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#pool?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function newPool(): Piscina {
  return new Piscina({
    filename: fileURLToPath(new URL(`./checkpoint-thread${extension}`, import.meta.url)),
    name: "handle",
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    recordTiming: false,
  });
}

const idleMs = 60_000;

/** From source a `.ts` file is run, from what was built a `.js` file. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
