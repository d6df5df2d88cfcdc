import type { ConversationId } from "../../core/commands.ts";
import type { ConversationEvent, Event } from "../../core/events.ts";
import { BulkInsert } from "./bulk-insert.ts";
import { columnsOf, follow, rowOf, upsertSql } from "./conversation-row.ts";
import type { ConversationRow } from "./conversation-row.ts";
import { listRows } from "./conversation-list.ts";
import type { RowFilter } from "./conversation-list.ts";
import type { Statements } from "./statements.ts";

/**
 * The table of conversations. What events change is kept in memory until `write`, so that a
 * conversation costs one row however often it moved meanwhile; `find` sees it already, lists do not.
 * What is written is kept until `settled`, so that nothing of a transaction that failed is lost.
 */
export class ConversationRows {
  readonly #prepare: Statements;
  readonly #changed = new Map<ConversationId, ConversationRow>();
  /** Written and not settled; as they are now where they changed again. */
  readonly #written = new Map<ConversationId, ConversationRow>();
  readonly #select;
  readonly #upsert;

  constructor(prepare: Statements) {
    this.#prepare = prepare;
    this.#select = prepare("SELECT * FROM conversations WHERE id = ?");
    this.#upsert = new BulkInsert(prepare, upsertSql);
  }

  /** Rows that wait to be written. */
  get changedCount(): number {
    return this.#changed.size;
  }

  /** Rows that wait to be written, or to be settled. */
  get unsettledCount(): number {
    return this.#changed.size + this.#written.size;
  }

  find(tenant: string, id: ConversationId): ConversationRow | undefined {
    const row = this.#held(id) ?? this.#stored(id);
    return row?.tenant === tenant ? row : undefined;
  }

  /** Follow an event. */
  note(event: Event): void {
    if (!("conversation" in event)) return;
    if (this.#changesNothing(event)) return;
    const row = this.#held(event.conversation) ?? this.#begin(event);
    follow(row, event);
    this.#changed.set(row.id, row);
  }

  /**
   * Write what was noted, inside the caller's transaction, until it is late; `settled` once that is
   * committed.
   *
   * @returns whether that was all
   */
  write(isLate: () => boolean): boolean {
    let count = 0;
    for (const [id, row] of this.#changed) {
      if (count > 0 && count % rowsBetweenLooks === 0 && isLate()) break;
      count += 1;
      this.#upsert.add(...columnsOf(row));
      this.#changed.delete(id);
      this.#written.set(id, row);
    }
    this.#upsert.flush();
    return this.#changed.size === 0;
  }

  /** The transaction failed: nothing of it was written, and all of it goes on waiting. */
  drop(): void {
    this.#upsert.clear();
    for (const [id, row] of this.#written) {
      if (!this.#changed.has(id)) this.#changed.set(id, row);
    }
    this.#written.clear();
  }

  /** What was written is committed. */
  settled(): void {
    this.#written.clear();
  }

  /** Oldest first. Complexity: with a customer, an agent or states linear in what those match. */
  list(tenant: string, filter: RowFilter): ConversationRow[] {
    return listRows(this.#prepare, tenant, filter);
  }

  /**
   * Closed conversations of an address on any channel, or of the addresses that a customer id has: an
   * address is whose id it named last. Those that are open the engine knows better.
   */
  closedOfCustomer(tenant: string, customer: string): readonly ConversationId[] {
    const named = this.#where(
      "tenant = ? AND (customer = ? OR customer_id = ?)",
      [tenant, customer, customer],
      (row) => row.tenant === tenant && [row.customer, row.customerId].includes(customer),
    );
    const all = named.flatMap((row) =>
      row.customer === customer ? [row] : this.#ofAddress(row, customer),
    );
    return [...new Set(all.filter(({ state }) => state === "closed").map(({ id }) => id))];
  }

  /** Open conversations of one channel go on at another. */
  moveChannel(tenant: string, from: string, to: string): readonly ConversationId[] {
    const moved = this.#where(
      "tenant = ? AND channel = ? AND state <> 'closed'",
      [tenant, from],
      (row) => row.tenant === tenant && row.channel === from && row.state !== "closed",
    );
    for (const row of moved) {
      row.channel = to;
      this.#changed.set(row.id, row);
    }
    return moved.map(({ id }) => id);
  }

  /** Take the address out of these. */
  erase(ids: readonly ConversationId[]): void {
    for (const id of ids) {
      const row = this.#held(id) ?? this.#stored(id);
      if (row === undefined) continue;
      row.customer = undefined;
      row.customerId = undefined;
      this.#changed.set(id, row);
    }
  }

  /** All at the address of this one, if it is `customerId` who has it now. */
  #ofAddress({ tenant, channel, customer }: ConversationRow, customerId: string) {
    if (customer === undefined) return [];
    const rows = this.#where(
      "tenant = ? AND channel = ? AND customer = ?",
      [tenant, channel, customer],
      (row) => row.tenant === tenant && row.channel === channel && row.customer === customer,
    ).toSorted((one, other) => one.id - other.id);
    const newest = rows.findLast((row) => row.customerId !== undefined);
    return newest?.customerId === customerId ? rows : [];
  }

  #held(id: ConversationId): ConversationRow | undefined {
    return this.#changed.get(id) ?? this.#written.get(id);
  }

  #stored(id: ConversationId): ConversationRow | undefined {
    const found = this.#select.get(id);
    return found === undefined ? undefined : rowOf(found);
  }

  /** What is written, and what is noted and not yet written, and the latter only where both are. */
  #where(
    condition: string,
    parameters: readonly string[],
    holds: (row: ConversationRow) => boolean,
  ): ConversationRow[] {
    const stored = this.#prepare(`SELECT * FROM conversations WHERE ${condition}`)
      .all(...parameters)
      .map(rowOf)
      .filter(({ id }) => !this.#changed.has(id));
    return [...stored, ...this.#changed.values().filter(holds)];
  }

  /** Whether the event leaves the row as it is, so that a message costs none. */
  #changesNothing(event: ConversationEvent): boolean {
    switch (event.type) {
      case "episodeBegan":
      case "conversationMoved":
      case "conversationWentOffline":
        return false;
      case "messageReceived":
        return (
          event.customerId === undefined || this.#known(event)?.customerId === event.customerId
        );
      case "messageSent":
        return event.agent === undefined || this.#known(event)?.lastAgent === event.agent;
      default:
        return true;
    }
  }

  #known({ tenant, conversation }: ConversationEvent): ConversationRow | undefined {
    return this.find(tenant, conversation);
  }

  #begin(event: ConversationEvent): ConversationRow {
    const opened = event.type === "episodeBegan" && event.opened;
    const stored = opened ? undefined : this.#stored(event.conversation);
    return (
      stored ?? {
        id: event.conversation,
        tenant: event.tenant,
        channel: event.channel,
        customer: event.customer,
        customerId: undefined,
        state: "queued",
        offline: false,
        version: event.version,
        skillQueue: event.skillQueue,
        priority: 0,
        agent: undefined,
        lastAgent: undefined,
        closedAt: undefined,
      }
    );
  }
}

/** Whole statements (`BulkInsert`). */
const rowsBetweenLooks = 32;
