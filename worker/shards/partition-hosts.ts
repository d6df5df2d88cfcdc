import type { Clock } from "../clock.ts";
import type { DataDirectory } from "../data-directory.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Logger, Telemetry } from "../telemetry.ts";
import type { Followers } from "./followers.ts";
import type { PartitionLine } from "./partition-line.ts";
import type { Activity } from "./routing.ts";
import { ShardHost } from "./shard-host.ts";
import type { ShardBegun } from "./shard-tasks.ts";
import { StoreCheckpoints } from "./store-checkpoints.ts";

export interface ShardsOptions {
  readonly dataDirectory: Pick<DataDirectory, "path" | "partitions" | "partitionPath">;
  /** Shard threads; no more than there are partitions are started. */
  readonly threads: number;
  readonly limits: WorkerLimits;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** The hosts of all shards, found by partition: partition p is on shard p modulo threads. */
export class PartitionHosts {
  readonly #hosts: readonly ShardHost[];
  readonly #checkpoints: StoreCheckpoints;

  constructor(
    options: ShardsOptions,
    followers: Followers,
    onActivity: (activity: Activity) => void,
    onRecovery: () => void,
  ) {
    const { dataDirectory, limits, logger, telemetry } = options;
    const checkpoints = new StoreCheckpoints(logger);
    this.#checkpoints = checkpoints;
    const all = Array.from({ length: dataDirectory.partitions }, (_, partition) => partition);
    const threads = Math.min(options.threads, dataDirectory.partitions);
    this.#hosts = Array.from({ length: threads }, (_, shard) => {
      const partitions = all
        .filter((partition) => partition % threads === shard)
        .map((partition) => ({ partition, folder: dataDirectory.partitionPath(partition) }));
      const data = { partitions, dataDirectory: dataDirectory.path, limits };
      return new ShardHost({
        data,
        limits,
        logger,
        telemetry,
        onActivity,
        onRecovery,
        checkpoints,
        followers,
      });
    });
  }

  /** Resolves when all have recovered. */
  async start(): Promise<readonly ShardBegun[]> {
    return Promise.all(this.#hosts.map((host) => host.start()));
  }

  /** From now on timers fire by this clock. */
  run(clock: Clock, alarm: "by itself" | "when told"): void {
    for (const host of this.#hosts) host.run(clock, alarm);
  }

  /** Partitions that run. */
  get partitions(): readonly number[] {
    return this.#lines.flatMap(({ failure, partition }) =>
      failure === undefined ? [partition] : [],
    );
  }

  /** The last journaled instant of all; 0 for none. */
  get lastAt(): number {
    return Math.max(0, ...this.#lines.map(({ state }) => state?.lastAt ?? 0));
  }

  /** Epoch ms of the next timer of all; Infinity without one. */
  get nextDeadlineAt(): number {
    return Math.min(...this.#lines.map(({ deadlineAt }) => deadlineAt));
  }

  /** Commands and queries that wait. */
  get waitingCount(): number {
    return this.#hosts.reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  }

  /** Whether no shard is being recovered. */
  get areRunning(): boolean {
    return this.#hosts.every(({ isRunning }) => isRunning);
  }

  of(partition: number): ShardHost {
    const host = this.#hosts[partition % this.#hosts.length];
    if (host === undefined) throw new Error(`no shard for partition ${partition}`);
    return host;
  }

  lineOf(partition: number): PartitionLine {
    const line = this.of(partition).lines.get(partition);
    if (line === undefined) throw new Error(`no partition ${partition}`);
    return line;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.idle()));
  }

  /** End the threads. What is durable stays, what waits is refused. */
  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
    await this.#checkpoints.stop();
  }

  get #lines(): readonly PartitionLine[] {
    return this.#hosts.flatMap(({ lines }) => [...lines.values()]);
  }
}
