import { assert } from "../assert.ts";
import * as conversationRow from "./conversation-row.ts";
import * as idleRow from "./idle-row.ts";
import * as memberRow from "./member-row.ts";
import { isPassedOver } from "./pass-overs.ts";
import type { Agent, Partition, Queue } from "./state.ts";
import { Table } from "./table.ts";

const { F } = conversationRow;
const { I, idleWidth, outOfTurn } = idleRow;
const { A, M } = memberRow;

/**
 * Who is free in a queue that goes by idle time, for each class of cost: a circular list, longest
 * idle first. What an agent has done makes them the least idle of all, so they move to the end of
 * each of their lists, O(skills). Only who becomes free without having done anything (back from
 * `away`, from an offer), or in the same millisecond as somebody behind them in the document, does
 * not belong at the end: they wait out of turn in the queue's `LazyOrder`, O(log n), and the first
 * is the earlier of the two.
 *
 * A node of the list says itself which of the two it is in, so what has left the other stays there
 * until it comes first.
 */
export function newIdleTable(): Table {
  return new Table(idleWidth);
}

/** Empty lists, one for each class of cost. */
export function newIdleLists({ idle }: Partition, queue: Queue, classes: number): void {
  for (let costClass = 0; costClass < classes; costClass += 1) {
    const head = idle.take();
    idle.set(head, I.next, head);
    idle.set(head, I.previous, head);
    idle.set(head, I.agent, queue.handle);
    idle.set(head, I.place, costClass);
    queue.idle.push(head);
  }
}

/** The member's nodes, in no list yet: one behind the other, by class. */
export function addIdleNodes(
  { idle, members }: Partition,
  queue: Queue,
  agent: Agent,
  member: number,
): void {
  for (const head of queue.idle.toReversed()) {
    const node = idle.take();
    idle.set(node, I.head, head);
    idle.set(node, I.agent, agent.handle);
    idle.set(node, I.nextOfAgent, agent.idleNodes);
    agent.idleNodes = node;
    members.set(member, M.idle, node);
  }
}

/** The place of the member in the queue's order. */
export function placeIdleNodes(partition: Partition, member: number, place: number): void {
  const { idle, members, queues } = partition;
  const classes = queues[members.get(member, M.queue)]?.idle.length ?? 0;
  for (let costClass = 0; costClass < classes; costClass += 1) {
    idle.set(idleNodeOf(partition, member, costClass), I.place, place);
  }
}

/** The lists are gone, and their agents are in none until all are made anew. */
export function dropIdleLists({ idle, members, agents }: Partition, queue: Queue): void {
  for (const member of queue.members) {
    const agent = agents[members.get(member, M.agent)];
    if (agent !== undefined) agent.idleNodes = 0;
    let node = members.get(member, M.idle);
    for (let count = 0; count < queue.idle.length; count += 1) {
      const following = idle.get(node, I.nextOfAgent);
      idle.give(node);
      node = following;
    }
  }
  for (const head of queue.idle) idle.give(head);
  queue.idle.length = 0;
}

/** The member's node for a class of cost. */
export function idleNodeOf(
  { idle, members }: Partition,
  member: number,
  costClass: number,
): number {
  let node = members.get(member, M.idle);
  for (let left = costClass; left > 0; left -= 1) node = idle.get(node, I.nextOfAgent);
  return node;
}

/** The agent is free for the node's class of cost, if not already. */
export function enterIdle(partition: Partition, node: number): void {
  const { idle } = partition;
  if (idle.get(node, I.next) === 0) linkOrWait(partition, node);
}

/** They are no longer free for it. */
export function leaveIdle({ idle }: Partition, node: number): void {
  const { ints } = idle;
  const at = node * idleWidth;
  const after = ints[at + I.next] ?? 0;
  ints[at + I.next] = 0;
  if (after <= 0) return;
  const before = ints[at + I.previous] ?? 0;
  ints[before * idleWidth + I.next] = after;
  ints[after * idleWidth + I.previous] = before;
}

