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
  /**
   * JSON list of its events, without text and without what names the customer; each without what it
   * shares with the one before it (`carried`), and without a sequence that follows the one before.
   */
  readonly body: string;
  /** The text of its message. */
  readonly content?: string;
}

/** What of an event is in its row; the columns and the conversation's row have the rest. */
type Bare = Pick<Event, "type" | "sequence"> & Readonly<Record<string, unknown>>;

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
  let carriedOn: Partial<Bare> = {};
  // Written by `rowsOf`, from events.
  return (JSON.parse(body) as Bare[]).map((own) => {
    const bare = { ...carriedOn, ...own };
    carriedOn = carriedFrom(bare);
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

/** What the next event of a row has unless it says otherwise. */
function carriedFrom({ sequence, at, version, channel, skillQueue }: Bare): Partial<Bare> {
  return version === undefined
    ? { sequence: sequence + 1, at }
    : { sequence: sequence + 1, at, version, channel, skillQueue };
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
  readonly #events: object[] = [];
  #last: KeptEvent | undefined;
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
    this.#events.push(bareOf(event, this.#last));
    this.#last = event;
  }

  row(): EventRow {
    return {
      sequence: this.#sequence,
      tenant: this.#tenant,
      ...(this.#conversation === undefined ? {} : { conversation: this.#conversation }),
      ...(this.#agent === undefined ? {} : { agent: this.#agent }),
      streamed: this.#streamed,
      at: this.#at,
      body: JSON.stringify(this.#events),
      ...(this.#content === undefined ? {} : { content: this.#content }),
    };
  }
}

function conversationOf(event: KeptEvent): ConversationId | undefined {
  return event.type === "presenceChanged" ? undefined : event.conversation;
}

/**
 * The event as its row has it. What is left out is undefined in a copy: that costs a third of what
 * copying all but that does.
 */
function bareOf(event: KeptEvent, before: KeptEvent | undefined): object {
  const bare: Record<string, unknown> = { ...event };
  bare["tenant"] = undefined;
  if (before !== undefined && before.sequence + 1 === event.sequence) bare["sequence"] = undefined;
  if (before?.at === event.at) bare["at"] = undefined;
  if (event.type === "presenceChanged") return bare;
  bare["conversation"] = undefined;
  bare["customer"] = undefined;
  if (hasContent(event.type)) bare["content"] = undefined;
  if (mayNameCustomer(event.type)) bare["customerId"] = undefined;
  if (before === undefined || before.type === "presenceChanged") return bare;
  if (before.version === event.version) bare["version"] = undefined;
  if (before.channel === event.channel) bare["channel"] = undefined;
  if (before.skillQueue === event.skillQueue) bare["skillQueue"] = undefined;
  return bare;
}
