import type { ConversationId } from "../../core/commands.ts";
import type { Event, MessageReceived } from "../../core/events.ts";
import { eventsOf, isOfTenantStream, streamAgentOf } from "./event-rows.ts";
import { BulkInsert } from "./bulk-insert.ts";
import type { EventRow } from "./event-rows.ts";
import type { SqlRow } from "./sql-row.ts";
import { integerOf, optionalInteger, optionalText, textOf } from "./sql-row.ts";
import type { Statements } from "./statements.ts";

/** A message of a customer with its text; `content` is absent once erased. */
export interface StoredMessage {
  readonly sequence: number;
  /** The caller's id. */
  readonly id: string;
  readonly at: number;
  readonly content?: string;
}

/** The table of events: timelines, and the streams of agents and tenants. */
export class EventTable {
  readonly #prepare: Statements;
  readonly #insert;
  readonly #ofConversation;

  constructor(prepare: Statements) {
    this.#prepare = prepare;
    this.#insert = new BulkInsert(prepare, {
      into: "INSERT OR REPLACE INTO events VALUES",
      columnCount: 8,
    });
    this.#ofConversation = prepare(
      `${select} WHERE e.conversation = ? AND e.sequence >= ? ORDER BY e.sequence`,
    );
  }

  /** Reads see it after `flush`. */
  write(row: EventRow): void {
    this.#insert.add(
      row.sequence,
      row.tenant,
      row.conversation ?? null,
      row.agent ?? null,
      row.streamed ? 1 : 0,
      row.at,
      row.body,
      row.content ?? null,
    );
  }

  /** Write what waits for others, inside the caller's transaction. */
  flush(): void {
    this.#insert.flush();
  }

  /** The transaction failed: nothing of it was written, nor will be. */
  drop(): void {
    this.#insert.clear();
  }

  /** Of one conversation, in order, and only the newest of more than `limit`. */
  timeline(conversation: ConversationId, limit: number): Event[] {
    return this.#prepare(
      `SELECT * FROM (${select} WHERE e.conversation = ? ORDER BY e.sequence DESC LIMIT ?)
           ORDER BY sequence`,
    )
      .all(conversation, limit)
      .flatMap(readEvents)
      .slice(-limit);
  }

  /** Of one agent's stream, or of the tenant's, after `after`, oldest first. */
  stream(tenant: string, agent: string | undefined, after: number, limit: number): Event[] {
    const rows =
      agent === undefined
        ? this.#prepare(
            `${select} WHERE e.tenant = ? AND e.streamed = 1 AND e.sequence > ?
                 ORDER BY e.sequence LIMIT ?`,
          ).all(tenant, after, limit)
        : this.#prepare(
            `${select} WHERE e.tenant = ? AND e.agent = ? AND e.sequence > ?
                 ORDER BY e.sequence LIMIT ?`,
          ).all(tenant, agent, after, limit);
    return rows
      .flatMap(readEvents)
      .filter((event) => event.sequence > after)
      .filter((event) =>
        agent === undefined ? isOfTenantStream(event) : streamAgentOf(event) === agent,
      )
      .slice(0, limit);
  }

  /** The event of a conversation with this sequence. */
  find(conversation: ConversationId, sequence: number): Event | undefined {
    const row = this.#ofConversation.get(conversation, sequence);
    if (row === undefined) return undefined;
    return readEvents(row).find((event) => event.sequence === sequence);
  }

  /** Messages of the customer from one sequence to another, both included, oldest first. */
  messages(conversation: ConversationId, from: number, to: number, limit: number): StoredMessage[] {
    const messages: StoredMessage[] = [];
    for (const row of this.#ofConversation.iterate(conversation, from)) {
      const events = readEvents(row);
      if ((events[0]?.sequence ?? 0) > to) break;
      for (const event of events) {
        if (event.type !== "messageReceived" || event.sequence < from || event.sequence > to)
          continue;
        messages.push(messageOf(event, optionalText(row, "content")));
      }
      if (messages.length >= limit) break;
    }
    return messages.slice(0, limit);
  }

  /** Take the texts out of what these conversations have so far. */
  erase(conversations: readonly ConversationId[]): void {
    this.flush();
    const list = JSON.stringify(conversations);
    this.#prepare(
      `UPDATE events SET content = NULL
           WHERE conversation IN (SELECT value FROM json_each(?)) AND content IS NOT NULL`,
    ).run(list);
    // A note is in an agent's own words, and may name the customer.
    const rewrite = this.#prepare("UPDATE events SET body = ? WHERE sequence = ?");
    const noted = this.#prepare(
      `SELECT sequence, body FROM events
           WHERE conversation IN (SELECT value FROM json_each(?)) AND instr(body, '"note":') > 0`,
    ).all(list);
    for (const row of noted) {
      // Written by `rowsOf`: a list of objects.
      const events = JSON.parse(textOf(row, "body")) as Readonly<Record<string, unknown>>[];
      const body = JSON.stringify(events.map(({ note: _note, ...rest }) => rest));
      rewrite.run(body, integerOf(row, "sequence"));
    }
  }
}

const select = `
  SELECT e.sequence, e.tenant, e.conversation, e.body, e.content, c.customer, c.customer_id
    FROM events e LEFT JOIN conversations c ON c.id = e.conversation`;

function readEvents(row: SqlRow): Event[] {
  return eventsOf(textOf(row, "body"), {
    tenant: textOf(row, "tenant"),
    conversation: optionalInteger(row, "conversation"),
    customer: optionalText(row, "customer"),
    customerId: optionalText(row, "customer_id"),
    content: optionalText(row, "content"),
  });
}

function messageOf(event: MessageReceived, content: string | undefined): StoredMessage {
  const { sequence, id, at } = event;
  return { sequence, id, at, ...(content === undefined ? {} : { content }) };
}
