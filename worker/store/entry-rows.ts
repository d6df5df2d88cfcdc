import { deliveryStatuses } from "../../core/commands.ts";
import type { ConversationId, DeliveryStatus } from "../../core/commands.ts";
import type { DeliveryRecorded, Event } from "../../core/events.ts";
import type { CustomerEntry } from "../shards/routing.ts";
import type { SqlRow } from "./sql-row.ts";
import { flagOf, integerOf, optionalInteger, optionalText, textOf } from "./sql-row.ts";
import type { Statements } from "./statements.ts";

/** What a customer is told, before its text and the id it answers are looked up in the events. */
export interface EntryRow {
  /** Of the event that made it. */
  readonly sequence: number;
  readonly tenant: string;
  readonly channel: string;
  readonly customer: string | undefined;
  readonly conversation: ConversationId;
  readonly at: number;
  readonly kind: CustomerEntry["kind"];
  readonly offline: boolean;
  readonly status: "dormant" | "closed" | undefined;
  readonly reason: string | undefined;
  /** Sequence of the message it answers. */
  readonly inReplyTo: number | undefined;
  readonly delivery: CustomerEntry["delivery"];
  readonly deliveryReason: string | undefined;
}

/** The entry that an event makes for the customer, if it makes one (DOMAIN 5). */
export function entryOf(event: Event): EntryRow | undefined {
  switch (event.type) {
    case "messageSent":
      return told(event, { kind: "message", offline: event.offline, inReplyTo: event.inReplyTo });
    case "promptSent":
      return told(event, { kind: "prompt", offline: true, inReplyTo: event.inReplyTo });
    case "autoReplySent":
      return told(event, {
        kind: "auto-reply",
        offline: event.offline,
        inReplyTo: event.inReplyTo,
      });
    case "conversationMoved": {
      const { to, reason, offline } = event;
      // Whoever is forgotten is told nothing any more.
      if ((to !== "dormant" && to !== "closed") || reason === "erased") return undefined;
      return told(event, { kind: "status", offline, status: to, reason });
    }
    default:
      return undefined;
  }
}

/** Whether the event ends the use of a prompt or automatic reply that is still on its way (3.17). */
export function withdraws(event: Event): boolean {
  switch (event.type) {
    case "messageSent":
      return event.agent !== undefined;
    case "conversationMoved":
      return event.to === "dormant" || event.to === "closed";
    case "episodeBegan":
      return !event.opened;
    default:
      return false;
  }
}

/** The table of entries: the outbox of every channel, pushed or polled. */
export class EntryRows {
  readonly #prepare: Statements;
  readonly #insert;
  readonly #withdraw;
  readonly #deliver;

  constructor(prepare: Statements) {
    this.#prepare = prepare;
    this.#insert = prepare(
      "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
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

  write(row: EntryRow): void {
    this.#insert.run(
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

  /** Prompts and automatic replies of the conversation before `sequence` that did not arrive yet. */
  withdraw(conversation: ConversationId, sequence: number): void {
    this.#withdraw.run(conversation, sequence);
  }

  recordDelivery({ tenant, channel, entry, status, reason }: DeliveryRecorded): void {
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

  /**
   * Of the customer's latest `limit` entries up to and including `upTo`, the sequences of those that
   * the customer side did not acknowledge yet.
   */
  unacknowledged(of: CustomerAddress, upTo: number, limit: number): number[] {
    return this.#prepare(
      `SELECT sequence FROM (
           SELECT sequence, delivery FROM entries
             WHERE tenant = ? AND channel = ? AND customer = ? AND sequence <= ?
             ORDER BY sequence DESC LIMIT ?)
         WHERE delivery IN ('pending', 'sent', 'failed')`,
    )
      .all(of.tenant, of.channel, of.customer, upTo, limit)
      .map((row) => integerOf(row, "sequence"));
  }

  failed(tenant: string, channel: string, after: number, limit: number): EntryRow[] {
    return this.#prepare(
      `SELECT * FROM entries WHERE tenant = ? AND channel = ? AND delivery = 'failed'
           AND sequence > ? ORDER BY sequence LIMIT ?`,
    )
      .all(tenant, channel, after, limit)
      .map(rowOf);
  }

  /** The first pending entry of each conversation, those of `except` left out. */
  outbox(
    tenant: string,
    channel: string,
    except: readonly ConversationId[],
    limit: number,
  ): EntryRow[] {
    return this.#prepare(
      `SELECT * FROM entries WHERE sequence IN (
           SELECT min(sequence) FROM entries
             WHERE tenant = ? AND channel = ? AND delivery = 'pending'
               AND conversation NOT IN (SELECT value FROM json_each(?))
             GROUP BY conversation LIMIT ?)
         ORDER BY sequence`,
    )
      .all(tenant, channel, JSON.stringify(except), limit)
      .map(rowOf);
  }

  /** Take the address out of the entries of these conversations; what was not sent stays unsent. */
  erase(conversations: readonly ConversationId[]): void {
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

/** Reports may overtake each other: what each of them does not change any more. */
const outrankedBy = {
  pending: ["delivered", "read", "withdrawn"],
  sent: ["delivered", "read"],
  delivered: ["read"],
  read: [],
  failed: ["delivered", "read", "withdrawn"],
} as const satisfies Record<DeliveryStatus, readonly string[]>;

function told(
  event: Event & { readonly conversation: ConversationId; readonly channel: string },
  entry: Pick<EntryRow, "kind" | "offline"> & {
    readonly status?: EntryRow["status"];
    readonly reason?: string;
    readonly inReplyTo?: number | undefined;
  },
): EntryRow {
  return {
    sequence: event.sequence,
    tenant: event.tenant,
    channel: event.channel,
    customer: "customer" in event ? event.customer : undefined,
    conversation: event.conversation,
    at: event.at,
    kind: entry.kind,
    offline: entry.offline,
    status: entry.status,
    reason: entry.reason,
    inReplyTo: entry.inReplyTo,
    delivery: "pending",
    deliveryReason: undefined,
  };
}

function rowOf(found: SqlRow): EntryRow {
  const status = optionalText(found, "status");
  return {
    sequence: integerOf(found, "sequence"),
    tenant: textOf(found, "tenant"),
    channel: textOf(found, "channel"),
    customer: optionalText(found, "customer"),
    conversation: integerOf(found, "conversation"),
    at: integerOf(found, "at"),
    kind: oneOf(["message", "prompt", "auto-reply", "status"] as const, textOf(found, "kind")),
    offline: flagOf(found, "offline"),
    status: status === undefined ? undefined : oneOf(["dormant", "closed"] as const, status),
    reason: optionalText(found, "reason"),
    inReplyTo: optionalInteger(found, "in_reply_to"),
    delivery: oneOf([...deliveryStatuses, "withdrawn"] as const, textOf(found, "delivery")),
    deliveryReason: optionalText(found, "delivery_reason"),
  };
}

function oneOf<T extends string>(list: readonly T[], text: string): T {
  const found = list.find((item) => item === text);
  if (found === undefined) throw new TypeError(`${text} is none of ${list.join(", ")}`);
  return found;
}
