import type { Engine } from "../../core/engine.ts";
import type { Event } from "../../core/events.ts";
import { viewOf } from "../store/conversation-row.ts";
import type { RowState } from "../store/conversation-list.ts";
import type { EntryRow } from "../store/entry-row.ts";
import { erasedContent } from "../store/event-rows.ts";
import type { Store } from "../store/store.ts";
import type { WorkerLimits } from "../limits.ts";
import type {
  BotMessageQuery,
  ConversationFilter,
  CustomerEntry,
  EventsQuery,
  Query,
  QueryAnswers,
  RecordedEvent,
} from "./routing.ts";

/** A query of one partition: those of all partitions are put together by their askers. */
export type PartitionQuery = Query;

/** What each query is answered with. */
export type PartitionAnswers = QueryAnswers;

/** What queries are answered from: the engine as it is, and the store, which is settled. */
export interface Sources {
  readonly engine: Engine;
  readonly store: Store;
  readonly limits: WorkerLimits;
}

/** Whether the query must wait for the store to be up to date; the engine always is. */
export function readsStore({ type }: PartitionQuery): boolean {
  return !engineOnly.has(type);
}

const engineOnly: ReadonlySet<PartitionQuery["type"]> = new Set([
  "tenants",
  "configuration",
  "agents",
  "skillQueues",
  "botCalls",
  "counts",
]);

export function answerQuery(
  { engine, store, limits }: Sources,
  query: PartitionQuery,
): PartitionAnswers[PartitionQuery["type"]] {
  switch (query.type) {
    case "tenants":
      return engine.tenants();
    case "configuration":
      return engine.configuration(query.tenant);
    case "conversation":
      return findConversation(engine, store, query.tenant, query.conversation);
    case "conversations":
      return listConversations(engine, store, query.tenant, query);
    case "timeline":
      if (store.conversations.find(query.tenant, query.conversation) === undefined) {
        return undefined;
      }
      return store.events
        .timeline(query.conversation, limits.timelineEventsMax)
        .map((event) => ({ event }));
    case "agents":
      return isKnown(engine, query.tenant) ? engine.agents(query.tenant) : undefined;
    case "skillQueues":
      return isKnown(engine, query.tenant) ? engine.skillQueues(query.tenant) : undefined;
    case "events":
      return readStream(store, limits, query);
    case "entries":
      return store.entries
        .ofCustomer(query, query.after, query.limit)
        .map((row) => entryView(store, row));
    case "entry": {
      const row = store.entries.find(query.tenant, query.entry);
      return row === undefined ? undefined : entryView(store, row);
    }
    case "failedDeliveries":
      return store.entries
        .failed(query.tenant, query.channel, query.after, query.limit)
        .map((row) => entryView(store, row));
    case "outbox":
      return store.entries
        .outbox(query.tenant, query.channel, query.except, query.limit)
        .map((row) => entryView(store, row));
    case "botCalls":
      return engine.botCalls();
    case "botMessage":
      return findBotMessage(engine, store, query);
    case "counts":
      return [engine.counts()];
  }
}

function isKnown(engine: Engine, tenant: string): boolean {
  return engine.configuration(tenant) !== undefined;
}

/** The engine's while it knows it, then the store's. */
function findConversation(engine: Engine, store: Store, tenant: string, id: number) {
  const known = engine.conversation(tenant, id);
  if (known !== undefined) return known;
  const row = store.conversations.find(tenant, id);
  return row === undefined ? undefined : viewOf(row);
}

function listConversations(
  engine: Engine,
  store: Store,
  tenant: string,
  filter: ConversationFilter,
): QueryAnswers["conversations"] {
  const { states, after = 0, limit, ...rest } = filter;
  const rows = store.conversations.list(tenant, {
    ...rest,
    states: states === undefined ? undefined : rowStates(engine, tenant, states),
    after,
    limit: limit + 1,
  });
  const items = rows
    .slice(0, limit)
    .map((row) => engine.conversation(tenant, row.id) ?? viewOf(row));
  return { items, more: rows.length > limit };
}

/** `held` and `queued` are one state in the store, told apart by whether the queue is open. */
function rowStates(
  engine: Engine,
  tenant: string,
  states: NonNullable<ConversationFilter["states"]>,
): RowState[] {
  const plain = states
    .filter((state) => state !== "held" && state !== "queued")
    .map((state) => ({ state }));
  const wanted = [states.includes("held"), states.includes("queued")] as const;
  if (!wanted.includes(true)) return plain;
  const skillQueues = engine
    .skillQueues(tenant)
    .filter(({ open }) => wanted[open ? 1 : 0])
    .map(({ id }) => id);
  return [...plain, { state: "queued", skillQueues }];
}

/** Of one answer from the store; the reader asks for more. */
const storedEventsMax = 200;

function readStream(store: Store, limits: WorkerLimits, query: EventsQuery): RecordedEvent[] {
  const { tenant, agent, after } = query;
  const limit = Math.min(query.limit, storedEventsMax);
  return store.events.stream(tenant, agent, after, limit).map((event) => {
    const messages = unansweredOf(store, limits, event);
    return messages === undefined ? { event } : { event, messages };
  });
}

function unansweredOf(store: Store, limits: WorkerLimits, event: Event) {
  if (event.type !== "conversationOffered" && event.type !== "conversationAssigned") {
    return undefined;
  }
  const { conversation, sequence, unansweredFrom } = event;
  if (unansweredFrom === undefined) return [];
  return store.events.messages(conversation, unansweredFrom, sequence, limits.messagesPerEventMax);
}

/** An entry with its text, and the id of what it answers. */
function entryView(store: Store, row: EntryRow): CustomerEntry {
  const { sequence, conversation, customer, inReplyTo, status, reason, deliveryReason } = row;
  const content = contentOf(store.events.find(conversation, sequence));
  const answered = inReplyTo === undefined ? undefined : store.events.find(conversation, inReplyTo);
  return {
    sequence,
    tenant: row.tenant,
    channel: row.channel,
    conversation,
    at: row.at,
    kind: row.kind,
    offline: row.offline,
    delivery: row.delivery,
    ...(customer === undefined ? {} : { customer }),
    ...(content === undefined ? {} : { content }),
    ...(answered?.type === "messageReceived" ? { inReplyTo: answered.id } : {}),
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
    ...(deliveryReason === undefined ? {} : { deliveryReason }),
  };
}

function contentOf(event: Event | undefined): string | undefined {
  switch (event?.type) {
    case "messageSent":
      return event.content === erasedContent ? undefined : event.content;
    case "promptSent":
      return JSON.stringify({ text: event.text });
    case "autoReplySent":
      return JSON.stringify({ subject: event.subject, text: event.text });
    default:
      return undefined;
  }
}

function findBotMessage(
  engine: Engine,
  store: Store,
  { tenant, conversation, message }: BotMessageQuery,
): QueryAnswers["botMessage"] {
  if (engine.botMessage(tenant, conversation) !== message) return undefined;
  const event = store.events.find(conversation, message);
  if (event?.type !== "messageReceived") return undefined;
  const { channel, customer, sequence, id, content } = event;
  return {
    tenant,
    channel,
    conversation,
    sequence,
    id,
    ...(customer === undefined ? {} : { customer }),
    ...(content === erasedContent ? {} : { content }),
  };
}
