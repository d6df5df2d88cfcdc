import type { ConversationOutcome, RememberedKind } from "../engine.ts";
import type { Rejection, RejectionCode } from "../rejections.ts";
import { visibleState } from "./emit.ts";
import type { Conversation } from "./state.ts";

/** The conversation as it is now, as a command's answer. */
export function outcomeOf(
  conversation: Conversation,
  duplicateOf?: RememberedKind,
): ConversationOutcome {
  const { id, offline, version, agent, reason } = conversation;
  return {
    status: "accepted",
    conversation: id,
    state: visibleState(conversation),
    offline,
    version,
    ...(agent === undefined ? {} : { agent: agent.id }),
    ...(reason === undefined ? {} : { reason }),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
  };
}

export function reject(code: RejectionCode, detail?: string): Rejection {
  return { status: "rejected", code, ...(detail === undefined ? {} : { detail }) };
}
