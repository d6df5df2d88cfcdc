import { availableParallelism } from "node:os";
import type { TenantConfiguration } from "./configuration-files.ts";
import { defaultWorkerLimits } from "./limits.ts";
import type { WorkerLimits } from "./limits.ts";

/** How a worker is started. */
export interface ServiceOptions {
  /** Folder of journals, snapshots and stores; made where it does not exist. @defaultValue `.nightdesk` */
  readonly data: string;
  /** Applied at the start, each like a `PUT` of its tenant's configuration. @defaultValue none */
  readonly configurations: readonly TenantConfiguration[];
  /** Applied instead where the data folder has no tenant yet. @defaultValue none */
  readonly sample: TenantConfiguration | undefined;
  /** On 127.0.0.1; 0 takes any that is free. 0–65535. @defaultValue 8080 */
  readonly port: number;
  /** Fixed when the data folder is made, 1–1024; undefined takes what it has. @defaultValue 8 */
  readonly partitions: number | undefined;
  /** Shard threads, from 1; never more than partitions. @defaultValue cores − 1, at least 1 */
  readonly threads: number;
  /** Time stands still, and begins here, epoch ms. @defaultValue undefined: the system's clock */
  readonly testClock: number | undefined;
  /** Start although the system's clock is behind the journal. @defaultValue false */
  readonly acceptClock: boolean;
  /** How long a batch stays in the journal, in hours of the worker's clock, from 1. @defaultValue 24 */
  readonly journalHours: number;
  /** How long a stop waits for what is under way, seconds, from 0. @defaultValue 10 */
  readonly stopTimeoutSeconds: number;
  /** Folder with one file a secret, which need not exist. @defaultValue `secrets` */
  readonly secrets: string;
  readonly limits: WorkerLimits;
  /** Least level of what is logged: `trace` … `fatal`, or `silent`. @defaultValue `info` */
  readonly logLevel: string;
}

export const defaultServiceOptions = {
  data: ".nightdesk",
  configurations: [],
  sample: undefined,
  port: 8080,
  partitions: undefined,
  threads: Math.max(1, availableParallelism() - 1),
  testClock: undefined,
  acceptClock: false,
  journalHours: 24,
  stopTimeoutSeconds: 10,
  secrets: "secrets",
  limits: defaultWorkerLimits,
  logLevel: "info",
} satisfies ServiceOptions;
