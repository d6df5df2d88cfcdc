import type { ConversationId } from "../../core/commands.ts";
import type { ConversationView } from "../../core/engine.ts";
import type { ConversationEvent, ConversationState } from "../../core/events.ts";
import type { BulkInsertSql } from "./bulk-insert.ts";
import type { SqlRow } from "./sql-row.ts";
import { flagOf, integerOf, optionalInteger, optionalText, textOf } from "./sql-row.ts";

/** `held` is `queued` in a closed queue, which only the engine knows: the store says `queued`. */
export type StoredState = Exclude<ConversationState, "held">;

/** A conversation as its events left it. */
export interface ConversationRow {
  readonly id: ConversationId;
  readonly tenant: string;
  channel: string;
  /** Absent once erased. */
  customer: string | undefined;
  customerId: string | undefined;
  state: StoredState;
  offline: boolean;
  version: number;
  skillQueue: string;
  priority: number;
  agent: string | undefined;
  lastAgent: string | undefined;
  /** Epoch ms. */
  closedAt: number | undefined;
}

/** What can be said of a conversation that the engine no longer knows. */
export function viewOf(row: ConversationRow): ConversationView {
  const { id, offline, version, channel, customer, customerId, skillQueue, priority } = row;
  const { state, agent, lastAgent } = row;
  return {
    id,
    state,
    offline,
    version,
    channel,
    skillQueue,
    priority,
    ...(customer === undefined ? {} : { customer }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(agent === undefined ? {} : { agent }),
    ...(lastAgent === undefined ? {} : { lastAgent }),
    deadlines: [],
    mayWrite: { verdict: "blocked" },
  };
}

/** The columns in the order of `columnsOf`. */
export const upsertSql = {
  into: `INSERT INTO conversations (id, tenant, channel, customer, customer_id, state, offline,
    version, skill_queue, priority, agent, last_agent, closed_at) VALUES`,
  columnCount: 13,
  behind: `ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, customer = excluded.customer,
    customer_id = excluded.customer_id, state = excluded.state, offline = excluded.offline,
    version = excluded.version, skill_queue = excluded.skill_queue, priority = excluded.priority,
    agent = excluded.agent, last_agent = excluded.last_agent, closed_at = excluded.closed_at`,
} satisfies BulkInsertSql;

/** Bring the row to where the event left the conversation. */
export function follow(row: ConversationRow, event: ConversationEvent): void {
  row.channel = event.channel;
  row.skillQueue = event.skillQueue;
  row.version = event.version;
  switch (event.type) {
    case "episodeBegan":
      row.priority = event.priority;
      row.customerId = event.customerId ?? row.customerId;
      break;
    case "messageReceived":
      row.customerId = event.customerId ?? row.customerId;
      break;
    case "messageSent":
      row.lastAgent = event.agent ?? row.lastAgent;
      break;
    case "conversationWentOffline":
      row.offline = true;
      break;
    case "conversationMoved":
      row.state = event.to === "held" ? "queued" : event.to;
      row.offline = event.offline;
      row.priority = event.priority;
      row.agent = event.agent;
      row.closedAt = event.to === "closed" ? event.at : undefined;
      break;
    default:
  }
}

/** The row as parameters. */
export function columnsOf(row: ConversationRow) {
  return [
    row.id,
    row.tenant,
    row.channel,
    row.customer ?? null,
    row.customerId ?? null,
    row.state,
    row.offline ? 1 : 0,
    row.version,
    row.skillQueue,
    row.priority,
    row.agent ?? null,
    row.lastAgent ?? null,
    row.closedAt ?? null,
  ] as const;
}

export function rowOf(found: SqlRow): ConversationRow {
  return {
    id: integerOf(found, "id"),
    tenant: textOf(found, "tenant"),
    channel: textOf(found, "channel"),
    customer: optionalText(found, "customer"),
    customerId: optionalText(found, "customer_id"),
    // Only ever written from a StoredState.
    state: textOf(found, "state") as StoredState,
    offline: flagOf(found, "offline"),
    version: integerOf(found, "version"),
    skillQueue: textOf(found, "skill_queue"),
    priority: integerOf(found, "priority"),
    agent: optionalText(found, "agent"),
    lastAgent: optionalText(found, "last_agent"),
    closedAt: optionalInteger(found, "closed_at"),
  };
}
