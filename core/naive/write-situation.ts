import type { WriteSituation } from "../reply-window.ts";
import type { Conversation, Partition } from "./state.ts";

/** The situation of the agent who owns the conversation, or who would (FINE-PRINT 25). */
export function writeSituation(partition: Partition, conversation: Conversation): WriteSituation {
  const { settings } = conversation.channel;
  return {
    kind: settings.kind,
    now: partition.now,
    lastMessageAt: conversation.customer.lastMessageAt,
    limitMinutes: conversation.offline
      ? settings.offlineMessages.agentOutboundTimeLimitMinutes
      : null,
  };
}

/** That of the bot: the tenant's limit does not bind it (3.11). */
export function botSituation(partition: Partition, conversation: Conversation): WriteSituation {
  return { ...writeSituation(partition, conversation), limitMinutes: null };
}