/** The agent has just done something: to the end, wherever they are free. */
export function moveToEnd(partition: Partition, agent: Agent): void {
  const { ints } = partition.idle;
  let node = agent.idleNodes;
  while (node !== 0) {
    const at = node * idleWidth;
    const after = ints[at + I.next] ?? 0;
    if (after > 0) {
      const before = ints[at + I.previous] ?? 0;
      ints[before * idleWidth + I.next] = after;
      ints[after * idleWidth + I.previous] = before;
    }
    if (after !== 0) linkOrWait(partition, node);
    node = ints[at + I.nextOfAgent] ?? 0;
  }
}

/** At the end, unless somebody there has been idle for less, or goes behind. */
function linkOrWait(partition: Partition, node: number): void {
  const { ints } = partition.idle;
  const at = node * idleWidth;
  const head = ints[at + I.head] ?? 0;
  const last = ints[head * idleWidth + I.previous] ?? 0;
  if (last !== head && !isEarlier(partition, last, node)) {
    waitOutOfTurn(partition, node);
    return;
  }
  ints[at + I.next] = head;
  ints[at + I.previous] = last;
  ints[last * idleWidth + I.next] = node;
  ints[head * idleWidth + I.previous] = node;
}

function waitOutOfTurn(partition: Partition, node: number): void {
  const { idle, agentRows, queues } = partition;
  const head = idle.get(node, I.head);
  idle.set(node, I.next, outOfTurn);
  const order = queues[idle.get(head, I.agent)]?.orders[idle.get(head, I.place)];
  const idleSince = agentRows.getDouble(idle.get(node, I.agent), A.idleSince);
  order?.put(idle.get(node, I.place), 0, idleSince);
}

/** Idle for longer, or as long and before the other in the document. */
function isEarlier({ idle, agentRows }: Partition, one: number, other: number): boolean {
  const a = agentRows.getDouble(idle.get(one, I.agent), A.idleSince);
  const b = agentRows.getDouble(idle.get(other, I.agent), A.idleSince);
  return a === b ? idle.get(one, I.place) < idle.get(other, I.place) : a < b;
}

/** The agent who is free, not passed over for the conversation, and idle for longest. */
export function longestIdle(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): number {
  const { idle, conversations } = partition;
  const head = queue.idle[costClass] ?? 0;
  const somePassedOver = conversations.get(conversation, F.passOvers) !== 0;
  let node = idle.get(head, I.next);
  if (somePassedOver) {
    while (node !== head && isNodePassedOver(partition, conversation, node)) {
      node = idle.get(node, I.next);
    }
  }
  if ((queue.orders[costClass]?.first() ?? -1) >= 0) {
    const waits = somePassedOver ? conversation : 0;
    const other = firstOutOfTurn(partition, queue, costClass, waits);
    if (other !== 0 && (node === head || isEarlier(partition, other, node))) node = other;
  }
  assert(node !== head, "nobody is eligible");
  return idle.get(node, I.agent);
}

/** Node of the first in the order who is there rightly; 0: none. @param conversation 0: any */
function firstOutOfTurn(
  partition: Partition,
  queue: Queue,
  costClass: number,
  conversation: number,
): number {
  const { idle } = partition;
  const order = queue.orders[costClass];
  if (order === undefined) return 0;
  let skipped: number[] | undefined;
  let found = 0;
  for (let place = order.first(); place >= 0 && found === 0; place = order.first()) {
    const node = idleNodeOf(partition, queue.members[place] ?? 0, costClass);
    const isThere = idle.get(node, I.next) === outOfTurn;
    if (isThere && (conversation === 0 || !isNodePassedOver(partition, conversation, node))) {
      found = node;
      break;
    }
    order.removeFirst();
    if (isThere) (skipped ??= []).push(node);
  }
  if (skipped !== undefined) for (const node of skipped) waitOutOfTurn(partition, node);
  return found;
}

function isNodePassedOver(partition: Partition, conversation: number, node: number): boolean {
  return isPassedOver(partition, conversation, partition.idle.get(node, I.agent));
}
