import type { ConversationId } from "../../core/commands.ts";
import type { ConversationView } from "../../core/engine.ts";
import type { ConversationEvent, ConversationState, Event } from "../../core/events.ts";
import type { SqlRow } from "./sql-row.ts";
import { flagOf, integerOf, optionalInteger, optionalText, textOf } from "./sql-row.ts";
import type { Statements } from "./statements.ts";

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

/**
 * The table of conversations. What events change is kept in memory until `write`, so that a
 * conversation costs one row however often it moved meanwhile; `find` sees it already, lists do not.
 */
export class ConversationRows {
  readonly #prepare: Statements;
  readonly #changed = new Map<ConversationId, ConversationRow>();
  readonly #select;
  readonly #upsert;

  constructor(prepare: Statements) {
    this.#prepare = prepare;
    this.#select = prepare("SELECT * FROM conversations WHERE id = ?");
    this.#upsert = prepare(upsertSql);
  }

  /** Rows that wait to be written. */
  get changedCount(): number {
    return this.#changed.size;
  }

  find(tenant: string, id: ConversationId): ConversationRow | undefined {
    const row = this.#changed.get(id) ?? this.#stored(id);
    return row?.tenant === tenant ? row : undefined;
  }

  /** Follow an event. */
  note(event: Event): void {
    if (!("conversation" in event)) return;
    if (this.#changesNothing(event)) return;
    const row = this.#changed.get(event.conversation) ?? this.#begin(event);
    follow(row, event);
    this.#changed.set(row.id, row);
  }

  /** Write what was noted, inside the caller's transaction; `written` once that is committed. */
  write(): void {
    for (const row of this.#changed.values()) this.#upsert.run(...columnsOf(row));
  }

  written(): void {
    this.#changed.clear();
  }

  /** Oldest first. Complexity: with a customer, an agent or states linear in what those match. */
  list(tenant: string, filter: RowFilter): ConversationRow[] {
    const { states } = filter;
    if (states === undefined) return this.#listOne(tenant, filter, undefined);
    return states
      .flatMap((state) => this.#listOne(tenant, filter, state))
      .toSorted((a, b) => a.id - b.id)
      .slice(0, filter.limit);
  }

  /** Conversations of an address on any channel, or of a customer id, and of that one's addresses. */
  ofCustomer(tenant: string, customer: string): ConversationRow[] {
    const own = this.#where(
      "tenant = ? AND (customer = ? OR customer_id = ?)",
      [tenant, customer, customer],
      (row) => row.tenant === tenant && [row.customer, row.customerId].includes(customer),
    );
    const joined = own.flatMap(({ channel, customer: address = customer }) =>
      this.#where(
        "tenant = ? AND channel = ? AND customer = ?",
        [tenant, channel, address],
        (row) => row.tenant === tenant && row.channel === channel && row.customer === address,
      ),
    );
    return [...new Map([...own, ...joined].map((row) => [row.id, row])).values()];
  }

  /** Take the address out of these. */
  erase(ids: readonly ConversationId[]): void {
    for (const id of ids) {
      const row = this.#changed.get(id) ?? this.#stored(id);
      if (row === undefined) continue;
      row.customer = undefined;
      row.customerId = undefined;
      this.#changed.set(id, row);
    }
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

  #listOne(tenant: string, filter: RowFilter, only: RowState | undefined): ConversationRow[] {
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
    return this.#prepare(
      `SELECT * FROM conversations WHERE id > :after AND ${conditions.join(" AND ")}
         ORDER BY id LIMIT :limit`,
    )
      .all(Object.fromEntries(parameters))
      .map(rowOf);
  }
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

const upsertSql = `
  INSERT INTO conversations (id, tenant, channel, customer, customer_id, state, offline, version,
    skill_queue, priority, agent, last_agent, closed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, customer = excluded.customer,
    customer_id = excluded.customer_id, state = excluded.state, offline = excluded.offline,
    version = excluded.version, skill_queue = excluded.skill_queue, priority = excluded.priority,
    agent = excluded.agent, last_agent = excluded.last_agent, closed_at = excluded.closed_at`;

function follow(row: ConversationRow, event: ConversationEvent): void {
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

function columnsOf(row: ConversationRow) {
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

function rowOf(found: SqlRow): ConversationRow {
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
