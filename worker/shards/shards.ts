import { encodeCommand } from "../../core/codec.ts";
import type { Command, PlanCalendars } from "../../core/commands.ts";
import type { Result } from "../../core/engine.ts";
import type { Clock } from "../clock.ts";
import type { DataDirectory } from "../data-directory.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Logger, PartitionCounts, Telemetry } from "../telemetry.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { planCalendars, replanBelowMs } from "./calendar-planning.ts";
import { partitionOf } from "./placement.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import { OperatingError } from "./routing.ts";
import type { Activity, CommandInput, Query, QueryAnswers, Routing } from "./routing.ts";
import { ShardHost } from "./shard-host.ts";
import type { ClosedSegment, JournalState } from "./partition-state.ts";
import type { PartitionFailed, ShardBegun } from "./shard-tasks.ts";

export interface ShardsOptions {
  readonly dataDirectory: Pick<DataDirectory, "path" | "partitions" | "partitionPath">;
  /** Shard threads; no more than there are partitions are started. */
  readonly threads: number;
  readonly limits: WorkerLimits;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** All partitions of a data directory, on their threads: partition p is on shard p modulo threads. */
export class Shards implements Routing {
  readonly #options: ShardsOptions;
  readonly #hosts: readonly ShardHost[];
  readonly #listeners = new Set<(activity: Activity) => void>();
  readonly #acknowledgements: Acknowledgements;
  #clock: Clock | undefined;
  #stopping = false;

