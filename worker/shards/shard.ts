import { workerData } from "node:worker_threads";
import { fileDisk } from "../journal/disk.ts";
import { storePath } from "../store/store-file.ts";
import { ShardLife } from "./shard-life.ts";
import type { ShardData, ShardTask, TaskAnswers } from "./shard-tasks.ts";

/*
 * The thread of a shard. It has no timers, no ports and no asynchronous work: everything it does is
 * a task, one at a time. Loading this file recovers its partitions.
 */

// Given by the host, which starts this file and nothing else.
const { shard } = workerData as { readonly shard: ShardData };
const life = new ShardLife(shard, (folder) => ({
  disk: fileDisk(folder),
  store: storePath(folder),
}));

/** Do one task. The host ends the thread where one throws. */
export function handle(task: ShardTask): TaskAnswers[ShardTask["type"]] {
  return life.handle(task);
}
