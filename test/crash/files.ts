import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { headerBytes } from "../../worker/journal/header.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { replayJournal } from "../../worker/maintenance/journal-replay.ts";
import { verifyPartition } from "../../worker/maintenance/journal-verification.ts";
import {
  claimForMaintenance,
  observedPartitions,
} from "../../worker/maintenance/maintained-partitions.ts";
import type { MaintainedPartition } from "../../worker/maintenance/maintained-partitions.ts";
import { rebuildStore } from "../../worker/maintenance/store-rebuild.ts";
import { Store } from "../../worker/store/store.ts";

/**
 * What is wrong with a data directory that nobody uses any more: journals that are not sound, a
 * replay that comes to other events or another state, a store that is not what the journal gives.
 */
export async function filesDiffer(data: string): Promise<string[]> {
  using _lock = claimForMaintenance(data);
  const differences: string[] = [];
  for (const files of observedPartitions(data)) {
    const unsound = [...verifyPartition(files)].filter((finding) => {
      return !finding.sound && !isUnfinished(files.folder, finding);
    });
    differences.push(...unsound.map((finding) => JSON.stringify(finding)));
    const replay = replayJournal(files, { limits: defaultWorkerLimits });
    if (!replay.same) differences.push(`a replay differs: ${JSON.stringify(replay)}`);
    differences.push(...(await storeDiffers(files, replay.lastIndex)));
  }
  return differences;
}

/** A snapshot that a kill broke off: its header, the last to be written, is not there. */
function isUnfinished(folder: string, finding: object): boolean {
  if (!("snapshot" in finding) || typeof finding.snapshot !== "string") return false;
  const bytes = readFileSync(join(folder, finding.snapshot));
  return bytes.subarray(0, headerBytes).every((byte) => byte === 0);
}

/** The store as the kills left it, brought up to date by recovery, against one derived anew. */
async function storeDiffers(files: MaintainedPartition, lastIndex: number): Promise<string[]> {
  const settled = settledBatch(files);
  if (settled > lastIndex) return [`the store says ${settled}, the journal ends at ${lastIndex}`];
  const before = await eventRows(files);
  rebuildStore(files, { limits: defaultWorkerLimits, acceptLoss: true });
  const after = await eventRows(files);
  const newest = Math.max(0, ...before.keys());
  const oldest = Math.min(Infinity, ...after.keys());
  const missing = [...before].filter(([sequence, row]) => {
    return sequence >= oldest && after.get(sequence) !== row;
  });
  const invented = [...after.keys()].filter((sequence) => {
    return sequence <= newest && !before.has(sequence);
  });
  const wrong = [...missing.map(([sequence]) => sequence), ...invented];
  return wrong.length === 0 ? [] : [`partition ${files.partition}: rows ${wrong.join()} differ`];
}

/** Opening it takes what its write-ahead log holds. */
function settledBatch({ store }: MaintainedPartition): number {
  using open = new Store(store);
  open.sync();
  return open.settledBatch;
}

async function eventRows({ store }: MaintainedPartition): Promise<Map<number, string>> {
  const copy = `${store}.copy`;
  await copyFile(store, copy);
  const database = new DatabaseSync(copy);
  const rows = database.prepare("SELECT * FROM events").all();
  database.close();
  return new Map(rows.map((row) => [Number(row["sequence"]), JSON.stringify(row)]));
}
