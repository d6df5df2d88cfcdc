import type { Result } from "../../core/engine.ts";
import type { Clock } from "../clock.ts";
import type { WorkerLimits } from "../limits.ts";
import { storePath } from "../store/store-file.ts";
import type { Logger, Telemetry } from "../telemetry.ts";
import { runBatch } from "./batch-run.ts";
import { ChoreLine } from "./chore-line.ts";
import type { ChoreTask } from "./chore-line.ts";
import { DeadlineAlarm } from "./deadline-alarm.ts";
import type { Letter } from "./inbox.ts";
import type { Followers } from "./followers.ts";
import { PartitionLine } from "./partition-line.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import { QuestionLine } from "./question-line.ts";
import { refuseAll } from "./refusing.ts";
import { OperatingError } from "./routing.ts";
import type { Activity, OperatingErrorCode } from "./routing.ts";
import type { ShardBegun, ShardData, TaskAnswers } from "./shard-tasks.ts";
import { ShardThread } from "./shard-thread.ts";
import type { StoreCheckpoints } from "./store-checkpoints.ts";
import { StoreCare } from "./store-care.ts";
import type { StoreNews } from "./store-care.ts";

export interface ShardHostOptions {
  readonly data: ShardData;
  readonly limits: WorkerLimits;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly onActivity: (activity: Activity) => void;
  /** Its partitions came back from their journal. */
  readonly onRecovery: () => void;
  readonly checkpoints: Pick<StoreCheckpoints, "take">;
  readonly followers: Pick<Followers, "of">;
  /** Its thread. @defaultValue one for `data` */
  readonly thread?: ShardThread;
}

/** A command with what its letter says of it. */
export interface PostedCommand extends Omit<Letter, "resolve" | "reject"> {
  readonly bytes: Uint8Array;
}

/**
 * The host's side of one shard: what waits for its thread, and what is done next.
 *
 * - `recovering`: the thread brings its partitions back. Everything is refused, `shard_restarting`.
 *   → `running` once it has begun.
 * - `running`: one task at a time, and what comes meanwhile gathers. → `recovering` when the thread
 *   dies or a batch fails in a way that nobody can account for: all that waits is refused.
 * - `stopped`: everything is refused, `stopping`.
 *
 * Kinds of work take turns: batches (partition after partition), queries (all at once), chores. The
 * stores follow in between (`StoreCare`).
 * Nothing is stamped here: commands come with their instant, in order.
 */
export class ShardHost {
  readonly #options: ShardHostOptions;
  readonly #thread: ShardThread;
  readonly #lines = new Map<number, PartitionLine>();
  readonly #questions: QuestionLine;
  readonly #chores = new ChoreLine();
  readonly #alarm: DeadlineAlarm;
  readonly #storeCare: StoreCare;
  readonly #idleListeners: (() => void)[] = [];
  #mode: "recovering" | "running" | "stopped" = "recovering";
  #busy = false;
  #isPumpComing = false;
  #turn = 0;

