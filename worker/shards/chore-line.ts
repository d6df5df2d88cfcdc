import { storeUpToDate } from "./partition-state.ts";
import { refuseAll } from "./refusing.ts";
import { OperatingError } from "./routing.ts";
import type { OperatingErrorCode } from "./routing.ts";
import type { ShardTask, TaskAnswers } from "./shard-tasks.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { StoreNews } from "./store-care.ts";

/** What is done between batches, for the good of the partitions rather than of a caller. */
export type ChoreTask = Exclude<
  ShardTask,
  { readonly type: "begin" | "commit" | "query" | "settle" }
>;

type ChoreAnswer = TaskAnswers[ChoreTask["type"]];

interface Chore {
  readonly task: ChoreTask;
  readonly resolve: (answer: ChoreAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Chores that wait for a shard's thread, one a task. */
export class ChoreLine {
  readonly #chores: Chore[] = [];

  get size(): number {
    return this.#chores.length;
  }

  put<T extends ChoreTask>(task: T): Promise<TaskAnswers[T["type"]]> {
    const { promise, resolve, reject } = Promise.withResolvers<ChoreAnswer>();
    this.#chores.push({ task, resolve, reject });
    // The thread answers each type with its own.
    return promise as Promise<TaskAnswers[T["type"]]>;
  }

  /**
   * Do the next one.
   *
   * @returns the stores that are up to date now; undefined where nothing waits
   */
  next(thread: ShardThread): Promise<readonly StoreNews[]> | undefined {
    const chore = this.#chores.shift();
    return chore === undefined ? undefined : doChore(thread, chore);
  }

  refuse(code: OperatingErrorCode, message: string): void {
    refuseAll(this.#chores.splice(0), code, message);
  }
}

async function doChore(
  thread: ShardThread,
  { task, resolve, reject }: Chore,
): Promise<readonly StoreNews[]> {
  try {
    resolve(await thread.run(task));
  } catch (error) {
    reject(new OperatingError("shard_restarting", `a ${task.type} failed`, { cause: error }));
    throw error;
  }
  if (!settling.has(task.type)) return [];
  return task.partitions.map((partition) => ({ partition, store: storeUpToDate }));
}

const settling: ReadonlySet<ChoreTask["type"]> = new Set(["closeSegment", "seal"]);
