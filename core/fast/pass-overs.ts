import * as codes from "./codes.ts";
import { armTimer, cancelTimer } from "./clocks.ts";
import * as conversationRow from "./conversation-row.ts";
import { queueOf, type Agent, type Partition } from "./state.ts";
import * as timerRow from "./timer-row.ts";

const { kind } = codes;
const { F } = conversationRow;
const { timerNextOfOwner, timerOther } = timerRow;

/** Agents who may not get a conversation yet: a list of the timers that lift it (3.9 "re-offer"). */

export function nextPassOver({ timers }: Partition, timer: number): number {
  return timers.get(timer, timerNextOfOwner);
}

export function passedOverAgent({ timers }: Partition, timer: number): number {
  return timers.get(timer, timerOther);
}

export function isPassedOver(partition: Partition, conversation: number, agent: number): boolean {
  let timer = partition.conversations.get(conversation, F.passOvers);
  while (timer !== 0 && passedOverAgent(partition, timer) !== agent) {
    timer = nextPassOver(partition, timer);
  }
  return timer !== 0;
}

/** How many agents are passed over for the conversation. */
export function passOverCount(partition: Partition, conversation: number): number {
  let count = 0;
  let timer = partition.conversations.get(conversation, F.passOvers);
  for (; timer !== 0; timer = nextPassOver(partition, timer)) count += 1;
  return count;
}

/** Whether the same agents are passed over for both, of whom there are as many for each. */
export function samePassOvers(partition: Partition, one: number, other: number): boolean {
  let timer = partition.conversations.get(one, F.passOvers);
  for (; timer !== 0; timer = nextPassOver(partition, timer)) {
    if (!isPassedOver(partition, other, passedOverAgent(partition, timer))) return false;
  }
  return true;
}

/** Until the time is over this agent does not get it. It stands in no line when this is said. */
export function passOver(partition: Partition, conversation: number, agent: Agent): void {
  const durationMs = queueOf(partition, conversation).settings.reofferSeconds * 1000;
  let previous = 0;
  let timer = partition.conversations.get(conversation, F.passOvers);
  while (timer !== 0 && passedOverAgent(partition, timer) !== agent.handle) {
    previous = timer;
    timer = nextPassOver(partition, timer);
  }
  const following = timer === 0 ? 0 : nextPassOver(partition, timer);
  cancelTimer(partition, timer);
  const { wall } = partition;
  const armed = armTimer(partition, kind.reoffer, wall, durationMs, conversation, agent.handle);
  linkPassOver(partition, conversation, armed, previous, following);
}

export function linkPassOver(
  partition: Partition,
  conversation: number,
  timer: number,
  previous: number,
  following: number,
): void {
  const { timers, conversations } = partition;
  timers.set(timer, timerNextOfOwner, following);
  if (previous === 0) conversations.set(conversation, F.passOvers, timer);
  else timers.set(previous, timerNextOfOwner, timer);
}

/** The timer is over, or the agent is gone: out of the list, not out of the wheel. */
export function unlinkPassOver(partition: Partition, conversation: number, timer: number): void {
  const { timers, conversations } = partition;
  const following = nextPassOver(partition, timer);
  let other = conversations.get(conversation, F.passOvers);
  if (other === timer) {
    conversations.set(conversation, F.passOvers, following);
    return;
  }
  while (nextPassOver(partition, other) !== timer) other = nextPassOver(partition, other);
  timers.set(other, timerNextOfOwner, following);
}

export function forgetPassOvers(partition: Partition, conversation: number): void {
  let timer = partition.conversations.get(conversation, F.passOvers);
  partition.conversations.set(conversation, F.passOvers, 0);
  while (timer !== 0) {
    const following = nextPassOver(partition, timer);
    cancelTimer(partition, timer);
    timer = following;
  }
}
