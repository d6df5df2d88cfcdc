import type { Result } from "../../core/engine.ts";
import type { Clock } from "../clock.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Logger, Telemetry } from "../telemetry.ts";
import { DeadlineAlarm } from "./deadline-alarm.ts";
import { PartitionLine } from "./partition-line.ts";
import type { Letter } from "./inbox.ts";
import { packCommands } from "./packed-commands.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import { OperatingError } from "./routing.ts";
import type { Activity, OperatingErrorCode } from "./routing.ts";
import type { CommitAnswer, ShardBegun, ShardData, ShardTask, TaskAnswers } from "./shard-tasks.ts";
import { ShardThread } from "./shard-thread.ts";

export interface ShardHostOptions {
  readonly data: ShardData;
  readonly limits: WorkerLimits;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly onActivity: (activity: Activity) => void;
  /** Its thread. @defaultValue one for `data` */
  readonly thread?: ShardThread;
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
 * Kinds of work take turns: batches (partition after partition), queries (all at once), chores.
 * Nothing is stamped here: commands come with their instant, in order.
 */
export class ShardHost {
  readonly #options: ShardHostOptions;
  readonly #thread: ShardThread;
  readonly #lines = new Map<number, PartitionLine>();
  readonly #alarm: DeadlineAlarm;
  #mode: "recovering" | "running" | "stopped" = "recovering";
  #busy = false;
  #turn = 0;
  readonly #questions: Question[] = [];
  readonly #chores: Chore[] = [];
  #settleTimer: NodeJS.Timeout | undefined;
  readonly #idleListeners: (() => void)[] = [];

