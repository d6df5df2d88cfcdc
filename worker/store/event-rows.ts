import type { ConversationId } from "../../core/commands.ts";
import type { ConversationEvent, Event } from "../../core/events.ts";

/**
 * Events as the store keeps them: those that one command made for one conversation share a row, so
 * that a message on its way in costs one. A row holds at most one text, and the events of at most
 * one agent's stream; a second of either begins the next row.
 */
export interface EventRow {
  /** Sequence of its last event. */
  readonly sequence: number;
  readonly tenant: string;
  /** Absent: presence, which is of no conversation. */
  readonly conversation?: ConversationId;
  /** Whose stream has events of this row. */
  readonly agent?: string;
  /** Whether the tenant's stream has. */
  readonly streamed: boolean;
  /** Of its last event. */
  readonly at: number;
  /** JSON list of its events, without text and without what names the customer. */
  readonly body: string;
  /** The text of its message. */
  readonly content?: string;
}

/** What an event does not repeat in its row, because the row or the conversation's own has it. */
type Bare = Omit<Event, "tenant"> & Readonly<Record<string, unknown>>;

/** Sort a command's events into rows, in order. Those that leave no trace in a timeline are left out. */
export function rowsOf(events: readonly Event[]): EventRow[] {
  const rows: EventRow[] = [];
  let open: OpenRow | undefined;
  for (const event of events) {
    if (!isKept(event)) continue;
    if (open === undefined || !open.takes(event)) {
      if (open !== undefined) rows.push(open.row());
      open = new OpenRow(event);
    }
    open.add(event);
  }
  if (open !== undefined) rows.push(open.row());
  return rows;
}

/** The agent whose stream has the event. */
export function streamAgentOf(event: Event): string | undefined {
  return agentStream.has(event.type) && "agent" in event ? event.agent : undefined;
}

/** Whether a reader of the tenant's stream sees the event. */
export function isOfTenantStream(event: Event): boolean {
  return tenantStream.has(event.type) || streamAgentOf(event) !== undefined;
}

/** What a row says of its conversation's customer, to be put back into its events. */
export interface RowContext {
  readonly tenant: string;
  readonly conversation?: ConversationId | undefined;
  readonly customer?: string | undefined;
  readonly customerId?: string | undefined;
  readonly content?: string | undefined;
}

/** The content of a message whose text was erased: JSON without a text. */
export const erasedContent = "{}";

/** The events of a row as they were; without texts and names where those were erased since. */
export function eventsOf(body: string, context: RowContext): Event[] {
  const { tenant, conversation, customer, customerId, content } = context;
  // Written by `rowsOf`, from events.
  return (JSON.parse(body) as Bare[]).map((bare) => {
    const event = {
      ...bare,
      tenant,
      ...(conversation === undefined ? {} : { conversation }),
      ...(conversation === undefined || customer === undefined ? {} : { customer }),
      ...(mayNameCustomer(bare.type) && customerId !== undefined ? { customerId } : {}),
      ...(hasContent(bare.type) ? { content: content ?? erasedContent } : {}),
    };
    return event as unknown as Event;
  });
}

const agentStream: ReadonlySet<Event["type"]> = new Set<Event["type"]>([
  "conversationOffered",
  "offerWithdrawn",
  "conversationAssigned",
  "messageReceived",
  "mayWriteChanged",
  "conversationLeft",
  "presenceChanged",
]);

const tenantStream: ReadonlySet<Event["type"]> = new Set<Event["type"]>([
  "routingTimedOut",
  "conversationWentOffline",
  "presenceChanged",
]);

type KeptEvent = ConversationEvent | Extract<Event, { readonly type: "presenceChanged" }>;

function isKept(event: Event): event is KeptEvent {
  return (
    event.type !== "tenantConfigured" &&
    event.type !== "customerErased" &&
    event.type !== "deliveryRecorded"
  );
}

function hasContent(type: Event["type"]): boolean {
  return type === "messageReceived" || type === "messageSent";
}

function contentOf(event: KeptEvent): string | undefined {
  return event.type === "messageReceived" || event.type === "messageSent"
    ? event.content
    : undefined;
}

function mayNameCustomer(type: Event["type"]): boolean {
  return type === "episodeBegan" || type === "messageReceived";
}

/** A row while events are added to it. */
class OpenRow {
  readonly #tenant: string;
  readonly #conversation: ConversationId | undefined;
  readonly #events: string[] = [];
  #agent: string | undefined;
  #content: string | undefined;
  #streamed = false;
  #sequence = 0;
  #at = 0;

  constructor(first: KeptEvent) {
    this.#tenant = first.tenant;
    this.#conversation = conversationOf(first);
  }

  takes(event: KeptEvent): boolean {
    const agent = streamAgentOf(event);
    return (
      this.#conversation !== undefined &&
      conversationOf(event) === this.#conversation &&
      (agent === undefined || this.#agent === undefined || agent === this.#agent) &&
      (this.#content === undefined || contentOf(event) === undefined)
    );
  }

  add(event: KeptEvent): void {
    this.#agent ??= streamAgentOf(event);
    this.#content ??= contentOf(event);
    this.#streamed ||= isOfTenantStream(event);
    this.#sequence = event.sequence;
    this.#at = event.at;
    this.#events.push(bareOf(event));
  }

  row(): EventRow {
    return {
      sequence: this.#sequence,
      tenant: this.#tenant,
      ...(this.#conversation === undefined ? {} : { conversation: this.#conversation }),
      ...(this.#agent === undefined ? {} : { agent: this.#agent }),
      streamed: this.#streamed,
      at: this.#at,
      body: `[${this.#events.join(",")}]`,
      ...(this.#content === undefined ? {} : { content: this.#content }),
    };
  }
}

function conversationOf(event: KeptEvent): ConversationId | undefined {
  return event.type === "presenceChanged" ? undefined : event.conversation;
}

function bareOf(event: KeptEvent): string {
  const { tenant: _tenant, ...ofTenant } = event;
  if (ofTenant.type === "presenceChanged") return JSON.stringify(ofTenant);
  const { conversation: _conversation, customer: _customer, ...bare } = ofTenant;
  if (bare.type === "messageReceived") {
    const { content: _content, customerId: _customerId, ...rest } = bare;
    return JSON.stringify(rest);
  }
  if (bare.type === "messageSent") {
    const { content: _content, ...rest } = bare;
    return JSON.stringify(rest);
  }
  if (bare.type === "episodeBegan") {
    const { customerId: _customerId, ...rest } = bare;
    return JSON.stringify(rest);
  }
  return JSON.stringify(bare);
}
