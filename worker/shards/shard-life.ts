import type { Disk } from "../journal/disk.ts";
import { JournalError } from "../journal/journal-error.ts";
import { StoreError } from "../store/database.ts";
import { Partition } from "./partition.ts";
import { unpackCommands } from "./packed-commands.ts";
import type {
  CommitAnswer,
  CommitTask,
  PartitionFailed,
  QueryAnswer,
  QueryTask,
  Refused,
  SettleTask,
  Settled,
  ShardBegun,
  ShardData,
  ShardTask,
  TaskAnswers,
} from "./shard-tasks.ts";

/** Where a partition's files are. */
export interface PartitionFiles {
  readonly disk: Disk;
  /** Path of its store. */
  readonly store: string;
}

/**
 * One life of a shard's thread: its partitions, from their recovery until a task throws. Synchronous
 * throughout, and without time or chance of its own.
 */
export class ShardLife {
  readonly #partitions = new Map<number, Partition>();
  readonly #failed = new Map<number, PartitionFailed>();
  #epoch: number | undefined;

  /** Recovers the partitions; one whose files are damaged stays away. */
  constructor(data: ShardData, filesOf: (folder: string) => PartitionFiles) {
    const { dataDirectory, limits } = data;
    for (const { partition, folder } of data.partitions) {
      try {
        const options = { partition, ...filesOf(folder), dataDirectory, limits };
        this.#partitions.set(partition, new Partition(options));
      } catch (error) {
        this.#failed.set(partition, { status: "failed", partition, ...described(error) });
      }
    }
  }

  /** Do one task. Where it throws, this life is over. */
  handle(task: ShardTask): TaskAnswers[ShardTask["type"]] {
    switch (task.type) {
      case "begin":
        return this.#begin(task.epochSeen);
      case "commit":
        return this.#commit(task);
      case "query":
        return task.queries.map((query) => this.#query(query));
      case "settle":
        return this.#settle(task);
      case "journalState":
        return this.#only(task.partitions).journalState;
      case "closeSegment":
        return this.#only(task.partitions).closeSegment();
      case "trim":
        for (const partition of task.partitions) this.#of(partition).trim();
        return undefined;
      case "seal":
        for (const partition of task.partitions) this.#of(partition).seal();
        return undefined;
      case "retain": {
        const { now, partitions } = task;
        return { more: partitions.some((one) => this.#of(one).retain(now, retainedAtOnce)) };
      }
    }
  }

  #begin(epochSeen: number): ShardBegun {
    const journaled = [...this.#partitions.values()].map(({ state }) => state.lastEpoch);
    this.#epoch = Math.max(epochSeen, ...journaled) + 1;
    const begun = [...this.#partitions].map(([partition, running]) => {
      const { state, report, storeLacks, storeReplaced } = running;
      return { status: "begun", partition, state, report, storeLacks, storeReplaced } as const;
    });
    return { epoch: this.#epoch, partitions: [...begun, ...this.#failed.values()] };
  }

  #commit(task: CommitTask): CommitAnswer {
    const epoch = this.#epoch;
    if (epoch === undefined || task.epoch !== epoch) {
      return refused("shard_restarting", `a batch of epoch ${task.epoch}, and this is ${epoch}`);
    }
    const partition = this.#of(task.partition);
    const commands = unpackCommands(task.commands);
    try {
      const outcome = partition.commit(epoch, commands, task);
      return { status: "committed", outcome: JSON.stringify(outcome), state: partition.state };
    } catch (error) {
      if (error instanceof JournalError && error.code === "journal_full") {
        return refused("journal_full", error.message);
      }
      if (error instanceof JournalError && harmless.has(error.code)) {
        return refused("journal_failed", error.message);
      }
      // Nobody knows how far it came: the journal does, and the next thread reads it. The host ends
      // this one; until then it takes nothing.
      this.#epoch = undefined;
      throw error;
    }
  }

  #settle({ partitions, sliceMs }: SettleTask): Settled {
    const startedAt = performance.now();
    const stores = partitions.map((number) => {
      const partition = this.#of(number);
      if (sliceMs === undefined) partition.settle();
      else partition.writeStore(sliceMs);
      return partition.storeState;
    });
    return { tookMs: performance.now() - startedAt, stores };
  }

  #query({ partition: number, query }: QueryTask["queries"][number]): QueryAnswer {
    try {
      const partition = this.#of(number);
      const value =
        query.type === "events"
          ? { eventsText: JSON.stringify(partition.query(query)) }
          : partition.query(query);
      return { status: "answered", value, store: partition.storeState };
    } catch (error) {
      // The store was set aside, and the next thread derives it anew.
      if (error instanceof StoreError) throw error;
      return { status: "failed", message: described(error).message };
    }
  }

  #only([number = -1]: readonly number[]): Partition {
    return this.#of(number);
  }

  #of(number: number): Partition {
    const partition = this.#partitions.get(number);
    if (partition === undefined) throw new Error(`partition ${number} is not open here`);
    return partition;
  }
}

const retainedAtOnce = 1000;

const harmless = new Set(["journal_io", "journal_batch_too_large", "journal_stale_epoch"]);

function refused(code: Refused["code"], message: string): Refused {
  return { status: "refused", code, message };
}

function described(error: unknown): { code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { code, message: code === undefined ? (error.stack ?? error.message) : error.message };
}