  constructor(options: ShardHostOptions) {
    const { data, limits } = options;
    this.#options = options;
    this.#thread = options.thread ?? new ShardThread(data);
    for (const { partition } of data.partitions) {
      this.#lines.set(partition, new PartitionLine(partition, limits));
    }
    this.#alarm = new DeadlineAlarm(() => this.#pump());
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

  /** Commands and queries that wait, for who asks what was left. */
  get waitingCount(): number {
    const letters = this.#lines.values().reduce((sum, { inbox }) => sum + inbox.size, 0);
    return letters + this.#questions.length + (this.#busy ? 1 : 0);
  }

  /** Resolves when the letter's command is durable and applied. */
  async submit(partition: number, letter: Omit<Letter, "resolve" | "reject">): Promise<Result> {
    const line = this.#lineOf(partition);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    line.inbox.put({ ...letter, resolve, reject });
    this.#pump();
    return promise;
  }

  async query<Q extends PartitionQuery>(
    partition: number,
    query: Q,
  ): Promise<PartitionAnswers[Q["type"]]> {
    this.#lineOf(partition);
    if (this.#questions.length >= this.#options.limits.queriesWaitingMax) {
      throw new OperatingError("overloaded", `${this.#questions.length} queries wait already`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#questions.push({ partition, query, resolve, reject });
    this.#pump();
    // The thread answers each type with its own.
    return (await promise) as PartitionAnswers[Q["type"]];
  }

  /** Do a task between batches. */
  async chore<T extends Exclude<ShardTask, { readonly type: "begin" | "commit" | "query" }>>(
    task: T,
  ): Promise<TaskAnswers[T["type"]]> {
    for (const partition of task.partitions) this.#lineOf(partition);
    const { promise, resolve, reject } = Promise.withResolvers<ChoreAnswer>();
    this.#chores.push({ task, resolve, reject });
    this.#pump();
    return (await promise) as TaskAnswers[T["type"]];
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    if (this.waitingCount === 0 && this.#chores.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idleListeners.push(resolve);
    await promise;
  }

  /** Ends the thread; what waits is refused. */
  async stop(): Promise<void> {
    this.#mode = "stopped";
    this.#alarm.stop();
    clearTimeout(this.#settleTimer);
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

  #begin({ partitions }: ShardBegun): void {
    for (const begun of partitions) {
      const line = this.#lines.get(begun.partition);
      if (begun.status === "begun") line?.begin(begun.state, begun.report.commandsReplayed);
      else line?.fail(`partition ${begun.partition}: ${begun.message}`);
    }
    this.#mode = "running";
    this.#pump();
  }

  /** Start the next task, if there is one and none runs. */
  #pump(): void {
    if (this.#mode !== "running" || this.#busy) return;
    for (let tried = 0; tried < 3; tried += 1) {
      const kind = this.#turn;
      this.#turn = (this.#turn + 1) % 3;
      const task = [() => this.#batch(), () => this.#ask(), () => this.#doChore()][kind]?.();
      if (task === undefined) continue;
      this.#busy = true;
      task.then(
        () => this.#done(),
        (error: unknown) => this.#recover(error),
      );
      return;
    }
    this.#rest();
  }

  #done(): void {
    this.#busy = false;
    this.#pump();
  }

  /** Nothing is to be done: wait for the next deadline, and let the store catch up meanwhile. */
  #rest(): void {
    const lines = [...this.#lines.values()];
    this.#alarm.set(Math.min(...lines.map(({ deadlineAt }) => deadlineAt)));
    if (lines.some(({ storeWaiting }) => storeWaiting > 0)) {
      this.#settleTimer ??= setTimeout(() => {
        this.#settleTimer = undefined;
        this.#settle();
      }, settleDelayMs);
    }
    for (const listener of this.#idleListeners.splice(0)) listener();
  }

  #settle(): void {
    const partitions = this.#behind(1);
    if (this.#mode !== "running" || partitions.length === 0) return;
    this.chore({ type: "settle", partitions }).catch((error: unknown) => {
      if (!(error instanceof OperatingError)) this.#options.logger.error({ err: error }, "store");
    });
  }

  #behind(count: number): number[] {
    const lines = [...this.#lines.values()];
    return lines.filter((line) => line.storeWaiting >= count).map(({ partition }) => partition);
  }

  /** The next batch: each partition in turn, what is due before what was asked. */
  #batch(): Promise<void> | undefined {
    const now = this.#alarm.now();
    if (now === undefined) return undefined;
    for (const [partition, line] of this.#lines) {
      if (!line.isReady(now)) continue;
      // To the end, so that the others come first the next time.
      this.#lines.delete(partition);
      this.#lines.set(partition, line);
      return this.#commit(line, line.next(now));
    }
    return undefined;
  }

  async #commit(line: PartitionLine, letters: readonly Letter[]): Promise<void> {
    const { partition } = line;
    const commands = packCommands(letters.map(({ bytes }) => bytes));
    const keepTick = letters.some(({ keep }) => keep);
    const { epoch } = this.#thread;
    let answer: CommitAnswer;
    try {
      answer = await this.#thread.run({ type: "commit", epoch, partition, commands, keepTick }, [
        commands.bytes.buffer,
      ]);
    } catch (error) {
      refuse(letters, "shard_restarting", "the thread died over the batch");
      throw error;
    }
    if (answer.status === "refused") {
      refuse(letters, answer.code, answer.message);
      if (answer.code === "shard_restarting") throw new Error(answer.message);
      line.pause();
      return;
    }
    line.follow(answer.state, letters.length);
    for (const [index, { resolve }] of letters.entries()) {
      const result = answer.results[index];
      if (result !== undefined) resolve(result);
    }
    this.#measure(line, letters, answer);
    for (const activity of answer.activities) this.#options.onActivity(activity);
  }

  #measure(
    line: PartitionLine,
    letters: readonly Letter[],
    { results, measures }: Extract<CommitAnswer, { readonly status: "committed" }>,
  ): void {
    const { telemetry } = this.#options;
    if (measures.journalMs > 0) {
      telemetry.batchCommands.observe(letters.length);
      telemetry.journalSyncSeconds.observe(measures.journalMs / 1000);
      telemetry.applySeconds.observe(measures.applyMs / 1000);
    }
    telemetry.countResults(
      letters.map(({ type }) => type),
      results,
    );
    const now = this.#alarm.now() ?? 0;
    for (const dueAt of measures.dueAts) {
      telemetry.timerLatenessSeconds.observe((now - dueAt) / 1000);
    }
    for (const rule of measures.assignmentRules) telemetry.assignments.inc({ rule });
    telemetry.inboxCommands.set({ partition: String(line.partition) }, line.inbox.size);
  }

