import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SnapshotData } from "./snapshot-thread.ts";

/** Takes snapshots beside the running partitions, one at a time, each in a thread of its own. */
export class Snapshotter {
  #thread: Worker | undefined;
  #stopped = false;

  /**
   * Resolves when the snapshot is durable. Rejects with what the thread threw: the snapshots that
   * were there stay.
   */
  async take(data: SnapshotData): Promise<void> {
    if (this.#stopped) return;
    const file = new URL(`./snapshot-thread${extension}`, import.meta.url);
    const thread = new Worker(file, { workerData: { snapshot: data } });
    this.#thread = thread;
    try {
      await once(thread, "exit");
    } finally {
      this.#thread = undefined;
    }
  }

  /** Break off what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#thread?.terminate();
  }
}

/** From source a `.ts` file is run, from what was built a `.js` file. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
