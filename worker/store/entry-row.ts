import { deliveryStatuses } from "../../core/commands.ts";
import type { ConversationId } from "../../core/commands.ts";
import type { Event } from "../../core/events.ts";
import type { CustomerEntry } from "../shards/routing.ts";
import type { SqlRow } from "./sql-row.ts";
import { flagOf, integerOf, optionalInteger, optionalText, textOf } from "./sql-row.ts";

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

/** The row as the table has it. */
export function rowOf(found: SqlRow): EntryRow {
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

function oneOf<T extends string>(list: readonly T[], text: string): T {
  const found = list.find((item) => item === text);
  if (found === undefined) throw new TypeError(`${text} is none of ${list.join(", ")}`);
  return found;
}
