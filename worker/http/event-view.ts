import type { ConversationEvent, Event } from "../../core/events.ts";
import type { RecordedEvent, RecordedMessage } from "../shards/routing.ts";
import { mayWriteView } from "./views.ts";
import { parseContent, wireConversation, wireSequence, wireTime } from "./wire.ts";

/** An event on the wire; `id` is also the cursor behind it. */
export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly at: string;
}

/**
 * An event as agents and supervisors read it (DOMAIN 5, FINE-PRINT 34); undefined for what only the
 * timeline tells. What the tenant reads is what its agents read, with `agent`, and three types more.
 *
 * @param reader an agent, or absent for the tenant
 */
export function eventView(recorded: RecordedEvent, reader?: string): EventView | undefined {
  const { event } = recorded;
  const own = eventKeys(event, recorded);
  if (own === undefined) return undefined;
  const agent = "agent" in event ? event.agent : undefined;
  if (reader === undefined ? !isForTenant(event) : agent !== reader) return undefined;
  return {
    id: wireSequence(event.sequence),
    type: event.type,
    at: wireTime(event.at),
    ...("version" in event && conversationKeys(event)),
    ...(agent !== undefined && { agent }),
    ...own,
    ...timerKeys(event),
  };
}

/** A message of a customer in an agent's event. */
export function messageView({ id, at, content }: RecordedMessage): object {
  const { text, subject, attachments, headers, sentAt } = parseContent(content);
  return {
    id,
    at: wireTime(at),
    ...(text !== undefined && { text }),
    ...(subject !== undefined && { subject }),
    ...(attachments !== undefined && { attachments }),
    ...(headers !== undefined && { headers }),
    ...(sentAt !== undefined && { sentAt }),
  };
}

/** When a timer was due and when it fired, where one caused the event (3.8). */
export function timerKeys({ at, dueAt }: Event): object {
  return dueAt === undefined ? {} : { dueAt: wireTime(dueAt), firedAt: wireTime(at) };
}

/** Every agent's events, and what nobody owns but a supervisor wants to know. */
function isForTenant(event: Event): boolean {
  return (
    "agent" in event || event.type === "routingTimedOut" || event.type === "conversationWentOffline"
  );
}

function conversationKeys(event: ConversationEvent): object {
  const { conversation, version, channel, customer, skillQueue } = event;
  return {
    conversation: wireConversation(conversation),
    version,
    channel,
    customer: customer ?? null,
    skillQueue,
  };
}

function eventKeys(event: Event, { messages = [] }: RecordedEvent): object | undefined {
  switch (event.type) {
    case "conversationOffered": {
      const { expiresAt, reason } = event;
      return { expiresAt: wireTime(expiresAt), messages: messages.map(messageView), reason };
    }
    case "conversationAssigned": {
      const { reason, mayWrite } = event;
      return { messages: messages.map(messageView), reason, mayWrite: mayWriteView(mayWrite) };
    }
    case "messageReceived": {
      const { sequence, id, at, content } = event;
      return { message: messageView({ sequence, id, at, content }) };
    }
    case "mayWriteChanged":
      return { mayWrite: mayWriteView(event.mayWrite) };
    case "conversationLeft":
      return { to: event.to, reason: event.reason };
    case "presenceChanged":
      return { status: event.status, reason: event.reason };
    case "offerWithdrawn":
    case "conversationWentOffline":
      return { reason: event.reason };
    case "routingTimedOut":
      return {};
    default:
      return undefined;
  }
}
