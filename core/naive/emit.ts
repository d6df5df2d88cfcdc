import type { ConversationEvent, ConversationState, Event } from "../events.ts";
import type { Conversation, Partition } from "./state.ts";

/** The fields that every event of a conversation has, filled in from the conversation itself. */
type Filled = "sequence" | "at" | "dueAt" | "tenant" | OfConversation;
type OfConversation = "conversation" | "version" | "channel" | "customer" | "skillQueue";

type Bare<E, Keys extends string> = E extends unknown ? Omit<E, Keys> : never;

/** Report what happened to a conversation; answers the event's sequence. */
export function emit(
  partition: Partition,
  conversation: Conversation,
  event: Bare<ConversationEvent, Filled>,
): number {
  const { address } = conversation.customer;
  return emitPlain(partition, {
    ...event,
    tenant: conversation.tenant.id,
    conversation: conversation.id,
    version: conversation.version,
    channel: conversation.channel.id,
    ...(address === undefined ? {} : { customer: address }),
    skillQueue: conversation.queue.id,
  });
}

/** Report something that is not about one conversation. */
export function emitPlain(
  partition: Partition,
  event: Bare<Event, "sequence" | "at" | "dueAt">,
): number {
  partition.lastSequence += 1;
  partition.events.push({
    ...event,
    sequence: partition.lastSequence,
    at: partition.now,
    ...(partition.dueAt === undefined ? {} : { dueAt: partition.dueAt }),
  });
  return partition.lastSequence;
}

/** The state as the contract names it. */
export function visibleState(conversation: Conversation): ConversationState {
  const { state } = conversation;
  if (state === undefined) return "queued";
  return state === "queued" && !conversation.queue.clock.open ? "held" : state;
}
