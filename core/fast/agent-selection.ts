import { fit, fitOf, M, memberOf, ordersOf } from "./members.ts";
import { isPassedOver, nextPassOver, passedOverAgent } from "./pass-overs.ts";
import { F } from "./conversation-row.ts";
import type { Partition, Queue } from "./state.ts";

/** Whether anybody free for the class of cost is not passed over for the conversation. */
export function someoneIsEligible(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): boolean {
  let left = queue.free[costClass] ?? 0;
  let timer = partition.conversations.get(conversation, F.passOvers);
  for (; timer !== 0 && left > 0; timer = nextPassOver(partition, timer)) {
    const member = memberOf(partition, queue, passedOverAgent(partition, timer));
    if (member !== 0 && fitOf(partition, member, costClass) === fit.free) left -= 1;
  }
  return left > 0;
}

/** Which of the eligible (3.4): the member that goes first, somebody being eligible. */
export function selectMember(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  const order = ordersOf(partition, costClass);
  const list = queue.orderLists[costClass] ?? 0;
  const head = order.first(list);
  const start =
    queue.settings.agentSelection === "round-robin"
      ? turnOf(partition, queue, list, costClass)
      : head;
  let member = start;
  while (isPassedOver(partition, conversation, partition.members.get(member, M.agent))) {
    const following = order.next(member);
    member = following === 0 ? head : following;
    if (member === start) break;
  }
  return member;
}

/** The first free one behind the one chosen last, in the queue's order. */
function turnOf(partition: Partition, queue: Queue, list: number, costClass: number): number {
  const order = ordersOf(partition, costClass);
  const agent = queue.tenant.agentsByName[queue.lastChosen];
  const last = agent === undefined ? 0 : memberOf(partition, queue, agent.handle);
  const after =
    last === 0 ? 0 : order.firstAfter(list, 0, 0, partition.members.get(last, M.position));
  return after === 0 ? order.first(list) : after;
}
