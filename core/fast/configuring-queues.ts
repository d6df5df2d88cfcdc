import { transferTimer, type Clock } from "./clocks.ts";
import { reason, state } from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import { openTime } from "./conversation-timers.ts";
import { endReservation, move, reservedAgent, stateOf } from "./conversations.ts";
import { enter } from "./episodes.ts";
import { agentOf, hasSkill, isOffline, queueOf, type Partition, type Queue } from "./state.ts";
import { timerNextOfOwner, timerOther } from "./timer-row.ts";

/** The queue has another clock: limits that count open time keep what they have left (3.18). */
export function keepTimeLeft(partition: Partition, conversation: number, before: Clock): void {
  const { clock } = queueOf(partition, conversation);
  if (clock === before) return;
  const { timers, conversations } = partition;
  let timer = conversations.get(conversation, F.timers);
  for (; timer !== 0; timer = timers.get(timer, timerNextOfOwner)) {
    if (timers.get(timer, timerOther) === openTime) transferTimer(partition, timer, clock);
  }
}

/** The same conversation in the same state, in another queue; a live one may not stay in its line. */
export function changeQueue(partition: Partition, conversation: number, to: Queue): void {
  const { conversations } = partition;
  const before = queueOf(partition, conversation).clock;
  const stored = stateOf(partition, conversation);
  const agent = agentOf(partition, conversation);
  const units = conversations.get(conversation, F.units);
  const reservedFor = reservedAgent(partition, conversation);
  if (reservedFor !== undefined && !hasSkill(reservedFor, to)) {
    endReservation(partition, conversation, reason.skill_lost);
  }
  // A move forgets the offer and the bot's messages; this one keeps them.
  const kept = [F.offered, F.botFirst, F.botLast].map((field) => {
    const value = conversations.get(conversation, field);
    conversations.set(conversation, field, 0);
    return [field, value] as const;
  });
  const calling = conversations.getDouble(conversation, D.botCalling);
  move(partition, conversation, stored, reason.queue_replaced, agent, units, to);
  for (const [field, value] of kept) conversations.set(conversation, field, value);
  conversations.setDouble(conversation, D.botCalling, calling);
  keepTimeLeft(partition, conversation, before);
  if (stored === state.queued && !isOffline(partition, conversation)) {
    enter(partition, conversation);
  }
}
