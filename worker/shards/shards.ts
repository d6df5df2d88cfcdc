import { commandBytes, encodeCommand } from "../../core/codec.ts";
import type { Command, PlanCalendars } from "../../core/commands.ts";
import type { Result } from "../../core/engine.ts";
import type { Clock } from "../clock.ts";
import type { PartitionCounts } from "../telemetry.ts";
import { planCalendars, planningHorizonMs, replanBelowMs } from "./calendar-planning.ts";
import { Followers } from "./followers.ts";
import { PartitionHosts } from "./partition-hosts.ts";
import type { ShardsOptions } from "./partition-hosts.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import type { ClosedSegment, JournalState } from "./partition-state.ts";
import { partitionOf } from "./placement.ts";
import { reportRecovery } from "./recovery-log.ts";
import { OperatingError } from "./routing.ts";
import type {
  Activity,
  Answered,
  CommandInput,
  Following,
  Intake,
  Query,
  QueryAnswers,
  Routing,
} from "./routing.ts";

/** All partitions of a data directory, on their threads, behind one door. */
export class Shards implements Routing, Intake, Following {
  readonly #options: ShardsOptions;
  readonly #hosts: PartitionHosts;
  readonly #followers = new Followers();
  readonly #listeners = new Set<(activity: Activity) => void>();
  readonly #recoveryListeners = new Set<() => void>();
  /** How far a tenant's calendars were worked out, for those that change too seldom to show it. */
  readonly #plannedUntil = new Map<string, number>();
  #clock: Clock | undefined;
  #stopping = false;

