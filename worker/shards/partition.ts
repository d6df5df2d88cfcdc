import { decodeCommand } from "../../core/codec.ts";
import type { Command } from "../../core/commands.ts";
import { engineVersion } from "../../core/engine.ts";
import type { Result } from "../../core/engine.ts";
import type { Event } from "../../core/events.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalError } from "../journal/journal-error.ts";
import type { RecoveryReport } from "../journal/recovery.ts";
import { openSnapshotFiles } from "../journal/snapshot-files.ts";
import type { SnapshotFiles } from "../journal/snapshot-files.ts";
import { StoreError, isDamage } from "../store/database.ts";
import { dropAside, openStore, setAside } from "../store/store-file.ts";
import type { Store } from "../store/store.ts";
import { activitiesOf } from "./activity.ts";
import { withFollowed } from "./followed-streams.ts";
import { HashedEngine } from "./hashed-engine.ts";
import type { Applied } from "./hashed-engine.ts";
import { answerQuery, readsStore } from "./partition-queries.ts";
import type { PartitionAnswers, PartitionQuery } from "./partition-queries.ts";
import { recoverPartition } from "./partition-recovery.ts";
import type {
  BatchMeasures,
  BatchOutcome,
  ClosedSegment,
  JournalState,
  PartitionOptions,
  PartitionState,
  StoreState,
} from "./partition-state.ts";
import { RecentEvents } from "./recent-events.ts";
import type { EventsQuery } from "./routing.ts";
import { withStoredConversation } from "./stored-outcomes.ts";

/**
 * One partition, as the thread that owns it sees it: journal first, then the engine, then what
 * follows from the events. Synchronous throughout; nothing of a batch is seen before it is durable.
 *
 * Where anything but a refused append fails in `commit`, nobody knows how far it came: the thread
 * must end and the partition be opened anew, from its journal.
 */
export class Partition implements Disposable {
  readonly report: RecoveryReport;
  /** The store was lost, and what the journal no longer has could not be derived again. */
  readonly storeLacks: boolean;
  /** Why the store was begun anew, where it could not be used as it was. */
  readonly storeReplaced: string | undefined;
  readonly #options: PartitionOptions;
  readonly #engine: HashedEngine;
  readonly #store: Store;
  readonly #snapshots: SnapshotFiles;
  readonly #journal: Journal;
  readonly #recent: RecentEvents;
  #storeIsFull = false;
  #sayingIndex: number;

