import type { ConversationId, DeliveryStatus } from "../../core/commands.ts";
import type { DeliveryRecorded } from "../../core/events.ts";
import { BulkInsert } from "./bulk-insert.ts";
import { rowOf } from "./entry-row.ts";
import type { EntryRow } from "./entry-row.ts";
import type { Statements } from "./statements.ts";

/** The table of entries: the outbox of every channel, pushed or polled. */
export class EntryRows {
  readonly #prepare: Statements;
  readonly #insert;
  /** Whether something that `withdraw` may mean waits to be written. */
  #mayWithdraw = false;
  readonly #withdraw;
  readonly #deliver;

  constructor(prepare: Statements) {
    this.#prepare = prepare;
    this.#insert = new BulkInsert(prepare, {
      into: "INSERT OR REPLACE INTO entries VALUES",
      columnCount: 13,
    });
    this.#withdraw = prepare(
      `UPDATE entries SET delivery = 'withdrawn' WHERE conversation = ? AND sequence < ?
         AND kind IN ('prompt', 'auto-reply') AND delivery IN ('pending', 'failed')`,
    );
    this.#deliver = prepare(
      `UPDATE entries SET delivery = :status, delivery_reason = :reason
         WHERE sequence = :entry AND tenant = :tenant AND channel = :channel
           AND delivery NOT IN (SELECT value FROM json_each(:unless))`,
    );
  }

  /** Reads see it after `flush`. */
  write(row: EntryRow): void {
    this.#mayWithdraw ||= withdrawable.has(row.kind);
    this.#insert.add(
      row.sequence,
      row.tenant,
      row.channel,
      row.customer ?? null,
      row.conversation,
      row.at,
      row.kind,
      row.offline ? 1 : 0,
      row.status ?? null,
      row.reason ?? null,
      row.inReplyTo ?? null,
      row.delivery,
      row.deliveryReason ?? null,
    );
  }

  /** Write what waits for others, inside the caller's transaction. */
  flush(): void {
    this.#mayWithdraw = false;
    this.#insert.flush();
  }

  /** The transaction failed: nothing of it was written, nor will be. */
  drop(): void {
    this.#mayWithdraw = false;
    this.#insert.clear();
  }

  /** Prompts and automatic replies of the conversation before `sequence` that did not arrive yet. */
  withdraw(conversation: ConversationId, sequence: number): void {
    if (this.#mayWithdraw) this.flush();
    this.#withdraw.run(conversation, sequence);
  }

  recordDelivery({ tenant, channel, entry, status, reason }: DeliveryRecorded): void {
    this.flush();
    const unless = JSON.stringify(outrankedBy[status]);
    this.#deliver.run({ tenant, channel, entry, status, reason: reason ?? null, unless });
  }

  find(tenant: string, sequence: number): EntryRow | undefined {
    const found = this.#prepare("SELECT * FROM entries WHERE sequence = ? AND tenant = ?").get(
      sequence,
      tenant,
    );
    return found === undefined ? undefined : rowOf(found);
  }

  /** Entries for one customer, oldest first, the withdrawn ones left out. */
  ofCustomer(of: CustomerAddress, after: number, limit: number): EntryRow[] {
    return this.#prepare(
      `SELECT * FROM entries WHERE tenant = ? AND channel = ? AND customer = ? AND sequence > ?
           AND delivery <> 'withdrawn' ORDER BY sequence LIMIT ?`,
    )
      .all(of.tenant, of.channel, of.customer, after, limit)
      .map(rowOf);
  }

  failed(tenant: string, channel: string, after: number, limit: number): EntryRow[] {
    return this.#prepare(
      `SELECT * FROM entries WHERE tenant = ? AND channel = ? AND delivery = 'failed'
           AND sequence > ? ORDER BY sequence LIMIT ?`,
    )
      .all(tenant, channel, after, limit)
      .map(rowOf);
  }

  /**
   * The first pending entry of each conversation, those of `except` left out, the conversations
   * whose entry waits longest first.
   */
  outbox(
    tenant: string,
    channel: string,
    except: readonly ConversationId[],
    limit: number,
  ): EntryRow[] {
    return this.#prepare(
      `SELECT * FROM entries AS entry INDEXED BY entries_pending
         WHERE tenant = ? AND channel = ? AND delivery = 'pending'
           AND conversation NOT IN (SELECT value FROM json_each(?))
           AND NOT EXISTS (
             SELECT 1 FROM entries AS earlier INDEXED BY entries_of_conversation
               WHERE earlier.conversation = entry.conversation
                 AND earlier.channel = entry.channel
                 AND earlier.sequence < entry.sequence AND earlier.delivery = 'pending')
         ORDER BY sequence LIMIT ?`,
    )
      .all(tenant, channel, JSON.stringify(except), limit)
      .map(rowOf);
  }

  /** Entries of these conversations go on at another channel, and whatever else was not delivered. */
  moveChannel(
    tenant: string,
    from: string,
    to: string,
    conversations: readonly ConversationId[],
  ): void {
    this.flush();
    this.#prepare(
      `UPDATE entries SET channel = ? WHERE conversation IN (SELECT value FROM json_each(?))`,
    ).run(to, JSON.stringify(conversations));
    this.#prepare(
      `UPDATE entries SET channel = ? WHERE tenant = ? AND channel = ? AND delivery = 'pending'`,
    ).run(to, tenant, from);
  }

  /** Take the address out of the entries of these conversations; what was not sent stays unsent. */
  erase(conversations: readonly ConversationId[]): void {
    this.flush();
    this.#prepare(
      `UPDATE entries SET customer = NULL, delivery_reason = NULL,
           delivery = iif(delivery IN ('pending', 'failed'), 'withdrawn', delivery)
         WHERE conversation IN (SELECT value FROM json_each(?))`,
    ).run(JSON.stringify(conversations));
  }
}

export interface CustomerAddress {
  readonly tenant: string;
  readonly channel: string;
  readonly customer: string;
}

const withdrawable: ReadonlySet<EntryRow["kind"]> = new Set<EntryRow["kind"]>([
  "prompt",
  "auto-reply",
]);

/** Reports may overtake each other: what each of them does not change any more. */
const outrankedBy = {
  pending: ["delivered", "read", "withdrawn"],
  sent: ["delivered", "read", "failed"],
  delivered: ["read"],
  read: [],
  failed: ["delivered", "read", "withdrawn"],
} as const satisfies Record<DeliveryStatus, readonly string[]>;
