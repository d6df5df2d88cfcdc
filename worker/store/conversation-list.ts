import type { ConversationId } from "../../core/commands.ts";
import { rowOf } from "./conversation-row.ts";
import type { ConversationRow, StoredState } from "./conversation-row.ts";
import type { Statements } from "./statements.ts";

/** A state, and where only some queues are meant, which. */
export interface RowState {
  readonly state: StoredState;
  readonly skillQueues?: readonly string[];
}

export interface RowFilter {
  readonly states?: readonly RowState[] | undefined;
  readonly skillQueue?: string | undefined;
  readonly agent?: string | undefined;
  readonly channel?: string | undefined;
  readonly customer?: string | undefined;
  /** Exclusive. */
  readonly after: ConversationId;
  readonly limit: number;
}

/** Rows that match, oldest first. Complexity: linear in what the best of its conditions matches. */
export function listRows(
  prepare: Statements,
  tenant: string,
  filter: RowFilter,
): ConversationRow[] {
  const { states } = filter;
  if (states === undefined) return listOne(prepare, tenant, filter, undefined);
  return states
    .flatMap((state) => listOne(prepare, tenant, filter, state))
    .toSorted((a, b) => a.id - b.id)
    .slice(0, filter.limit);
}

function listOne(
  prepare: Statements,
  tenant: string,
  filter: RowFilter,
  only: RowState | undefined,
): ConversationRow[] {
  const { after, limit, skillQueue, agent, channel, customer } = filter;
  const skillQueues = only?.skillQueues;
  const given = {
    tenant,
    after,
    limit,
    skillQueue,
    channel,
    customer,
    agent,
    state: only?.state,
    skillQueues: skillQueues === undefined ? undefined : JSON.stringify(skillQueues),
  };
  const parameters = Object.entries(given).filter(
    (entry): entry is [keyof typeof given, string | number] => entry[1] !== undefined,
  );
  const names = new Set(parameters.map(([name]) => name));
  const index = indexes.find((name) => names.has(name));
  const conditions = conditionsOf(names).map(([name, condition]) =>
    // A plus keeps SQLite from another index than the best one.
    name === index || (name === "tenant" && index !== undefined) ? condition : `+${condition}`,
  );
  return prepare(
    `SELECT * FROM conversations WHERE id > :after AND ${conditions.join(" AND ")}
         ORDER BY id LIMIT :limit`,
  )
    .all(Object.fromEntries(parameters))
    .map(rowOf);
}

/** What an index serves, best first; without any the conversations in order are read. */
const indexes = ["customer", "agent", "state"] as const;

const conditionBy = {
  tenant: "tenant = :tenant",
  customer: "customer = :customer",
  agent: "agent = :agent",
  state: "state = :state",
  channel: "channel = :channel",
  skillQueue: "skill_queue = :skillQueue",
  skillQueues: "skill_queue IN (SELECT value FROM json_each(:skillQueues))",
} as const;

function conditionsOf(names: ReadonlySet<string>): (readonly [string, string])[] {
  return Object.entries(conditionBy).filter(([name]) => names.has(name));
}
