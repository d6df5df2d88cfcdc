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
  const owner = agentOf(partition, conversation);
  const reason = reasonName(conversations.get(conversation, F.reason));
  const status = "accepted";
  const id = conversations.getDouble(conversation, D.id);
  const state = stateNames[visibleState(partition, conversation)] ?? "queued";
  const offline = isOffline(partition, conversation);
  const version = conversations.get(conversation, F.version);
  // The two common ones are one literal each, which is several times as fast as copying parts.
  if (duplicateOf === undefined && reason !== undefined) {
    return owner === undefined
      ? { status, conversation: id, state, offline, version, reason }
      : { status, conversation: id, state, offline, version, agent: owner.id, reason };
  }
  return {
    status,
    conversation: id,
    state,
    offline,
    version,
    ...(owner === undefined ? {} : { agent: owner.id }),
    ...(reason === undefined ? {} : { reason }),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
  };
}

export function reject(code: RejectionCode, detail?: string): Rejection {
  return { status: "rejected", code, ...(detail === undefined ? {} : { detail }) };
}
