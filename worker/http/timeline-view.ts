import type { ConversationEvent, Event } from "../../core/events.ts";
import type { RecordedEvent } from "../shards/routing.ts";
import { timerKeys } from "./event-view.ts";
import { mayWriteView } from "./views.ts";
import { parseContent, wireSequence, wireTime } from "./wire.ts";

/**
 * One line of a conversation's story, for a person: a message (`from`, `text`) or a decision with
 * its `reason` (3.19). Every event of the conversation has one, in order.
 */
export function timelineView({ event }: RecordedEvent): object {
  return {
    id: wireSequence(event.sequence),
    type: event.type,
    at: wireTime(event.at),
    ...("version" in event && { version: event.version }),
    ...ownKeys(event),
    ...timerKeys(event),
  };
}

function ownKeys(event: Event): object {
  switch (event.type) {
    case "messageReceived":
      return {
        from: { customer: event.customer ?? null },
        messageId: event.id,
        ...contentKeys(event.content),
        ...(event.agent !== undefined && { agent: event.agent }),
      };
    case "messageSent":
      return {
        from: event.agent === undefined ? { bot: true } : { agent: event.agent },
        ...(event.id !== undefined && { messageId: event.id }),
        ...contentKeys(event.content),
        offline: event.offline,
        ...replyKeys(event.inReplyTo),
      };
    case "promptSent":
      return { from: { automatic: true }, text: event.text, ...replyKeys(event.inReplyTo) };
    case "autoReplySent": {
      const { template, subject, text, inReplyTo } = event;
      return { from: { automatic: true }, template, subject, text, ...replyKeys(inReplyTo) };
    }
    case "presenceChanged":
      return { agent: event.agent, status: event.status, reason: event.reason };
    case "deliveryRecorded": {
      const { entry, status, reason } = event;
      return { entry: wireSequence(entry), status, ...(reason !== undefined && { reason }) };
    }
    case "tenantConfigured":
      return { revision: event.revision };
    case "customerErased":
      return {};
    default:
      return decisionKeys(event);
  }
}

type Decision = Exclude<
  ConversationEvent,
  { readonly type: "messageReceived" | "messageSent" | "promptSent" | "autoReplySent" }
>;

function decisionKeys(event: Decision): object {
  switch (event.type) {
    case "episodeBegan": {
      const { opened, channel, skillQueue, priority, customerId } = event;
      const joined = customerId !== undefined && { customerId };
      return { opened, channel, skillQueue, priority, ...joined };
    }
    case "conversationMoved": {
      const { from, to, offline, skillQueue, priority, agent, reason, by, note } = event;
      return {
        ...(from !== undefined && { previousState: from }),
        state: to,
        offline,
        skillQueue,
        priority,
        ...(agent !== undefined && { agent }),
        reason,
        ...(by !== undefined && { by }),
        ...(note !== undefined && { note }),
      };
    }
    case "conversationReserved":
      return { agent: event.agent, waitMs: event.waitMs };
    case "reservationEnded":
    case "offerWithdrawn":
      return { agent: event.agent, reason: event.reason };
    case "conversationOffered":
      return { agent: event.agent, expiresAt: wireTime(event.expiresAt), reason: event.reason };
    case "conversationAssigned":
      return { agent: event.agent, reason: event.reason, mayWrite: mayWriteView(event.mayWrite) };
    case "conversationLeft":
      return { agent: event.agent, to: event.to, reason: event.reason };
    case "mayWriteChanged":
      return { agent: event.agent, mayWrite: mayWriteView(event.mayWrite) };
    case "conversationWentOffline":
      return { reason: event.reason };
    case "messageGivenToBot":
      return { message: wireSequence(event.message) };
    case "routingTimedOut":
      return {};
  }
}

function contentKeys(content: string): object {
  const { text, subject, attachments, template, tag, headers, sentAt } = parseContent(content);
  return {
    ...(text !== undefined && { text }),
    ...(subject !== undefined && { subject }),
    ...(attachments !== undefined && { attachments }),
    ...(template !== undefined && { template }),
    ...(tag !== undefined && { tag }),
    ...(headers !== undefined && { headers }),
    ...(sentAt !== undefined && { sentAt }),
  };
}

function replyKeys(inReplyTo: number | undefined): object {
  return inReplyTo === undefined ? {} : { inReplyTo: wireSequence(inReplyTo) };
}
