import { armTimer, cancelTimer } from "./clocks.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { queueOf, type Partition } from "./state.ts";
import * as timerRow from "./timer-row.ts";

const { kind: kinds } = codes;
const { F } = conversationRow;
const { timerKind, timerNextOfOwner } = timerRow;

/** The timers of a conversation: a short list, at most one of each kind. */

/** As `timerOther`: it counts the open time of its conversation's queue, whatever calendar that has. */
export const openTime = 1;

/** Arm a timer of the conversation, in place of the one of the same kind. */
export function arm(
  partition: Partition,
  conversation: number,
  kind: number,
  durationMs: number,
  countsOpenTime = false,
): void {
  const { conversations, timers } = partition;
  let previous = 0;
  let timer = conversations.get(conversation, F.timers);
  while (timer !== 0 && timers.get(timer, timerKind) !== kind) {
    previous = timer;
    timer = timers.get(timer, timerNextOfOwner);
  }
  const following = timer === 0 ? 0 : timers.get(timer, timerNextOfOwner);
  cancelTimer(partition, timer);
  const clock = countsOpenTime ? queueOf(partition, conversation).clock : partition.wall;
  const counts = countsOpenTime ? openTime : 0;
  const armed = armTimer(partition, kind, clock, durationMs, conversation, counts);
  timers.set(armed, timerNextOfOwner, following);
  if (previous === 0) conversations.set(conversation, F.timers, armed);
  else timers.set(previous, timerNextOfOwner, armed);
}

/** Wait for an agent to be there; an arrival that goes straight to one has not waited. */
export function armConnectWait(
  partition: Partition,
  conversation: number,
  durationMs: number,
): void {
  if (partition.arrival !== conversation) {
    arm(partition, conversation, kinds.connectWait, durationMs);
    return;
  }
  partition.lastTimer += 1;
  partition.arrivalWait = partition.lastTimer;
}

/** Arm the first of the conversation's timers late, under the sequence that it has been given. */
export function armAs(
  partition: Partition,
  conversation: number,
  kind: number,
  durationMs: number,
  sequence: number,
): void {
  const { conversations, timers, wall } = partition;
  const armed = armTimer(partition, kind, wall, durationMs, conversation, 0, sequence);
  timers.set(armed, timerNextOfOwner, conversations.get(conversation, F.timers));
  conversations.set(conversation, F.timers, armed);
}

/** The armed timer of this kind, or 0. */
export function timerOf(partition: Partition, conversation: number, kind: number): number {
  const { conversations, timers } = partition;
  let timer = conversations.get(conversation, F.timers);
  while (timer !== 0 && timers.get(timer, timerKind) !== kind) {
    timer = timers.get(timer, timerNextOfOwner);
  }
  return timer;
}

export function disarm(partition: Partition, conversation: number, kind: number): void {
  if (kind === kinds.connectWait) forgetArrivalWait(partition, conversation);
  const timer = timerOf(partition, conversation, kind);
  if (timer === 0) return;
  unlinkTimer(partition, conversation, timer);
  cancelTimer(partition, timer);
}

function forgetArrivalWait(partition: Partition, conversation: number): void {
  if (partition.arrival === conversation) partition.arrivalWait = 0;
}

/** Out of the list, not out of the wheel. */
export function unlinkTimer(partition: Partition, conversation: number, timer: number): void {
  const { conversations, timers } = partition;
  const following = timers.get(timer, timerNextOfOwner);
  let other = conversations.get(conversation, F.timers);
  if (other === timer) {
    conversations.set(conversation, F.timers, following);
    return;
  }
  while (timers.get(other, timerNextOfOwner) !== timer) other = timers.get(other, timerNextOfOwner);
  timers.set(other, timerNextOfOwner, following);
}

/** A timer that was armed before stands behind the others, as a snapshot is read. */
export function appendTimer(partition: Partition, conversation: number, timer: number): void {
  const { conversations, timers } = partition;
  let last = conversations.get(conversation, F.timers);
  if (last === 0) {
    conversations.set(conversation, F.timers, timer);
    return;
  }
  for (;;) {
    const following = timers.get(last, timerNextOfOwner);
    if (following === 0) break;
    last = following;
  }
  timers.set(last, timerNextOfOwner, timer);
}

/** Stop every timer that belongs to a state; reply windows and re-offers run beside them. */
export function disarmStateTimers(partition: Partition, conversation: number): void {
  forgetArrivalWait(partition, conversation);
  const { conversations, timers } = partition;
  let timer = conversations.get(conversation, F.timers);
  if (timer === 0) return;
  let kept = 0;
  while (timer !== 0) {
    const following = timers.get(timer, timerNextOfOwner);
    if (timers.get(timer, timerKind) === kinds.replyWindow) kept = timer;
    else cancelTimer(partition, timer);
    timer = following;
  }
  conversations.set(conversation, F.timers, kept);
  if (kept !== 0) timers.set(kept, timerNextOfOwner, 0);
}
