import { armTimer, cancelTimer } from "./clocks.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { answered, giveBackUnits, isOwned, tellLeft, tellMoved } from "./conversations.ts";
import { agentOf, tenantOf, type Partition } from "./state.ts";
import * as timerRow from "./timer-row.ts";

const { kind, reasonUnit, state } = codes;
const { F } = conversationRow;
const { timerNextOfOwner } = timerRow;

const hourMs = 3_600_000;

/**
 * An owned conversation for which nobody is kept or passed over ends in one step: it stands in no
 * line, nothing of it is offered, all its timers are over, and nothing of a reply window is left to
 * be looked at. Every other end is left to the long way: answers false.
 */
export function endStraight(
  partition: Partition,
  conversation: number,
  why: number,
  cause: number,
  leftFor: number,
): boolean {
  const { conversations } = partition;
  const from = conversations.get(conversation, F.state);
  const owner = agentOf(partition, conversation);
  if (!isOwned(partition, conversation) || owner === undefined) return false;
  if (conversations.get(conversation, F.reservedFor) !== 0) return false;
  if (conversations.get(conversation, F.passOvers) !== 0) return false;
  cancelTimers(partition, conversation);
  answered(partition, conversation);
  giveBackUnits(partition, conversation, undefined, true);
  conversations.set(conversation, F.state, state.closed);
  conversations.set(conversation, F.version, conversations.get(conversation, F.version) + 1);
  conversations.set(conversation, F.reason, why);
  tellMoved(partition, conversation, from, undefined, why + reasonUnit * cause);
  tellLeft(partition, conversation, owner, leftFor);
  return true;
}

/** The conversation has ended: its customer has nothing open, and it is kept for as long as an id. */
export function keepClosed(partition: Partition, conversation: number): void {
  const { conversations, customers, wall } = partition;
  partition.conversationsClosed += 1;
  customers.setOpen(conversations.get(conversation, F.customer), 0);
  const { deduplicationHours } = tenantOf(partition, conversation).configuration.retention;
  // No timer of it runs any more, so the one that forgets it is the first.
  const armed = armTimer(partition, kind.forget, wall, deduplicationHours * hourMs, conversation);
  conversations.set(conversation, F.timers, armed);
}

function cancelTimers(partition: Partition, conversation: number): void {
  const { conversations, timers } = partition;
  let timer = conversations.get(conversation, F.timers);
  if (timer === 0) return;
  conversations.set(conversation, F.timers, 0);
  while (timer !== 0) {
    const following = timers.get(timer, timerNextOfOwner);
    cancelTimer(partition, timer);
    timer = following;
  }
}
