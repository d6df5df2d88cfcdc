import type { Telemetry } from "../telemetry.ts";
import type { NextBatch } from "./inbox.ts";
import type { PartitionLine } from "./partition-line.ts";
import { refuseAll } from "./refusing.ts";
import type { BatchOutcome } from "./partition-state.ts";
import type { Activity } from "./routing.ts";
import type { CommitAnswer } from "./shard-tasks.ts";
import type { ShardThread } from "./shard-thread.ts";

export interface BatchRun extends NextBatch {
  readonly thread: ShardThread;
  readonly line: PartitionLine;
  readonly telemetry: Telemetry;
  /** Tenants whose streams are read as they come. */
  readonly followed: readonly string[];
  /** Host time, epoch ms. */
  readonly now: () => number;
  readonly onActivity: (activity: Activity) => void;
}

/**
 * Have one batch committed, and answer those who sent it. Rejects where the thread died over it or
 * is not the one that was begun; then they were told to try again.
 */
export async function runBatch(run: BatchRun): Promise<void> {
  const { line, letters, onActivity } = run;
  const answer = await commit(run);
  if (answer.status === "refused") {
    refuseAll(letters, answer.code, answer.message);
    if (answer.code === "shard_restarting") throw new Error(answer.message);
    line.pause();
    return;
  }
  line.follow(answer.state, letters.length);
  // Written by the thread, from an outcome: it has nothing but what JSON can say.
  const outcome = JSON.parse(answer.outcome) as BatchOutcome;
  for (const [index, { resolve }] of letters.entries()) {
    const result = outcome.results[index];
    if (result !== undefined) resolve(result);
  }
  observe(run, outcome);
  for (const activity of outcome.activities) onActivity(activity);
}

async function commit({
  thread,
  line,
  letters,
  commands,
  followed,
}: BatchRun): Promise<CommitAnswer> {
  const { partition } = line;
  const { epoch } = thread;
  const keepTick = letters.some(({ keep }) => keep);
  try {
    const task = { type: "commit", epoch, partition, commands, followed, keepTick } as const;
    return await thread.run(task, [commands.bytes.buffer]);
  } catch (error) {
    refuseAll(letters, "shard_restarting", "the thread died over the batch");
    throw error;
  }
}

function observe(
  { line, letters, telemetry, now }: BatchRun,
  { results, measures }: BatchOutcome,
): void {
  if (measures.journalMs > 0) {
    telemetry.batchCommands.observe(letters.length);
    telemetry.journalSyncSeconds.observe(measures.journalMs / 1000);
    telemetry.applySeconds.observe(measures.applyMs / 1000);
  }
  telemetry.countResults(
    letters.map(({ type }) => type),
    results,
  );
  const answeredAt = now();
  for (const dueAt of measures.dueAts) {
    telemetry.timerLatenessSeconds.observe((answeredAt - dueAt) / 1000);
  }
  for (const rule of measures.assignmentRules) telemetry.assignments.inc({ rule });
  telemetry.inboxCommands.set({ partition: String(line.partition) }, line.inbox.size);
}
