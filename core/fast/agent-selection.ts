import { assert, present } from "../assert.ts";
import type { LazyOrder } from "./lazy-order.ts";
import { fitIn, fitOf, idleSince, memberOf, primaryKey } from "./members.ts";
import { longestIdle } from "./idle-lists.ts";
import * as memberRow from "./member-row.ts";
import { isPassedOver, nextPassOver, passedOverAgent } from "./pass-overs.ts";
import * as conversationRow from "./conversation-row.ts";
import { agentAt, type Partition, type Queue } from "./state.ts";

const { F } = conversationRow;
const { A, fit, M } = memberRow;

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

/** Which of the eligible (3.4) goes first, somebody being eligible: an agent's handle. */
export function selectAgent(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  if (queue.idle.length > 0) return longestIdle(partition, queue, conversation, costClass);
  const member =
    queue.settings.agentSelection === "round-robin"
      ? nextInTurn(partition, queue, conversation, costClass)
      : firstInOrder(partition, queue, conversation, costClass);
  return partition.members.get(member, M.agent);
}

function firstInOrder(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  const order = present(queue.orders[costClass], "order of agents");
  let member = refreshFirst(partition, queue, order, costClass);
  if (!isPassedOverMember(partition, conversation, member)) return member;
  const skipped: number[] = [];
  while (isPassedOverMember(partition, conversation, member)) {
    skipped.push(member);
    order.removeFirst();
    member = refreshFirst(partition, queue, order, costClass);
  }
  for (const other of skipped) {
    const agent = agentAt(partition, partition.members.get(other, M.agent));
    const place = partition.members.get(other, M.position);
    order.put(place, primaryKey(partition, queue, agent, other), idleSince(partition, agent));
  }
  return member;
}

/** The first of those who are still free, by where they belong now. */
function refreshFirst(
  partition: Partition,
  queue: Queue,
  order: LazyOrder,
  costClass: number,
): number {
  const { agentRows } = partition;
  const isRated = queue.settings.maxAssignmentsPerAgentPerMinute !== null;
  for (;;) {
    const place = order.first();
    const agent = queue.agents[place] ?? 0;
    assert(agent !== 0, "nobody is eligible");
    const member = queue.members[place] ?? 0;
    const fits = isRated
      ? fitOf(partition, member, costClass)
      : fitIn(agentRows.get(agent, A.standing), costClass);
    const idle = agentRows.getDouble(agent, A.idleSince);
    if (fits !== fit.free) order.removeFirst();
    else if (order.keyOf(place) === idle) return member;
    else order.putBackFirst(place, idle);
  }
}

function isPassedOverMember(partition: Partition, conversation: number, member: number): boolean {
  return isPassedOver(partition, conversation, partition.members.get(member, M.agent));
}

/** The first free one behind the one chosen last, in the queue's order. */
function nextInTurn(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  const turns = present(queue.turns[costClass], "turns of agents");
  const agent = queue.tenant.agentsByName[queue.lastChosen];
  const last = agent === undefined ? 0 : memberOf(partition, queue, agent.handle);
  let place = last === 0 ? -1 : partition.members.get(last, M.position);
  for (;;) {
    place = turns.next(place + 1);
    if (place < 0) place = turns.next(0);
    const member = queue.members[place] ?? 0;
    assert(member !== 0, "nobody is eligible");
    if (!isPassedOverMember(partition, conversation, member)) return member;
  }
}
