import type { Clock } from "./clock.ts";
import type { WorkerLimits } from "./limits.ts";
import type { Shards } from "./shards/shards.ts";
import { Snapshotter } from "./shards/snapshotter.ts";
import type { Rounds } from "./shards/time-walk.ts";
import type { Logger, Telemetry } from "./telemetry.ts";

export interface UpkeepOptions {
  readonly shards: Shards;
  readonly clock: Clock;
  /** Where a partition's files are. */
  readonly partitionPath: (partition: number) => string;
  /** After so many hours of the worker's clock a batch is dropped from the journal. */
  readonly journalHours: number;
  readonly limits: WorkerLimits;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * What is done now and then by the worker's clock: calendar plans are extended, retention is kept,
 * snapshots are taken and the journal is trimmed behind them.
 *
 * A batch is dropped behind the second snapshot after it. Snapshots are three rounds apart at least
 * and four at most, so with eight rounds in `journalHours` it is gone in time.
 */
export class Upkeep implements Rounds {
  readonly #options: UpkeepOptions;
  readonly #snapshotter = new Snapshotter();
  readonly #roundMs: number;
  readonly #snapshotAt = new Map<number, number>();
  #nextAt: number;
  #plansAt: number;
  #timer: NodeJS.Timeout | undefined;
  #making: Promise<void> = Promise.resolve();

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#roundMs = Math.max(1, Math.floor((options.journalHours * hourMs) / 8));
    const now = options.clock.now();
    this.#nextAt = now + this.#roundMs;
    this.#plansAt = now + dayMs;
  }

  get nextAt(): number {
    return this.#nextAt;
  }

  /** Make rounds by itself from now on, on a clock that runs. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#making = this.#making.then(() => this.look());
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** Never rejects: what fails is logged, and done in the next round. */
  async makeIfDue(): Promise<void> {
    const now = this.#options.clock.now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + this.#roundMs;
    const { shards } = this.#options;
    if (now >= this.#plansAt) {
      this.#plansAt = now + dayMs;
      await this.#attempt("extend plans", () => shards.extendPlans());
    }
    await this.retain();
    for (const partition of shards.partitions) {
      await this.#attempt("shorten the journal", () => this.#shorten(partition, now));
    }
  }

  async retain(): Promise<void> {
    await this.#attempt("retain", () => this.#options.shards.retain());
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#snapshotter.stop();
    await this.#making;
  }

  /** Make the round if it is due, and shorten what has become long meanwhile. */
  async look(): Promise<void> {
    await this.makeIfDue();
    const { shards, limits, clock } = this.#options;
    for (const partition of shards.partitions) {
      if (shards.tailCommands(partition) < limits.commandsPerSnapshotMax) continue;
      await this.#attempt("snapshot", () => this.#snapshot(partition, clock.now()));
    }
  }

  /** Snapshot and trim, while the journal holds what somebody said. */
  async #shorten(partition: number, now: number): Promise<void> {
    const { shards } = this.#options;
    if (now - (this.#snapshotAt.get(partition) ?? 0) < 3 * this.#roundMs) return;
    const { firstIndex, lastIndex, sayingIndex, snapshotIndex } =
      await shards.journalState(partition);
    if (firstIndex > sayingIndex) return;
    // A second snapshot, to which there must be a batch.
    if (lastIndex === snapshotIndex) await shards.keepInstant(partition);
    await this.#snapshot(partition, now);
  }

  async #snapshot(partition: number, now: number): Promise<void> {
    const { shards, limits, partitionPath } = this.#options;
    const closed = await shards.closeSegment(partition);
    // No batch has begun since: what comes from now on is behind the snapshot.
    const covered = shards.tailCommands(partition);
    const isUrgent = () => shards.tailCommands(partition) - covered > unhurriedCommands;
    try {
      const folder = partitionPath(partition);
      await this.#snapshotter.take({ partition, folder, limits, closed }, isUrgent);
    } catch (error) {
      if (isDifference(error)) this.#options.telemetry.snapshotChecksFailed.inc();
      throw error;
    }
    this.#snapshotAt.set(partition, now);
    await shards.trim(partition, covered);
  }

  async #attempt(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#options.logger.error({ err: error, what }, "upkeep failed, and is tried again");
    }
  }
}

/** The snapshot's thread found events that are not those of the partition. */
function isDifference(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "journal_replay_differs";
}

/** A start has to replay what comes while a snapshot gives way: some tenths of a second's worth. */
const unhurriedCommands = 50_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lookEveryMs = 1000;
