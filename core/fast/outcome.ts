import type { ConversationOutcome, RememberedKind } from "../engine.ts";
import type { Rejection, RejectionCode } from "../rejections.ts";
import { reasonName, stateNames } from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import { visibleState } from "./conversations.ts";
import { agentOf, isOffline, type Partition } from "./state.ts";

/** The conversation as it is now, as a command's answer. */
export function outcomeOf(
  partition: Partition,
  conversation: number,
  duplicateOf?: RememberedKind,
): ConversationOutcome {
  const { conversations } = partition;
  const agent = agentOf(partition, conversation);
  const reason = reasonName(conversations.get(conversation, F.reason));
  return {
    status: "accepted",
    conversation: conversations.getDouble(conversation, D.id),
    state: stateNames[visibleState(partition, conversation)] ?? "queued",
    offline: isOffline(partition, conversation),
    version: conversations.get(conversation, F.version),
    ...(agent === undefined ? {} : { agent: agent.id }),
    ...(reason === undefined ? {} : { reason }),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
  };
}

export function reject(code: RejectionCode, detail?: string): Rejection {
  return { status: "rejected", code, ...(detail === undefined ? {} : { detail }) };
}
