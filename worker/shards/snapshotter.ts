import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Haste } from "./pacing.ts";
import type { SnapshotData } from "./snapshot-taking.ts";
import type { SnapshotThreadData } from "./snapshot-thread.ts";

/** Takes snapshots beside the running partitions, one at a time, each in a thread of its own. */
export class Snapshotter {
  #thread: Worker | undefined;
  #stopped = false;

  /**
   * Resolves when the snapshot is durable. Rejects with what the thread threw: the snapshots that
   * were there stay.
   *
   * @param isUrgent asked now and then: from the first yes on the thread does not rest any more
   */
  async take(data: SnapshotData, isUrgent: () => boolean = () => false): Promise<void> {
    if (this.#stopped) return;
    const file = new URL(`./snapshot-thread${extension}`, import.meta.url);
    const haste = new Haste();
    const workerData: SnapshotThreadData = { snapshot: data, haste: haste.cells };
    const thread = new Worker(file, { workerData });
    this.#thread = thread;
    const looking = setInterval(() => {
      if (isUrgent()) haste.make();
    }, lookEveryMs);
    try {
      await once(thread, "exit");
    } finally {
      clearInterval(looking);
      this.#thread = undefined;
    }
  }

  /** Break off what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#thread?.terminate();
  }
}

const lookEveryMs = 100;

/** From source a `.ts` file is run, from what was built a `.js` file. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