  private constructor(options: ShardsOptions) {
    this.#options = options;
    const { dataDirectory, limits, logger, telemetry } = options;
    this.#acknowledgements = new Acknowledgements(this, logger);
    const all = Array.from({ length: dataDirectory.partitions }, (_, partition) => partition);
    const threads = Math.min(options.threads, dataDirectory.partitions);
    this.#hosts = Array.from({ length: threads }, (_, shard) => {
      const partitions = all
        .filter((partition) => partition % threads === shard)
        .map((partition) => ({ partition, folder: dataDirectory.partitionPath(partition) }));
      const data = { partitions, dataDirectory: dataDirectory.path, limits };
      const onActivity = (activity: Activity) => this.#tell(activity);
      return new ShardHost({ data, limits, logger, telemetry, onActivity });
    });
  }

  /**
   * Recover all partitions. Those whose files are damaged stay away, the others run; where that
   * leaves none, or a partition needs another release, this rejects.
   */
  static async start(options: ShardsOptions): Promise<Shards> {
    const shards = new Shards(options);
    try {
      const begun = await Promise.all(shards.#hosts.map((host) => host.start()));
      shards.#report(begun);
      return shards;
    } catch (error) {
      await shards.stop();
      throw error;
    }
  }

  /** Partitions that run. */
  get partitions(): readonly number[] {
    return this.#hosts.flatMap(({ lines }) =>
      [...lines.values()]
        .filter(({ failure }) => failure === undefined)
        .map(({ partition }) => partition),
    );
  }

  /** The last journaled instant of all; 0 for none. */
  get lastAt(): number {
    return Math.max(0, ...this.#hosts.flatMap(({ lines }) => [...lines.values()].map(lastAtOf)));
  }

  /** Epoch ms of the next timer of all partitions; Infinity without one. */
  get nextDeadlineAt(): number {
    return Math.min(
      ...this.#hosts.flatMap(({ lines }) =>
        [...lines.values()].map(({ deadlineAt }) => deadlineAt),
      ),
    );
  }

  /** Whether every partition that started is there to be used. */
  get isReady(): boolean {
    return this.#clock !== undefined && this.#hosts.every(({ isRunning }) => isRunning);
  }

  /** Commands and queries that wait. */
  get waitingCount(): number {
    return this.#hosts.reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  }

  /**
   * Begin to take commands and to fire timers, first those that are overdue.
   *
   * @param alarm whether timers fire by themselves as the clock goes on, or only by `passTime`
   */
  async run(clock: Clock, alarm: "by itself" | "when told"): Promise<void> {
    // What is planned too shortly is planned before any overdue timer can look at it.
    const until = clock.now();
    const tenants = await this.query({ type: "tenants" });
    const plans = await Promise.all(
      tenants.map((tenant) => this.#planOf(tenant, this.#lineOf(tenant).state?.lastAt ?? 0, until)),
    );
    const planned = plans.flatMap((plan) => (plan === undefined ? [] : [this.#send(plan)]));
    this.#clock = clock;
    for (const host of this.#hosts) host.run(clock, alarm);
    await Promise.all(planned);
    await this.passTime();
  }

  now(): number {
    return this.#runningClock().now();
  }

  async submit(input: CommandInput): Promise<Result> {
    const at = this.now();
    const command =
      input.type === "configureTenant"
        ? { ...input, at, plans: planCalendars(input.configuration.calendars, at) }
        : { ...input, at };
    return this.#send(command);
  }

  async query<Q extends Query>(query: Q): Promise<QueryAnswers[Q["type"]]> {
    const answer = "tenant" in query ? this.#askOne(query.tenant, query) : this.#askAll(query);
    if (query.type === "entries") this.#acknowledgements.note(query);
    // Both answer a query of each type with its own.
    return (await answer) as QueryAnswers[Q["type"]];
  }

  /** What the partitions' engines hold. */
  async counts(): Promise<PartitionCounts[]> {
    const now = this.now();
    return Promise.all(
      this.partitions.map(async (partition) => {
        const [counts] = await this.#hostOf(partition).query(partition, { type: "counts" });
        if (counts === undefined) throw new Error(`partition ${partition} counts nothing`);
        return { partition, now, counts };
      }),
    );
  }

  /** A query that is not for the outside. */
  async ask<Q extends PartitionQuery & { readonly tenant: string }>(
    query: Q,
  ): Promise<PartitionAnswers[Q["type"]]> {
    return this.#askOne(query.tenant, query);
  }

  onActivity(listener: (activity: Activity) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Fire, in every partition, what is due by now, and wait until it is durable. */
  async passTime(): Promise<void> {
    const now = this.now();
    await Promise.all(
      this.#hosts.flatMap((host) =>
        [...host.lines.values()]
          .filter((line) => line.failure === undefined && line.deadlineAt <= now)
          .map(({ partition }) => this.#tick(host, partition, now)),
      ),
    );
  }

  /** Wait until everything sent so far is durable. */
  async catchUp(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.idle()));
  }

  /** Journal the present instant in a partition, so that it outlives a restart. */
  async keepInstant(partition: number): Promise<void> {
    const at = this.now();
    const bytes = encodeCommand({ type: "tick", at });
    await this.#hostOf(partition).submit(partition, {
      bytes,
      tenant: undefined,
      type: "tick",
      keep: true,
    });
  }

  /** Extend the calendar plans that reach less far than they should. */
  async extendPlans(): Promise<void> {
    const tenants = await this.query({ type: "tenants" });
    const now = this.now();
    await Promise.all(
      tenants.map(async (tenant) => {
        const plan = await this.#planOf(tenant, now, now);
        // Later than it was asked for, and commands are in order.
        if (plan !== undefined) await this.#send({ ...plan, at: this.now() });
      }),
    );
  }

  /** Forget what the tenants' retention no longer keeps. */
  async retain(): Promise<void> {
    const now = this.now();
    await Promise.all(
      this.partitions.map(async (partition) => {
        const host = this.#hostOf(partition);
        let more = true;
        while (more) {
          ({ more } = await host.chore({ type: "retain", partitions: [partition], now }));
        }
      }),
    );
  }

  /** What the partition's journal holds. */
  async journalState(partition: number): Promise<JournalState> {
    return this.#hostOf(partition).chore({ type: "journalState", partitions: [partition] });
  }

  /** Commands of a partition since the last snapshot that this process knows of. */
  tailCommands(partition: number): number {
    return this.#hostOf(partition).lines.get(partition)?.tailCommands ?? 0;
  }

  /** Close the partition's segment, so that others can read it. */
  async closeSegment(partition: number): Promise<ClosedSegment> {
    return this.#hostOf(partition).chore({ type: "closeSegment", partitions: [partition] });
  }

  /** Forget the batches that the partition's snapshots and store contain. */
  async trim(partition: number): Promise<void> {
    const host = this.#hostOf(partition);
    await host.chore({ type: "trim", partitions: [partition] });
    host.lines.get(partition)?.shortened();
  }

  /** Take nothing new from now on. */
  refuse(): void {
    this.#stopping = true;
  }

  /** Leave a snapshot of every partition and an empty tail. */
  async seal(): Promise<void> {
    await Promise.all(
      this.partitions.map(async (partition) => {
        await this.#hostOf(partition).chore({ type: "seal", partitions: [partition] });
      }),
    );
  }

  /** End the threads. What is durable stays, what waits is refused. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#hosts.map((host) => host.stop()));
  }

  async #send(command: Command & { readonly tenant: string }): Promise<Result> {
    if (this.#stopping) throw this.#refused(new OperatingError("stopping", "the worker stops"));
    const { tenant, type } = command;
    const partition = this.#partitionOf(tenant);
    const letter = { bytes: encodeCommand(command), tenant, type, keep: false };
    try {
      return await this.#hostOf(partition).submit(partition, letter);
    } catch (error) {
      throw this.#refused(error);
    }
  }

  #refused(error: unknown): unknown {
    if (error instanceof OperatingError) {
      this.#options.telemetry.refusals.inc({ code: error.code });
    }
    return error;
  }

  /** The command that extends a tenant's plans, if they are too short for `until`. */
  async #planOf(tenant: string, from: number, until: number): Promise<PlanCalendars | undefined> {
    const known = await this.query({ type: "configuration", tenant });
    if (known === undefined || known.plannedUntil >= until + replanBelowMs) return undefined;
    const plans = planCalendars(known.configuration.calendars, from, until);
    return plans.length === 0 ? undefined : { type: "planCalendars", at: from, tenant, plans };
  }

  async #tick(host: ShardHost, partition: number, at: number): Promise<void> {
    const bytes = encodeCommand({ type: "tick", at });
    const letter = { bytes, tenant: undefined, type: "tick", keep: false };
    let deadlineAt: number;
    do {
      await host.submit(partition, letter);
      deadlineAt = host.lines.get(partition)?.deadlineAt ?? Infinity;
    } while (deadlineAt <= at);
  }

  async #askOne<Q extends PartitionQuery>(
    tenant: string,
    query: Q,
  ): Promise<PartitionAnswers[Q["type"]]> {
    const partition = this.#partitionOf(tenant);
    return this.#hostOf(partition).query(partition, query);
  }

  /** Those that are answered by a list, one behind the other; partitions that are down are left out. */
  async #askAll(query: Query): Promise<readonly unknown[]> {
    const answers = await Promise.all(
      this.partitions.map((partition) => this.#hostOf(partition).query(partition, query)),
    );
    return answers.flatMap((answer) => (Array.isArray(answer) ? (answer as unknown[]) : []));
  }

  #tell(activity: Activity): void {
    for (const listener of this.#listeners) {
      try {
        listener(activity);
      } catch (error) {
        this.#options.logger.error({ err: error }, "a listener of activity failed");
      }
    }
  }

  #report(begun: readonly ShardBegun[]): void {
    const { logger } = this.#options;
    const partitions = begun.flatMap((shard) => shard.partitions);
    for (const partition of partitions) {
      if (partition.status === "failed") {
        logger.error(partition, "a partition does not start");
        continue;
      }
      const { eventHash: _, ...report } = partition.report;
      const { storeLacks, storeReplaced } = partition;
      const about = { partition: partition.partition, ...report, storeLacks, storeReplaced };
      if (
        storeLacks ||
        storeReplaced !== undefined ||
        report.badSnapshots.length > 0 ||
        report.tornTail !== undefined
      ) {
        logger.warn(about, "a partition was recovered, and something was missing");
      } else if (report.batchesReplayed > 0) {
        logger.info(about, "a partition was recovered");
      }
    }
    const failures = partitions.filter((partition) => partition.status === "failed");
    const fatal = failures.find(({ code }) => code === "journal_other_version") ?? failures[0];
    if (fatal === undefined) return;
    if (fatal.code === "journal_other_version" || failures.length === partitions.length) {
      throw startFailure(fatal);
    }
  }

  #runningClock(): Clock {
    if (this.#clock === undefined) throw new OperatingError("shard_restarting", "not started yet");
    return this.#clock;
  }

  #partitionOf(tenant: string): number {
    return partitionOf(tenant, this.#options.dataDirectory.partitions);
  }

  #lineOf(tenant: string) {
    const partition = this.#partitionOf(tenant);
    const line = this.#hostOf(partition).lines.get(partition);
    if (line === undefined) throw new Error(`no partition ${partition}`);
    return line;
  }

  #hostOf(partition: number): ShardHost {
    const host = this.#hosts[partition % this.#hosts.length];
    if (host === undefined) throw new Error(`no shard for partition ${partition}`);
    return host;
  }
}

function lastAtOf({ state }: { readonly state: { readonly lastAt: number } | undefined }): number {
  return state?.lastAt ?? 0;
}

function startFailure({ partition, message }: PartitionFailed): OperatingError {
  return new OperatingError("partition_unavailable", `partition ${partition}: ${message}`);
}