  /**
   * Recover it: the newest snapshot, the journal behind it, and what the store lacks of both.
   *
   * Errors: those of `recover` and of the store.
   */
  constructor(options: PartitionOptions) {
    const { partition, disk, limits } = options;
    this.#options = options;
    this.#recent = new RecentEvents({
      eventsMax: 20_000,
      charactersMax: 2 ** 21,
      charactersPerAnswer: 2 ** 19,
      messagesMax: limits.messagesPerEventMax,
    });
    const { store, replaced } = openStore(options.store);
    this.#store = store;
    this.storeReplaced = replaced;
    try {
      this.#snapshots = openSnapshotFiles(disk, { partition });
      this.#engine = new HashedEngine(limits, (applied) => this.#follow(applied));
      const parts = { snapshots: this.#snapshots, store: this.#store, engine: this.#engine };
      const { journal, report, storeLacks } = recoverPartition(options, parts);
      this.#journal = journal;
      this.#sayingIndex = journal.lastIndex;
      this.report = report;
      this.storeLacks = storeLacks;
      if (replaced !== undefined && !storeLacks) dropAside(options.store);
    } catch (error) {
      this.#store.close();
      throw error;
    }
  }

  get state(): PartitionState {
    const { lastAt, lastEpoch, lastIndex } = this.#journal;
    return {
      nextDeadlineAt: this.#engine.engine.nextDeadlineAt(),
      lastAt,
      lastEpoch,
      lastIndex,
      store: this.storeState,
    };
  }

  /**
   * Make a batch durable, then apply it. Ticks that fire nothing need not be journaled, unless
   * `keepTick` asks for the instant to be kept. The activities of `followed` tenants come with their
   * streams.
   *
   * Errors: `JournalError` with `journal_full`, `journal_io`, `journal_batch_too_large` or
   * `journal_stale_epoch`: nothing was applied, and the partition goes on. Any other ends the thread.
   */
  commit(
    epoch: number,
    encoded: readonly Uint8Array[],
    { keepTick = false, followed = [] }: CommitOptions = {},
  ): BatchOutcome {
    const commands = encoded.map(decodeCommand);
    if (!keepTick && commands.every((command) => this.#firesNothing(command))) {
      return nothingFired(commands.length);
    }
    this.#refuseWhileFull();
    const startedAt = performance.now();
    const index = this.#journal.append({
      epoch,
      at: commands.at(-1)?.at ?? 0,
      engineVersion,
      eventHash: this.#engine.eventHash,
      commands: encoded,
    });
    const durableAt = performance.now();
    const { results, events } = this.#withStore(() => this.#engine.run(index, commands));
    this.#store.noteEnd(index);
    this.#recent.note(events);
    if (commands.some(({ type }) => type !== "tick")) this.#sayingIndex = index;
    const measures: BatchMeasures = {
      journalMs: durableAt - startedAt,
      applyMs: performance.now() - durableAt,
      ...samplesOf(events),
    };
    const activities = withFollowed(activitiesOf(events), events, this.#recent, followed);
    return { results, activities, measures };
  }

  /** Sees every batch that was committed, except while the disk is too full for the store to follow. */
  query<Q extends PartitionQuery>(query: Q): PartitionAnswers[Q["type"]] {
    const { limits } = this.#options;
    const recent = query.type === "events" ? this.#readRecent(query) : undefined;
    if (recent === undefined && readsStore(query)) this.writeStore();
    const sources = { engine: this.#engine.engine, store: this.#store, limits };
    const answer = recent ?? this.#withStore(() => answerQuery(sources, query));
    // `answerQuery` answers each type with its own.
    return answer as PartitionAnswers[Q["type"]];
  }

  #readRecent(query: EventsQuery): PartitionAnswers["events"] | undefined {
    return this.#recent.read(query, (conversation, from, to) => {
      this.writeStore();
      const { messagesPerEventMax } = this.#options.limits;
      return this.#withStore(() =>
        this.#store.events.messages(conversation, from, to, messagesPerEventMax),
      );
    });
  }

  get storeState(): StoreState {
    const { waitingCount: waiting, unwrittenCount: unwritten, logPages } = this.#store;
    return { waiting, unwritten, logPages };
  }

  /** Bring the store up to date, if there is space for it. */
  settle(): void {
    this.#whereThereIsSpace(() => this.#store.settle());
  }

  /** Write what waits for the store, for so long at most, so that reads see it; as `settle`. */
  writeStore(budgetMs?: number): void {
    this.#whereThereIsSpace(() => this.#store.write(budgetMs));
  }

  /** Forget what each tenant's retention says, at most `limit` conversations of each. */
  retain(now: number, limit: number): boolean {
    const { engine } = this.#engine;
    this.#recent.forget();
    let more = false;
    for (const tenant of engine.tenants()) {
      const days = engine.configuration(tenant)?.configuration.retention.closedDays;
      if (days === undefined) continue;
      const from = { closedMs: now - days * dayMs, presenceMs: now - presenceDays * dayMs };
      if (this.#withStore(() => this.#store.retain(tenant, from, limit))) more = true;
    }
    return more;
  }

  get journalState(): JournalState {
    const { firstIndex, lastIndex } = this.#journal;
    const snapshotIndex = this.#snapshots.durableIndex;
    return { firstIndex, lastIndex, sayingIndex: this.#sayingIndex, snapshotIndex };
  }

  /**
   * Let a snapshot be taken of all that is there, by someone who replays: no segment up to the index
   * answered is added to any more, and the store has all of it for good.
   */
  closeSegment(): ClosedSegment {
    this.#withStore(() => this.#store.sync());
    this.#journal.seal();
    return { lastIndex: this.#journal.lastIndex, eventHash: this.#engine.eventHash };
  }

  /** Forget the batches that every kept snapshot and the store contain. */
  trim(): void {
    const upTo = Math.min(this.#snapshots.trimmableIndex, this.#store.settledBatch);
    if (upTo < this.#journal.firstIndex) return;
    this.#withStore(() => this.#store.sync());
    this.#journal.trim(upTo);
  }

  /** Leave a snapshot and an empty tail behind, so that the next start replays nothing. */
  seal(): void {
    this.#withStore(() => this.#store.sync());
    const { lastIndex, lastAt } = this.#journal;
    if (lastIndex === 0) return;
    this.#snapshots.write({
      index: lastIndex,
      at: lastAt,
      engineVersion,
      eventHash: this.#engine.eventHash,
      writeContent: (handOn) => this.#engine.engine.writeSnapshot(handOn),
    });
    this.#journal.seal();
    this.trim();
  }

  close(): void {
    this.#journal.close();
    this.#store.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * A store that turns out to be damaged is set aside. The thread must end then: the next one derives
   * it anew.
   */
  #withStore<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside(this.#options.store);
      const because = error instanceof Error ? error.message : String(error);
      throw new StoreError("store_damaged", `${this.#options.store}: ${because}`, { cause: error });
    }
  }

  #whereThereIsSpace(action: () => void): void {
    try {
      this.#withStore(action);
      this.#storeIsFull = false;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#storeIsFull = true;
    }
  }

  /** What waits for the store is memory. */
  #refuseWhileFull(): void {
    if (!this.#storeIsFull) return;
    if (this.#store.waitingCount < this.#options.limits.storeRowsPendingMax) return;
    throw new JournalError("journal_full", "no space is left for the store");
  }

  #firesNothing(command: Command): boolean {
    if (command.type !== "tick") return false;
    return (this.#engine.engine.nextDeadlineAt() ?? Infinity) > command.at;
  }

  #follow({ batch, command, result, events }: Applied): Result {
    const erased = this.#store.note(batch, events, command);
    if (result.status === "erased") return { ...result, conversations: erased };
    return withStoredConversation(command, result, this.#store.conversations);
  }
}

export interface CommitOptions {
  readonly keepTick?: boolean;
  readonly followed?: readonly string[];
}

function nothingFired(tickCount: number): BatchOutcome {
  return {
    results: Array.from({ length: tickCount }, () => ({ status: "ticked", more: false })),
    activities: [],
    measures: { journalMs: 0, applyMs: 0, dueAts: [], assignmentRules: [] },
  };
}

/** SQLITE_FULL. */
function isFull(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 13;
}

const dayMs = 86_400_000;
/** Presence is of no conversation, and is kept for as long as someone may look back at a shift. */
const presenceDays = 7;
const samplesMax = 64;

function samplesOf(events: readonly Event[]): Pick<BatchMeasures, "dueAts" | "assignmentRules"> {
  const dueAts: number[] = [];
  const assignmentRules: string[] = [];
  for (const event of events) {
    if (event.dueAt !== undefined && dueAts.length < samplesMax) dueAts.push(event.dueAt);
    if (event.type === "conversationAssigned") assignmentRules.push(event.reason.rule);
  }
  return { dueAts, assignmentRules };
}
