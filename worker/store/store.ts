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
 * Events are noted with their batch and wait in memory; `settle` writes all that wait, with the index
 * of the last batch, in one transaction. Reads see what is settled.
 */
export class Store implements Disposable {
  readonly conversations: ConversationRows;
  readonly events: EventTable;
  readonly entries: EntryRows;
  readonly #database;
  readonly #prepare;
  readonly #waiting: (() => void)[] = [];
  #settledBatch: number;
  #notedBatch: number;

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

  /** Index of the last batch that reads see; 0 before any. */
  get settledBatch(): number {
    return this.#settledBatch;
  }

  /** Writes that wait for `settle`. */
  get waitingCount(): number {
    return this.#waiting.length + this.conversations.changedCount;
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

  /** Write what waits. Where that fails nothing of it is written, and it goes on waiting. */
  settle(): void {
    if (this.#notedBatch === this.#settledBatch) return;
    this.#transaction(() => {
      for (const table of [this.events, this.entries, this.conversations]) table.drop();
      for (const write of this.#waiting) write();
      this.events.flush();
      this.entries.flush();
      this.conversations.write();
      this.#prepare("UPDATE progress SET batch = ?").run(this.#notedBatch);
    });
    this.#waiting.length = 0;
    this.conversations.written();
    this.#settledBatch = this.#notedBatch;
  }

  /** Settle, and make all of it durable and the log of SQLite empty. */
  sync(): void {
    this.settle();
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
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
    this.#transaction(() => {
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
    });
    return closed.length === limit;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
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

  #transaction(action: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      action();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

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
