import type { ConversationId } from "../../core/commands.ts";
import type { Event, MessageReceived } from "../../core/events.ts";
import { isOfTenantStream, streamAgentOf } from "../store/event-rows.ts";
import type { StoredMessage } from "../store/event-table.ts";
import type { EventsQuery, RecordedEvent } from "./routing.ts";

/** How much is kept at least, and at most twice. */
export interface RecentEventsLimits {
  /** Of streams, and customers' messages. */
  readonly eventsMax: number;
  /** UTF-16 units of the customers' messages. */
  readonly charactersMax: number;
  /** UTF-16 units of messages with which one answer ends. */
  readonly charactersPerAnswer: number;
  /** Unanswered messages that come with one offer or assignment. */
  readonly messagesMax: number;
}

/** The store's answer: messages of a conversation from one sequence to another, both included. */
export type StoredMessages = (
  conversation: ConversationId,
  from: number,
  to: number,
) => readonly StoredMessage[];

/**
 * The newest events of a partition's streams, in memory, so that readers who keep up need not wait
 * until the store has them. What it cannot say whole it does not say: the store can.
 */
export class RecentEvents {
  readonly #limits: RecentEventsLimits;
  #older: Generation | undefined;
  #newer: Generation | undefined;
  /** By stream: sequence of its last event that was given up. */
  readonly #lastGone = new Map<string, number>();
  /** Sequence up to which nothing was ever here. */
  #begin = Infinity;
  /** Of the last event there was. */
  #end = Infinity;

  constructor(limits: RecentEventsLimits) {
    this.#limits = limits;
  }

  /** Those of a batch, once it is durable. */
  note(events: readonly Event[]): void {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return;
    if (this.#begin === Infinity) this.#begin = first.sequence - 1;
    this.#end = last.sequence;
    for (const event of events) {
      // Whose texts are gone is for the store to say.
      if (event.type === "customerErased") this.forget(event.sequence);
      else this.#keep(event);
    }
  }

  /** Give up all of it, up to and including a sequence. */
  forget(sequence = this.#end): void {
    this.#older = undefined;
    this.#newer = undefined;
    this.#lastGone.clear();
    this.#begin = sequence;
  }

  /**
   * What the store would answer once it has everything; undefined where it has to be asked. O(log n)
   * and what is answered.
   */
  read(
    { tenant, agent, after, limit }: EventsQuery,
    storedMessages: StoredMessages,
  ): RecordedEvent[] | undefined {
    const key = streamKey(tenant, agent);
    if (after < Math.max(this.#begin, this.#lastGone.get(key) ?? 0)) return undefined;
    const found: RecordedEvent[] = [];
    let room = this.#limits.charactersPerAnswer;
    for (const generation of [this.#older, this.#newer]) {
      const events = generation?.streams.get(key) ?? [];
      for (let at = indexAfter(events, after); at < events.length; at += 1) {
        const event = events[at];
        if (event === undefined || found.length === limit || room <= 0) break;
        const recorded = this.#recorded(event, storedMessages);
        found.push(recorded);
        room -= charactersOf(recorded);
      }
    }
    return found;
  }

  #keep(event: Event): void {
    const isOfStream = isOfTenantStream(event);
    if (!isOfStream && event.type !== "messageReceived") return;
    this.#newer ??= new Generation(event.sequence - 1);
    const generation = this.#newer;
    generation.eventCount += 1;
    if (event.type === "messageReceived") generation.addMessage(event);
    if (isOfStream) {
      const agent = streamAgentOf(event);
      generation.add(streamKey(event.tenant, undefined), event);
      if (agent !== undefined) generation.add(streamKey(event.tenant, agent), event);
    }
    const { eventsMax, charactersMax } = this.#limits;
    if (generation.eventCount >= eventsMax || generation.characters >= charactersMax) {
      this.#giveUpOlder();
    }
  }

  #giveUpOlder(): void {
    for (const [key, events] of this.#older?.streams ?? []) {
      this.#lastGone.set(key, events.at(-1)?.sequence ?? 0);
    }
    this.#older = this.#newer;
    this.#newer = undefined;
  }

  #recorded(event: Event, storedMessages: StoredMessages): RecordedEvent {
    if (event.type !== "conversationOffered" && event.type !== "conversationAssigned") {
      return { event };
    }
    const { conversation, sequence, unansweredFrom } = event;
    if (unansweredFrom === undefined) return { event, messages: [] };
    const oldest = this.#older ?? this.#newer;
    if (oldest === undefined || unansweredFrom <= oldest.begin) {
      return { event, messages: storedMessages(conversation, unansweredFrom, sequence) };
    }
    const messages = [this.#older, this.#newer]
      .flatMap((generation) => generation?.messages.get(conversation) ?? [])
      .filter((message) => message.sequence >= unansweredFrom && message.sequence <= sequence)
      .slice(0, this.#limits.messagesMax)
      .map(({ sequence: own, id, at, content }) => ({ sequence: own, id, at, content }));
    return { event, messages };
  }
}

/** Events that came one behind the other, and are given up together. */
class Generation {
  /** Sequence before its first event. */
  readonly begin: number;
  readonly streams = new Map<string, Event[]>();
  readonly messages = new Map<ConversationId, MessageReceived[]>();
  eventCount = 0;
  characters = 0;

  constructor(begin: number) {
    this.begin = begin;
  }

  add(key: string, event: Event): void {
    addTo(this.streams, key, event);
  }

  addMessage(message: MessageReceived): void {
    addTo(this.messages, message.conversation, message);
    this.characters += message.content.length;
  }
}

function charactersOf({ event, messages = [] }: RecordedEvent): number {
  const own = event.type === "messageReceived" ? event.content.length : 0;
  return messages.reduce((sum, { content = "" }) => sum + content.length, own);
}

function addTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Index of the first event behind a sequence. */
function indexAfter(events: readonly Event[], sequence: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.sequence ?? Infinity) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ids have no control characters, so a line break parts them. */
function streamKey(tenant: string, agent: string | undefined): string {
  return agent === undefined ? tenant : `${tenant}\n${agent}`;
}
