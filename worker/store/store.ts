import type { Command, ConfigureTenant, ConversationId } from "../../core/commands.ts";
import type { CustomerErased, Event } from "../../core/events.ts";
import { ConversationRows } from "./conversation-rows.ts";
import { openDatabase } from "./database.ts";
import { entryOf, withdraws } from "./entry-row.ts";
import { EntryRows } from "./entry-rows.ts";
import { rowsOf } from "./event-rows.ts";
import { EventTable } from "./event-table.ts";
import { statementsOf } from "./statements.ts";

/**
 * What a partition's events leave behind for those who read: conversations, timelines with their
 * texts, streams, and the outbox. All of it follows from the events, so it may lag behind the
 * journal and can be derived anew.
 *
 * Events are noted with their batch and wait in memory. `write` writes what waits, some at a time if
 * asked to, into a transaction that stays open, and reads see what is written; `settle` writes the
 * rest and ends the transaction, with the index of the last batch in it.
 */
export class Store implements Disposable {
  readonly conversations: ConversationRows;
  readonly events: EventTable;
  readonly entries: EntryRows;
  readonly #database;
  readonly #prepare;
  /** Writes since the last transaction ended. */
  readonly #waiting: (() => void)[] = [];
  /** The first of them, which the open transaction has. */
  #writtenCount = 0;
  #settledBatch: number;
  #notedBatch: number;
  #logPages = 0;

