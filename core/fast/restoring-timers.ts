import { assert } from "../assert.ts";
import { near, timerBit } from "../snapshot-format.ts";
import { placeTimer } from "./clocks.ts";
import { kind } from "./codes.ts";
import { D, F } from "./conversation-row.ts";
import { appendTimer, openTime } from "./conversation-timers.ts";
import { linkPassOver, nextPassOver } from "./pass-overs.ts";
import type { Agent, Partition, Queue } from "./state.ts";
import {
  timerClock,
  timerDue,
  timerKind,
  timerOther,
  timerSequence,
  timerSubject,
} from "./timer-row.ts";
import { type Reading, tenantOf, clockOf, agentOf, queueOf } from "./restoring.ts";

export function restoreTimer(reading: Reading): void {
  const { partition, from } = reading;
  const { timers } = partition;
  const code = from.byte() - 1;
  const bits = from.byte();
  const tenant = tenantOf(partition, from.someName());
  const timer = timers.take();
  timers.setDouble(timer, timerDue, from.near(near.due + code));
  timers.setDouble(timer, timerSequence, from.near(near.timerSequence));
  const clock =
    (bits & timerBit.calendar) === 0 ? partition.wall : clockOf(tenant, from.someName());
  const isOfConversation = (bits & timerBit.conversation) !== 0;
  const conversation = isOfConversation
    ? conversationOf(reading, from.near(near.timerConversation))
    : 0;
  const agent = (bits & timerBit.agent) === 0 ? undefined : agentOf(tenant, from.someName());
  const queue = (bits & timerBit.queue) === 0 ? undefined : queueOf(tenant, from.someName());
  timers.set(timer, timerKind, code);
  timers.set(timer, timerSubject, isOfConversation ? conversation : (agent?.handle ?? 0));
  const about = isOfConversation ? agent?.handle : queue?.handle;
  timers.set(timer, timerOther, about ?? ((bits & timerBit.openTime) === 0 ? 0 : openTime));
  timers.set(timer, timerClock, clock.handle);
  placeTimer(clock, timer, code);
  own(partition, code, timer, conversation, agent, queue);
}

/** Conversations restored one after the other have rows that follow each other. */
function conversationOf(reading: Reading, number: number): number {
  const { conversations, byNumber } = reading.partition;
  const guess = reading.recent + number - reading.recentNumber;
  const isThere = guess > 0 && guess <= conversations.last;
  const found =
    isThere && conversations.getDouble(guess, D.id) === number ? guess : byNumber.find(number);
  assert(found !== 0, "the conversation of a timer is missing");
  reading.recent = found;
  reading.recentNumber = number;
  return found;
}

/** Note the timer down where it is looked for. */
function own(
  partition: Partition,
  code: number,
  timer: number,
  conversation: number,
  agent: Agent | undefined,
  queue: Queue | undefined,
): void {
  switch (code) {
    case kind.presence:
      if (agent !== undefined) agent.presenceTimer = timer;
      return;
    case kind.grace:
      if (agent !== undefined) agent.graceTimer = timer;
      return;
    case kind.allowance:
      if (agent !== undefined) queue?.allowances.set(agent.name, timer);
      return;
    case kind.reoffer: {
      let last = partition.conversations.get(conversation, F.passOvers);
      while (last !== 0 && nextPassOver(partition, last) !== 0) {
        last = nextPassOver(partition, last);
      }
      linkPassOver(partition, conversation, timer, last, 0);
      return;
    }
    default:
      appendTimer(partition, conversation, timer);
  }
}
