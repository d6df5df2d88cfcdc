import { ShardLife } from "../../worker/shards/shard-life.ts";
import type { ShardData, ShardTask } from "../../worker/shards/shard-tasks.ts";
import type { ThreadPool } from "../../worker/shards/shard-thread.ts";
import { FailingDisk } from "./failing-disk.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import { StoreFiles } from "./store-files.ts";

/**
 * What becomes of one task.
 *
 * - `done`: it is done, and answered
 * - `lost`: the thread ends before it begins with it
 * - `broken`: the thread ends in the middle of it
 * - `unanswered`: the thread ends when it has done it, before its answer has left
 */
export type TaskFate = "done" | "lost" | "broken" | "unanswered";

/** The files of a shard's partitions, which outlive its threads. */
export class ShardFiles implements Disposable {
  readonly #disks = new Map<string, FailingDisk>();
  readonly #stores = new Map<string, StoreFiles>();

  constructor(folders: readonly string[]) {
    for (const folder of folders) {
      this.#disks.set(folder, new FailingDisk());
      this.#stores.set(folder, new StoreFiles());
    }
  }

  of(folder: string) {
    const disk = this.#disks.get(folder);
    const store = this.#stores.get(folder);
    if (disk === undefined || store === undefined) throw new Error(`no files in ${folder}`);
    return { disk, store: store.path };
  }

  /** The thread ends at the `count`-th operation of its disks from now. */
  breakAfter(count: number): void {
    for (const disk of this.#disks.values()) disk.cutAfter(count);
  }

  /** The thread is gone; the system keeps what it was given. */
  leave(): void {
    for (const disk of this.#disks.values()) disk.afterDeath();
    for (const store of this.#stores.values()) store.carryOver((bytes) => bytes);
  }

  [Symbol.dispose](): void {
    for (const store of this.#stores.values()) store[Symbol.dispose]();
  }
}

export interface PoolWorld {
  readonly data: ShardData;
  readonly files: ShardFiles;
  readonly time: SimulatedTime;
  /** Of the next task. */
  readonly fate: () => TaskFate;
  /** How long a task or an answer is on its way. */
  readonly latencyMs: () => number;
  /** The operation of the disk in which a thread ends. */
  readonly breaksAfter: () => number;
}

/**
 * In place of a thread: the same code, and messages to it and from it that are copied, take their time
 * and get lost when it ends. As with a real pool, another thread takes its place, which was not begun.
 */
export class SimulatedPool implements ThreadPool {
  readonly threads = [];
  readonly #world: PoolWorld;
  readonly #waiting = new Set<(error: Error) => void>();
  #life: ShardLife | undefined;

  constructor(world: PoolWorld) {
    this.#world = world;
  }

  readonly run: ThreadPool["run"] = (task: ShardTask, { transferList = [] } = {}) => {
    const given = structuredClone(task, { transfer: transferList as ArrayBuffer[] });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.add(reject);
    this.#later(reject, () => {
      const answer = this.#handle(given);
      if (answer === undefined) return;
      this.#later(reject, () => {
        this.#waiting.delete(reject);
        resolve(answer.value);
      });
    });
    return promise;
  };

  readonly destroy = (): Promise<void> => {
    this.end();
    return Promise.resolve();
  };

  /** The thread ends, whatever it does. */
  end(): void {
    if (this.#life !== undefined) this.#world.files.leave();
    this.#life = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(new Error("the thread is gone"));
  }

  /** What was sent to a thread that is gone, or by it, arrives nowhere. */
  #later(reject: (error: Error) => void, action: () => void): void {
    const { time, latencyMs } = this.#world;
    time.after(latencyMs(), () => {
      if (this.#waiting.has(reject)) action();
    });
  }

  /** Undefined where nobody answers. */
  #handle(task: ShardTask): { readonly value: unknown } | undefined {
    const { data, files } = this.#world;
    const fate = this.#world.fate();
    if (fate === "lost") {
      this.end();
      return undefined;
    }
    this.#life ??= new ShardLife(data, (folder) => files.of(folder));
    if (fate === "broken") files.breakAfter(this.#world.breaksAfter());
    try {
      const value = structuredClone(this.#life.handle(task));
      files.breakAfter(Infinity);
      if (fate !== "unanswered") return { value };
      this.end();
      return undefined;
    } catch (error) {
      if (fate !== "broken") throw error;
      this.end();
      return undefined;
    }
  }
}