  /** @param path of the file, made where it does not exist; `:memory:` keeps it in memory */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#prepare = statementsOf(this.#database);
    this.conversations = new ConversationRows(this.#prepare);
    this.events = new EventTable(this.#prepare);
    this.entries = new EntryRows(this.#prepare);
    this.#settledBatch = Number(this.#prepare("SELECT batch FROM progress").get()?.["batch"] ?? 0);
    this.#notedBatch = this.#settledBatch;
  }

  /** Index of the last batch whose transaction ended; 0 before any. */
  get settledBatch(): number {
    return this.#settledBatch;
  }

  /** Pages that the log had after the last `settle` and the file had not. */
  get logPages(): number {
    return this.#logPages;
  }

  /** Writes that wait for `settle`. */
  get waitingCount(): number {
    return this.#waiting.length + this.conversations.unsettledCount;
  }

  /** Those of them that wait for `write`. */
  get unwrittenCount(): number {
    return this.#waiting.length - this.#writtenCount + this.conversations.changedCount;
  }

  /**
   * Follow what one command of a batch made. Noting a batch that is settled already does nothing.
   *
   * @param command which it was: no event says what goes on in place of a channel
   * @returns conversations whose customer it erased, those that the engine no longer knew included
   */
  note(batch: number, events: readonly Event[], command?: Command): readonly ConversationId[] {
    if (batch <= this.#settledBatch) return [];
    const erased: ConversationId[] = [];
    for (const row of rowsOf(events)) this.#waiting.push(() => this.events.write(row));
    for (const event of events) {
      this.conversations.note(event);
      this.#noteEntry(event);
      // Whatever happens behind this event is at the new channel already.
      if (event.type === "tenantConfigured" && command?.type === "configureTenant") {
        this.#noteReplacements(command);
      }
      if (event.type === "deliveryRecorded") {
        this.#waiting.push(() => this.entries.recordDelivery(event));
      }
      if (event.type === "customerErased") erased.push(...this.#noteErasure(event));
    }
    return erased;
  }

  /** All of the batch was noted: the next `settle` may say so. */
  noteEnd(batch: number): void {
    this.#notedBatch = Math.max(this.#notedBatch, batch);
  }

  /**
   * Write what waits, for as long as it may take; answers whether that was all. Where it fails nothing
   * since the last `settle` is written, and all of it goes on waiting.
   */
  write(budgetMs = Infinity): boolean {
    if (this.unwrittenCount === 0) return true;
    return this.#inOpenTransaction(() => this.#writeUntil(performance.now() + budgetMs));
  }

  /** Write what waits, and say up to which batch it goes. Where that fails: as `write`. */
  settle(): void {
    if (this.#notedBatch === this.#settledBatch) return;
    this.#inOpenTransaction(() => {
      this.#writeUntil(Infinity);
      this.#prepare("UPDATE progress SET batch = ?").run(this.#notedBatch);
      this.#database.exec("COMMIT");
    });
    this.#waiting.length = 0;
    this.#writtenCount = 0;
    this.conversations.settled();
    this.#settledBatch = this.#notedBatch;
    const { log, checkpointed } = this.#checkpoint("NOOP");
    this.#logPages = log - checkpointed;
  }

  /** Settle, and make all of it durable and the log of SQLite empty. */
  sync(): void {
    this.settle();
    // Somebody beside us may be at it (`checkpointBeside`), and SQLite does not wait for that.
    for (let waitedMs = 0; this.#checkpoint("TRUNCATE").busy; waitedMs += 1) {
      if (waitedMs === syncWaitMs) throw new Error("the store's log is busy");
      Atomics.wait(nobody, 0, 0, 1);
    }
    this.#logPages = 0;
  }

  /**
   * Forget conversations of a tenant closed until an instant, and presence from before another.
   *
   * @returns whether there was more than `limit` to forget
   */
  retain(tenant: string, from: RetainedFrom, limit: number): boolean {
    this.settle();
    const closed = this.#prepare(
      "SELECT id FROM conversations WHERE tenant = ? AND closed_at <= ? LIMIT ?",
    )
      .all(tenant, from.closedMs, limit)
      .map(({ id }) => Number(id));
    this.#inOpenTransaction(() => {
      const list = JSON.stringify(closed);
      for (const [table, column] of ofConversations) {
        this.#prepare(
          `DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`,
        ).run(list);
      }
      this.#prepare("DELETE FROM events WHERE conversation IS NULL AND at < ? AND tenant = ?").run(
        from.presenceMs,
        tenant,
      );
      this.#database.exec("COMMIT");
    });
    return closed.length === limit;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #checkpoint(mode: "NOOP" | "TRUNCATE") {
    const row = this.#prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {};
    const { log, checkpointed } = {
      log: Number(row["log"]),
      checkpointed: Number(row["checkpointed"]),
    };
    return { busy: row["busy"] !== 0, log, checkpointed };
  }

  #noteEntry(event: Event): void {
    if (withdraws(event) && "conversation" in event) {
      const { conversation, sequence } = event;
      this.#waiting.push(() => this.entries.withdraw(conversation, sequence));
    }
    const entry = entryOf(event);
    if (entry !== undefined) this.#waiting.push(() => this.entries.write(entry));
  }

  /** Another channel goes on with the open conversations of a removed one, and what they are told. */
  #noteReplacements({ tenant, configuration, replace = {} }: ConfigureTenant): void {
    const present = new Set(configuration.channels.map(({ id }) => id));
    for (const [from, to] of Object.entries(replace)) {
      if (present.has(from) || !present.has(to)) continue;
      const moved = this.conversations.moveChannel(tenant, from, to);
      this.#waiting.push(() => this.entries.moveChannel(tenant, from, to, moved));
    }
  }

  #noteErasure({ tenant, customer, conversations }: CustomerErased): readonly ConversationId[] {
    const stored = this.conversations.closedOfCustomer(tenant, customer);
    const erased = [...new Set([...conversations, ...stored])].toSorted((a, b) => a - b);
    this.conversations.erase(erased);
    this.#waiting.push(() => {
      this.events.erase(erased);
      this.entries.erase(erased);
    });
    return erased;
  }

  #writeUntil(endMs: number): boolean {
    while (this.#writtenCount < this.#waiting.length) {
      if (this.#writtenCount % writesBetweenLooks === 0 && performance.now() > endMs) return false;
      this.#waiting[this.#writtenCount]?.();
      this.#writtenCount += 1;
    }
    this.events.flush();
    this.entries.flush();
    return this.conversations.write(() => performance.now() > endMs);
  }

  /** In the transaction that is open, or a new one; if it fails, all that this one has is undone. */
  #inOpenTransaction<T>(action: () => T): T {
    try {
      // SQLite ends one by itself where its disk is full.
      if (!this.#database.isTransaction) this.#database.exec("BEGIN IMMEDIATE");
      return action();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#writtenCount = 0;
      for (const table of [this.events, this.entries, this.conversations]) table.drop();
      throw error;
    }
  }
}

/** As long as a slow disk may take for the largest log there is. */
const syncWaitMs = 60_000;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** A look at the clock costs a hundredth of them. */
const writesBetweenLooks = 32;

/** Epoch ms; what ended before goes. */
export interface RetainedFrom {
  readonly closedMs: number;
  readonly presenceMs: number;
}

const ofConversations = [
  ["events", "conversation"],
  ["entries", "conversation"],
  ["conversations", "id"],
] as const;