  constructor(options: ShardHostOptions) {
    const { data, limits } = options;
    this.#options = options;
    this.#thread = options.thread ?? new ShardThread(data);
    this.#questions = new QuestionLine(limits.queriesWaitingMax);
    for (const { partition } of data.partitions) {
      this.#lines.set(partition, new PartitionLine(partition, limits));
    }
    this.#alarm = new DeadlineAlarm(() => this.#pump());
    this.#storeCare = new StoreCare({
      thread: this.#thread,
      lines: this.#lines,
      limits,
      telemetry: options.telemetry,
      checkpoint: (partition) => this.#checkpoint(partition),
      wake: () => this.#pump(),
    });
  }

  /** Resolves when the thread has recovered its partitions. Rejects where it died over it. */
  async start(): Promise<ShardBegun> {
    const begun = await this.#thread.begin();
    this.#begin(begun);
    return begun;
  }

  /** From now on timers fire by this clock. */
  run(clock: Clock, alarm: "by itself" | "when told"): void {
    this.#alarm.start(clock, alarm === "by itself");
    this.#pump();
  }

  get isRunning(): boolean {
    return this.#mode === "running";
  }

  get lines(): ReadonlyMap<number, PartitionLine> {
    return this.#lines;
  }

  /** Commands and queries that wait or are under way. */
  get waitingCount(): number {
    const letters = this.#lines.values().reduce((sum, { inbox }) => sum + inbox.size, 0);
    return letters + this.#questions.size + (this.#busy ? 1 : 0);
  }

  /**
   * Have a command made durable and applied; its letter is told.
   *
   * @param bytes of the command; copied. Errors: `OperatingError`, then nobody is told
   */
  post(partition: number, letter: Letter, bytes: Uint8Array): void {
    this.#lineOf(partition).inbox.put(letter, bytes);
    this.#pumpSoon();
  }

  /** Resolves when the command is durable and applied. */
  async submit(partition: number, command: PostedCommand): Promise<Result> {
    const { bytes, ...about } = command;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.post(partition, { ...about, resolve, reject }, bytes);
    return promise;
  }

  async query<Q extends PartitionQuery>(
    partition: number,
    query: Q,
  ): Promise<PartitionAnswers[Q["type"]]> {
    this.#lineOf(partition);
    const answer = this.#questions.put(partition, query);
    this.#pumpSoon();
    return answer;
  }

  /** Do a task between batches. */
  async chore<T extends ChoreTask>(task: T): Promise<TaskAnswers[T["type"]]> {
    for (const partition of task.partitions) this.#lineOf(partition);
    const answer = this.#chores.put(task);
    this.#pumpSoon();
    return answer;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    if (this.waitingCount === 0 && this.#chores.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idleListeners.push(resolve);
    await promise;
  }

  /** Ends the thread; what waits is refused. */
  async stop(): Promise<void> {
    this.#mode = "stopped";
    this.#alarm.stop();
    this.#storeCare.stop();
    this.#refuseAll("stopping", "the worker stops");
    await this.#thread.end();
  }

  #lineOf(partition: number): PartitionLine {
    const line = this.#lines.get(partition);
    if (line === undefined) throw new Error(`partition ${partition} is not of this shard`);
    if (this.#mode === "stopped") throw new OperatingError("stopping", "the worker stops");
    if (this.#mode === "recovering") {
      throw new OperatingError("shard_restarting", "the partition is recovering");
    }
    if (line.failure !== undefined) {
      throw new OperatingError("partition_unavailable", line.failure, { retryAfterSeconds: 60 });
    }
    return line;
  }

  async #checkpoint(partition: number): Promise<void> {
    const { data, checkpoints } = this.#options;
    const of = data.partitions.find((one) => one.partition === partition);
    if (of !== undefined) await checkpoints.take(storePath(of.folder));
  }

  #begin({ partitions }: ShardBegun): void {
    for (const begun of partitions) {
      const line = this.#lines.get(begun.partition);
      if (begun.status === "begun") line?.begin(begun.state, begun.report.commandsReplayed);
      else line?.fail(`partition ${begun.partition}: ${begun.message}`);
    }
    this.#mode = "running";
    this.#pump();
  }

  /**
   * Start the next task once everything that has arrived by now is here: whoever comes in the same
   * turn of the event loop shares a batch and its sync, and who reads what the last batch made is
   * asked for before the next one begins.
   */
  #pumpSoon(): void {
    if (this.#busy || this.#isPumpComing) return;
    this.#isPumpComing = true;
    setImmediate(() => {
      this.#isPumpComing = false;
      this.#pump();
    });
  }

  /** Start the next task, if there is one and none runs. */
  #pump(): void {
    if (this.#mode !== "running" || this.#busy) return;
    const kinds = [
      () => this.#batch(),
      () => this.#questions.ask(this.#thread),
      () => this.#chores.next(this.#thread) ?? this.#storeCare.urgent(),
    ];
    for (let tried = 0; tried < kinds.length; tried += 1) {
      const task = kinds[this.#turn]?.();
      this.#turn = (this.#turn + 1) % kinds.length;
      if (task === undefined) continue;
      this.#run(task);
      return;
    }
    this.#rest();
  }

  #run(task: Promise<readonly StoreNews[]>): void {
    this.#busy = true;
    task.then(
      (stores) => this.#done(stores),
      (error: unknown) => this.#recover(error),
    );
  }

  #done(stores: readonly StoreNews[]): void {
    for (const { partition, store } of stores) this.#lines.get(partition)?.followStore(store);
    this.#busy = false;
    this.#pumpSoon();
  }

  /** Nothing is to be done: let the store catch up, or wait for the next deadline. */
  #rest(): void {
    const task = this.#storeCare.atRest();
    if (task !== undefined) {
      this.#run(task);
      return;
    }
    this.#alarm.set(Math.min(...this.#lines.values().map(({ deadlineAt }) => deadlineAt)));
    for (const listener of this.#idleListeners.splice(0)) listener();
  }

  /** The next batch: each partition in turn, what is due before what was asked. */
  #batch(): Promise<readonly StoreNews[]> | undefined {
    const now = this.#alarm.now();
    if (now === undefined) return undefined;
    for (const [partition, line] of this.#lines) {
      if (!line.isReady(now)) continue;
      // To the end, so that the others come first the next time.
      this.#lines.delete(partition);
      this.#lines.set(partition, line);
      const { telemetry, followers, onActivity } = this.#options;
      this.#storeCare.noteBatch();
      return runBatch({
        thread: this.#thread,
        line,
        telemetry,
        followed: followers.of(partition),
        ...line.next(now),
        now: () => this.#alarm.now() ?? now,
        onActivity,
      }).then(() => []);
    }
    return undefined;
  }

  /** The thread is gone, or has to go: refuse what waits, and begin again from the journal. */
  #recover(error: unknown): void {
    this.#busy = false;
    if (this.#mode !== "running") return;
    this.#mode = "recovering";
    const { logger, telemetry } = this.#options;
    logger.error({ err: error }, "a shard's thread ended and recovers from its journal");
    telemetry.shardRestarts.inc();
    this.#refuseAll("shard_restarting", "the thread of this partition died");
    void this.#beginAnew();
  }

  /** Never rejects. */
  async #beginAnew(): Promise<void> {
    const begun = await this.#thread.revive(this.#options.logger);
    if (begun === undefined || this.#mode !== "recovering") return;
    this.#begin(begun);
    // The last batch may be durable although its answer, and so its activity, got lost.
    this.#options.onRecovery();
  }

  #refuseAll(code: OperatingErrorCode, message: string): void {
    for (const { inbox } of this.#lines.values()) refuseAll(inbox.takeAll(), code, message);
    this.#questions.refuse(code, message);
    this.#chores.refuse(code, message);
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}
