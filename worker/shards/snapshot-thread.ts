import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { Haste } from "./pacing.ts";
import type { SnapshotData } from "./snapshot-taking.ts";

/** What the thread is started with. */
export interface SnapshotThreadData {
  readonly snapshot: SnapshotData;
  readonly haste: Haste["cells"];
}

/*
 * The thread that takes one snapshot of one partition, and ends. Its priority is low before it loads
 * anything: what it compiles first takes as long as a tenth of all.
 */

beLowPriority();
const { takeSnapshot } = await import("./snapshot-taking.ts");
// Given by the snapshotter, which starts this file and nothing else.
const { snapshot, haste } = workerData as SnapshotThreadData;
takeSnapshot(snapshot, haste);
parentPort?.postMessage("taken");

/** On Linux a thread has a priority of its own, and 0 names the one that asks. */
function beLowPriority(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(0, 10);
  } catch {
    // Not allowed here: then it competes, for as long as it takes.
  }
}
