import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { StandingClock } from "../../worker/clock.ts";
import type { Clock } from "../../worker/clock.ts";
import { openDataDirectory } from "../../worker/data-directory.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import type { WorkerLimits } from "../../worker/limits.ts";
import { Shards } from "../../worker/shards/shards.ts";
import { Telemetry, createLogger } from "../../worker/telemetry.ts";
import { monday, resolved, tenant } from "./partition-desk.ts";

/** A folder that goes when the test is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-shards-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunningOptions {
  readonly folder: string;
  readonly partitions?: number;
  readonly threads?: number;
  readonly limits?: Partial<WorkerLimits>;
  readonly clock?: Clock;
  /** @defaultValue "when told" */
  readonly alarm?: "by itself" | "when told";
}

/** Shards on real threads and files, for one test. Disposing is a crash: nothing is sealed. */
export async function runShards(options: RunningOptions) {
  const { folder, partitions = 1, threads = 1, limits, clock, alarm = "when told" } = options;
  const dataDirectory = openDataDirectory(folder, { partitions, testClock: true });
  const telemetry = new Telemetry();
  const started = await startIn();
  async function startIn(): Promise<Shards> {
    try {
      return await Shards.start({
        dataDirectory,
        threads,
        limits: { ...defaultWorkerLimits, ...limits },
        logger: createLogger("silent"),
        telemetry,
      });
    } catch (error) {
      dataDirectory.release();
      throw error;
    }
  }
  await started.run(clock ?? new StandingClock(Math.max(monday, started.lastAt)), alarm);
  return {
    shards: started,
    telemetry,
    configure: async (name = tenant) =>
      started.submit({ type: "configureTenant", tenant: name, configuration: resolved() }),
    receive: async (id: string, customer: string, name = tenant) =>
      started.submit({
        type: "receiveMessage",
        tenant: name,
        id,
        channel: "web",
        customer,
        content: `{"text":"${id}"}`,
      }),
    [Symbol.asyncDispose]: async () => {
      await started.stop();
      dataDirectory.release();
    },
  };
}
