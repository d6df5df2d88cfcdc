import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineVersion, hash64, restoreEngine } from "../core/index.ts";
import { fileDisk } from "../worker/journal/disk.ts";
import { openSnapshotFiles, type SnapshotFiles } from "../worker/journal/snapshot-files.ts";
import { EngineDesk, startAt } from "./engine-desk.ts";
import type { Benchmark, Figure } from "./figures.ts";
import { elapsedMs } from "./sampling.ts";
import { waitingTenant } from "./waiting-tenant.ts";

/*
 * Goal: how long a million open conversations take into a durable snapshot, and back into an engine.
 *
 * Non-goal: a restart of the worker (`restart.one-million`), which has a journal and a store too.
 */

const nonGoal = "a restart of the worker, see restart.one-million";

function withOpen(
  count: number,
  measure: (desk: EngineDesk, files: SnapshotFiles) => Figure[],
): Figure[] {
  const desk = new EngineDesk(waitingTenant);
  for (let index = 0; index < count; index += 1) desk.write();
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-bench-"));
  try {
    return measure(desk, openSnapshotFiles(fileDisk(folder), { partition: 0 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(desk: EngineDesk, files: SnapshotFiles): void {
  const head = { index: 1, at: startAt, engineVersion, eventHash: 0n };
  files.write({ ...head, writeContent: (handOn) => desk.engine.writeSnapshot(handOn) });
}

function figures(name: string, ms: number, content: Uint8Array, resultHash: string): Figure[] {
  const common = { name, samples: 1, resultHash };
  const mebibytes = content.length / 2 ** 20;
  return [
    { ...common, metric: "time", unit: "ms", value: ms },
    { ...common, metric: "throughput", unit: "MiB/s", value: mebibytes / (ms / 1_000) },
  ];
}

const openCount = (smoke: boolean): number => (smoke ? 2_000 : 1_000_000);

const snapshotWrite: Benchmark = {
  name: "snapshot.write",
  goal: "a million open conversations written to a durable snapshot",
  nonGoal,
  run: ({ smoke }) =>
    Promise.resolve(
      withOpen(openCount(smoke), (desk, files) => {
        const ms = elapsedMs(() => write(desk, files));
        const content = desk.engine.snapshot();
        return figures("snapshot.write", ms, content, hash64(content.subarray(0, 1_000_000)));
      }),
    ),
};

const snapshotRestore: Benchmark = {
  name: "snapshot.restore",
  goal: "a million open conversations read from a snapshot into an engine",
  nonGoal,
  run: ({ smoke }) =>
    Promise.resolve(
      withOpen(openCount(smoke), (desk, files) => {
        write(desk, files);
        const content = desk.engine.snapshot();
        let restored = 0;
        const ms = elapsedMs(() => {
          const { snapshot } = files.newest();
          if (snapshot === undefined) throw new Error("the snapshot cannot be read");
          restored = restoreEngine(snapshot.content).counts().timersArmed;
        });
        return figures("snapshot.restore", ms, content, restored.toString(16));
      }),
    ),
};

export const snapshots: readonly Benchmark[] = [snapshotWrite, snapshotRestore];