  private constructor(options: ShardsOptions) {
    this.#options = options;
    this.#hosts = new PartitionHosts(
      options,
      this.#followers,
      (activity) => this.#tell(this.#listeners, activity),
      () => this.#tell(this.#recoveryListeners, undefined),
    );
  }

  /**
   * Recover all partitions. Those whose files are damaged stay away, the others run; where that
   * leaves none, or a partition needs another release, this rejects.
   */
  static async start(options: ShardsOptions): Promise<Shards> {
    const shards = new Shards(options);
    try {
      reportRecovery(options.logger, await shards.#hosts.start());
      return shards;
    } catch (error) {
      await shards.stop();
      throw error;
    }
  }

  /** Partitions that run. */
  get partitions(): readonly number[] {
    return this.#hosts.partitions;
  }

  /** The last journaled instant of all; 0 for none. */
  get lastAt(): number {
    return this.#hosts.lastAt;
  }

  /** Epoch ms of the next timer of all partitions; Infinity without one. */
  get nextDeadlineAt(): number {
    return this.#hosts.nextDeadlineAt;
  }

  /** Whether every partition that started is there to be used. */
  get isReady(): boolean {
    return this.#clock !== undefined && this.#hosts.areRunning;
  }

  /** Commands and queries that wait. */
  get waitingCount(): number {
    return this.#hosts.waitingCount;
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
      tenants.map((tenant) => {
        const { state } = this.#hosts.lineOf(this.#partitionOf(tenant));
        return this.#planOf(tenant, state?.lastAt ?? 0, until);
      }),
    );
    const planned = plans.flatMap((plan) => (plan === undefined ? [] : [this.#plan(plan, until)]));
    this.#clock = clock;
    this.#hosts.run(clock, alarm);
    await Promise.all(planned);
    await this.passTime();
  }

  now(): number {
    return this.#runningClock().now();
  }

  async submit(input: CommandInput): Promise<Result> {
    return this.#send(stamped(input, this.now()));
  }

  post(input: CommandInput, answered: Answered): void {
    const reject = (error: unknown): void => {
      if (error instanceof OperatingError) this.#countRefusal(error);
      answered.reject(error instanceof Error ? error : new Error(String(error)));
    };
    try {
      this.#post(stamped(input, this.now()), { resolve: answered.resolve, reject });
    } catch (error) {
      reject(error);
    }
  }

  async query<Q extends Query>(query: Q): Promise<QueryAnswers[Q["type"]]> {
    const answer = "tenant" in query ? this.#ask(query) : this.#askAll(query);
    // Both answer a query of each type with its own.
    return (await answer) as QueryAnswers[Q["type"]];
  }

  async #ask<Q extends PartitionQuery & { readonly tenant: string }>(
    query: Q,
  ): Promise<PartitionAnswers[Q["type"]]> {
    const partition = this.#partitionOf(query.tenant);
    return this.#hosts.of(partition).query(partition, query);
  }

  /** What the partitions' engines hold. */
  async counts(): Promise<PartitionCounts[]> {
    const now = this.now();
    return Promise.all(
      this.partitions.map(async (partition) => {
        const [counts] = await this.#hosts.of(partition).query(partition, { type: "counts" });
        if (counts === undefined) throw new Error(`partition ${partition} counts nothing`);
        return { partition, now, counts };
      }),
    );
  }

  onActivity(listener: (activity: Activity) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  onRecovery(listener: () => void): () => void {
    this.#recoveryListeners.add(listener);
    return () => {
      this.#recoveryListeners.delete(listener);
    };
  }

  follow(tenant: string): () => void {
    return this.#followers.add(this.#partitionOf(tenant), tenant);
  }

  /** Fire, in every partition, what is due by now, and wait until it is durable. */
  async passTime(): Promise<void> {
    const now = this.now();
    const due = this.partitions.filter((partition) => this.#deadlineAt(partition) <= now);
    await Promise.all(due.map((partition) => this.#tick(partition, now)));
  }

  /** Wait until every command sent so far is durable, and what is due by now has fired. */
  async passAll(): Promise<void> {
    const now = this.now();
    await Promise.all(this.partitions.map((partition) => this.#tick(partition, now)));
  }

  /** Journal the present instant in a partition, so that it outlives a restart. */
  async keepInstant(partition: number): Promise<void> {
    await this.#hosts.of(partition).submit(partition, tickAt(this.now(), true));
  }

  /** Extend the calendar plans that reach less far than they should. */
  async extendPlans(): Promise<void> {
    const tenants = await this.query({ type: "tenants" });
    const now = this.now();
    await Promise.all(
      tenants.map(async (tenant) => {
        const plan = await this.#planOf(tenant, now, now);
        // Later than it was asked for, and commands are in order.
        if (plan !== undefined) await this.#plan({ ...plan, at: this.now() }, now);
      }),
    );
  }

  /** Forget what the tenants' retention no longer keeps. */
  async retain(): Promise<void> {
    const now = this.now();
    await Promise.all(
      this.partitions.map(async (partition) => {
        let more = true;
        while (more) {
          const task = { type: "retain", partitions: [partition], now } as const;
          ({ more } = await this.#hosts.of(partition).chore(task));
        }
      }),
    );
  }

  /** What the partition's journal holds. */
  async journalState(partition: number): Promise<JournalState> {
    return this.#hosts.of(partition).chore({ type: "journalState", partitions: [partition] });
  }

  /** Commands of a partition since the last snapshot that this process knows of. */
  tailCommands(partition: number): number {
    return this.#hosts.lineOf(partition).tailCommands;
  }

  /** Close the partition's segment, so that others can read it. */
  async closeSegment(partition: number): Promise<ClosedSegment> {
    return this.#hosts.of(partition).chore({ type: "closeSegment", partitions: [partition] });
  }

  /**
   * Forget the batches that the partition's snapshots and store contain.
   *
   * @param commandCount of the tail, that the newest snapshot has
   */
  async trim(partition: number, commandCount: number): Promise<void> {
    await this.#hosts.of(partition).chore({ type: "trim", partitions: [partition] });
    this.#hosts.lineOf(partition).shortened(commandCount);
  }

  /** Take nothing new from now on. */
  refuse(): void {
    this.#stopping = true;
  }

  /** Resolves when nothing waits any more. */
  async catchUp(): Promise<void> {
    await this.#hosts.idle();
  }

  /** Leave a snapshot of every partition and an empty tail. */
  async seal(): Promise<void> {
    await Promise.all(
      this.partitions.map(async (partition) => {
        await this.#hosts.of(partition).chore({ type: "seal", partitions: [partition] });
      }),
    );
  }

  /** End the threads. What is durable stays, what waits is refused. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#hosts.stop();
  }

  async #send(command: TenantCommand): Promise<Result> {
    try {
      const { promise, ...answered } = Promise.withResolvers<Result>();
      this.#post(command, answered);
      return await promise;
    } catch (error) {
      if (error instanceof OperatingError) this.#countRefusal(error);
      throw error;
    }
  }

  /** Errors: `OperatingError`, then nobody is told. */
  #post(command: TenantCommand, { resolve, reject }: Answered): void {
    if (this.#stopping) throw new OperatingError("stopping", "the worker stops");
    const { tenant, type } = command;
    const partition = this.#partitionOf(tenant);
    const letter = { tenant, type, keep: false, resolve, reject };
    this.#hosts.of(partition).post(partition, letter, commandBytes(command));
  }

  #countRefusal({ code }: OperatingError): void {
    this.#options.telemetry.refusals.inc({ code });
  }

  async #plan(plan: PlanCalendars, until: number): Promise<void> {
    await this.#send(plan);
    this.#plannedUntil.set(plan.tenant, until + planningHorizonMs);
  }

  /** The command that extends a tenant's plans, if they are too short for `until`. */
  async #planOf(tenant: string, from: number, until: number): Promise<PlanCalendars | undefined> {
    const known = await this.query({ type: "configuration", tenant });
    if (known === undefined) return undefined;
    const { calendars } = known.configuration;
    // No change to come shows no end: it says nothing of what lies behind the plan.
    const showsEnd = Number.isFinite(known.plannedUntil);
    const reaches = Math.max(
      showsEnd ? known.plannedUntil : -Infinity,
      this.#plannedUntil.get(tenant) ?? -Infinity,
    );
    if (calendars.length === 0 || reaches >= until + replanBelowMs) return undefined;
    const plans = planCalendars(calendars, from, until);
    if (showsEnd || plans.some(({ flips }) => flips.length > 0)) {
      return { type: "planCalendars", at: from, tenant, plans };
    }
    this.#plannedUntil.set(tenant, until + planningHorizonMs);
    return undefined;
  }

  /** A tick, and more of them while they leave something due; behind all that was sent before. */
  async #tick(partition: number, at: number): Promise<void> {
    do {
      await this.#hosts.of(partition).submit(partition, tickAt(at, false));
    } while (this.#deadlineAt(partition) <= at);
  }

  #deadlineAt(partition: number): number {
    return this.#hosts.lineOf(partition).deadlineAt;
  }

  /** Those that are answered by a list, one behind the other; partitions that are down are left out. */
  async #askAll(query: Query): Promise<readonly unknown[]> {
    const answers = await Promise.all(
      this.partitions.map((partition) => this.#hosts.of(partition).query(partition, query)),
    );
    return answers.flatMap((answer) => (Array.isArray(answer) ? (answer as unknown[]) : []));
  }

  #tell<News>(listeners: ReadonlySet<(news: News) => void>, news: News): void {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        this.#options.logger.error({ err: error }, "a listener of the partitions failed");
      }
    }
  }

  #runningClock(): Clock {
    if (this.#clock === undefined) throw new OperatingError("shard_restarting", "not started yet");
    return this.#clock;
  }

  #partitionOf(tenant: string): number {
    return partitionOf(tenant, this.#options.dataDirectory.partitions);
  }
}

type TenantCommand = Command & { readonly tenant: string };

function stamped(input: CommandInput, at: number): TenantCommand {
  return input.type === "configureTenant"
    ? { ...input, at, plans: planCalendars(input.configuration.calendars, at) }
    : { ...input, at };
}

function tickAt(at: number, keep: boolean) {
  return { bytes: encodeCommand({ type: "tick", at }), tenant: undefined, type: "tick", keep };
}
