import * as conversationRow from "./conversation-row.ts";
import type { Partition } from "./state.ts";

const { F } = conversationRow;

/** Numbers of few bits that stand above the flags of a conversation, in the same field. */

const modeFrom = 8;
const modeMask = 3 << modeFrom;
const verdictFrom = 10;
const verdictMask = 7 << verdictFrom;

/** What the episode began with (`mode` of codes.ts). */
export function routingModeOf({ conversations }: Partition, conversation: number): number {
  return (conversations.get(conversation, F.flags) & modeMask) >> modeFrom;
}

export function setRoutingMode(
  { conversations }: Partition,
  conversation: number,
  mode: number,
): void {
  const others = conversations.get(conversation, F.flags) & ~modeMask;
  conversations.set(conversation, F.flags, others | (mode << modeFrom));
}

/** What the owner was last told; 0: nothing. */
export function verdictTold({ conversations }: Partition, conversation: number): number {
  return (conversations.get(conversation, F.flags) & verdictMask) >> verdictFrom;
}

export function setVerdictTold(
  { conversations }: Partition,
  conversation: number,
  verdict: number,
): void {
  const others = conversations.get(conversation, F.flags) & ~verdictMask;
  conversations.set(conversation, F.flags, others | (verdict << verdictFrom));
}
