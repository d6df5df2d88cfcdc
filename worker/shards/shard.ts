import { workerData } from "node:worker_threads";
import { fileDisk } from "../journal/disk.ts";
import { JournalError } from "../journal/journal-error.ts";
import { StoreError } from "../store/database.ts";
import { storePath } from "../store/store-file.ts";
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

/*
 * The thread of a shard. It has no timers, no ports and no asynchronous work: everything it does is
 * a task, one at a time. Loading this file recovers its partitions.
 */

/** Do one task. The host ends the thread where one throws. */
export function handle(task: ShardTask): TaskAnswers[ShardTask["type"]] {
  switch (task.type) {
    case "begin":
      return begin(task.epochSeen);
    case "commit":
      return commit(task);
    case "query":
      return task.queries.map(query);
    case "settle":
      return settle(task);
    case "journalState":
      return onlyPartition(task).journalState;
    case "closeSegment":
      return onlyPartition(task).closeSegment();
    case "trim":
      for (const number of task.partitions) partitionOf(number).trim();
      return undefined;
    case "seal":
      for (const number of task.partitions) partitionOf(number).seal();
      return undefined;
    case "retain": {
      const { now, partitions } = task;
      return { more: partitions.some((number) => partitionOf(number).retain(now, retainedAtOnce)) };
    }
  }
}

const retainedAtOnce = 1000;

// Given by the host, which starts this file and nothing else.
const data = (workerData as { readonly shard: ShardData }).shard;
const partitions = new Map<number, Partition>();
const failed = new Map<number, PartitionFailed>();
let epoch: number | undefined;

for (const { partition, folder } of data.partitions) {
  try {
    const { dataDirectory, limits } = data;
    const disk = fileDisk(folder);
    const store = storePath(folder);
    partitions.set(partition, new Partition({ partition, disk, store, dataDirectory, limits }));
  } catch (error) {
    failed.set(partition, { status: "failed", partition, ...described(error) });
  }
}

function begin(epochSeen: number): ShardBegun {
  const journaled = [...partitions.values()].map(({ state }) => state.lastEpoch);
  epoch = Math.max(epochSeen, ...journaled) + 1;
  const begun = [...partitions].map(([partition, { state, report, storeLacks, storeReplaced }]) => {
    return { status: "begun", partition, state, report, storeLacks, storeReplaced } as const;
  });
  return { epoch, partitions: [...begun, ...failed.values()] };
}

function commit(task: CommitTask): CommitAnswer {
  if (task.epoch !== epoch) {
    return refused("shard_restarting", `a batch of epoch ${task.epoch}, and this is ${epoch}`);
  }
  const partition = partitionOf(task.partition);
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
    epoch = undefined;
    throw error;
  }
}

function settle({ partitions: numbers, sliceMs }: SettleTask): Settled {
  const startedAt = performance.now();
  const stores = numbers.map((number) => {
    const partition = partitionOf(number);
    if (sliceMs === undefined) partition.settle();
    else partition.writeStore(sliceMs);
    return partition.storeState;
  });
  return { tookMs: performance.now() - startedAt, stores };
}

const harmless = new Set(["journal_io", "journal_batch_too_large", "journal_stale_epoch"]);

function query({ partition: number, query: asked }: QueryTask["queries"][number]): QueryAnswer {
  try {
    const partition = partitionOf(number);
    const value =
      asked.type === "events"
        ? { eventsText: JSON.stringify(partition.query(asked)) }
        : partition.query(asked);
    return { status: "answered", value, store: partition.storeState };
  } catch (error) {
    // The store was set aside, and the next thread derives it anew.
    if (error instanceof StoreError) throw error;
    return { status: "failed", message: described(error).message };
  }
}

function onlyPartition({
  partitions: [number = -1],
}: {
  partitions: readonly number[];
}): Partition {
  return partitionOf(number);
}

function partitionOf(number: number): Partition {
  const partition = partitions.get(number);
  if (partition === undefined) throw new Error(`partition ${number} is not open here`);
  return partition;
}

function refused(code: Refused["code"], message: string): Refused {
  return { status: "refused", code, message };
}

function described(error: unknown): { code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { code, message: code === undefined ? (error.stack ?? error.message) : error.message };
}