  /** All queries that wait, in one task, up to a bound. */
  #ask(): Promise<void> | undefined {
    if (this.#questions.length === 0) return undefined;
    const asked = this.#questions.splice(0, questionsAtOnce);
    const queries = asked.map(({ partition, query }) => ({ partition, query }));
    return this.#thread.run({ type: "query", queries }).then(
      (answers) => {
        for (const { partition } of asked) this.#lines.get(partition)?.settled();
        for (const [index, { resolve, reject }] of asked.entries()) {
          const answer = answers[index];
          if (answer?.status === "answered") resolve(answer.value);
          else reject(new Error(answer?.message ?? "no answer"));
        }
      },
      (error: unknown) => {
        refuse(asked, "shard_restarting", "the thread died over the query");
        throw error;
      },
    );
  }

  #doChore(): Promise<void> | undefined {
    const chore = this.#chores.shift() ?? this.#urgentSettling();
    if (chore === undefined) return undefined;
    const { task, resolve, reject } = chore;
    return this.#thread.run(task).then(
      (answer) => {
        if (task.type === "settle") {
          this.#options.telemetry.storeSeconds.observe(Number(answer) / 1000);
        }
        for (const partition of task.partitions) this.#lines.get(partition)?.settled();
        resolve(answer);
      },
      (error: unknown) => {
        reject(new OperatingError("shard_restarting", `a ${task.type} failed`, { cause: error }));
        throw error;
      },
    );
  }

  /** What waits for the store is memory, so it is bounded. */
  #urgentSettling(): Chore | undefined {
    const partitions = this.#behind(this.#options.limits.storeRowsPendingMax);
    if (partitions.length === 0) return undefined;
    const ignore = () => undefined;
    return { task: { type: "settle", partitions }, resolve: ignore, reject: ignore };
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
    void this.#beginAnew(0);
  }

  /** Until it succeeds; never rejects. */
  async #beginAnew(attempt: number): Promise<void> {
    if (attempt > 0) await waitMs(Math.min(100 * 2 ** attempt, 10_000));
    if (this.#mode !== "recovering") return;
    try {
      await this.#thread.replace();
      this.#begin(await this.#thread.begin());
    } catch (error) {
      this.#options.logger.error({ err: error, attempt }, "a shard does not recover");
      await this.#beginAnew(attempt + 1);
    }
  }

  #refuseAll(code: OperatingErrorCode, message: string): void {
    for (const { inbox } of this.#lines.values()) refuse(inbox.takeAll(), code, message);
    refuse(this.#questions.splice(0), code, message);
    refuse(this.#chores.splice(0), code, message);
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}

/** Long enough to share a transaction, short enough not to be noticed. */
const settleDelayMs = 10;
const questionsAtOnce = 256;

type Answer = PartitionAnswers[PartitionQuery["type"]];
type ChoreTask = Exclude<ShardTask, { readonly type: "begin" | "commit" | "query" }>;
type ChoreAnswer = TaskAnswers[ChoreTask["type"]];

interface Question {
  readonly partition: number;
  readonly query: PartitionQuery;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Chore {
  readonly task: ChoreTask;
  readonly resolve: (answer: ChoreAnswer) => void;
  readonly reject: (error: Error) => void;
}

function refuse(
  waiting: readonly { readonly reject: (error: Error) => void }[],
  code: OperatingErrorCode,
  message: string,
): void {
  for (const { reject } of waiting) reject(new OperatingError(code, message));
}

async function waitMs(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  await promise;
}
