import { presence } from "./codes.ts";
import { agentAt, type Agent, type Partition, type Queue, type Tenant } from "./state.ts";
import { OrderedLists } from "./ordered-lists.ts";
import { Table } from "./table.ts";

/** Fields of a member's row: an agent in a queue, that is, with its skill. */
const width = 12;
export const M = {
  agent: 0,
  queue: 1,
  level: 2,
  /** In the queue's order, which is the document's. */
  position: 3,
  nextOfAgent: 4,
  /** How it is counted: presence, then two bits for each class of cost. */
  standing: 5,
  isAtRate: 6,
  /** First lane of what is reserved for this agent. */
  lanes: 7,
  readyPrevious: 8,
  readyNext: 9,
  isReady: 10,
} as const;

/** What two bits of a standing say about one class of cost. */
export const fit = { none: 0, tooFull: 1, atRate: 2, free: 3 } as const;

export function newMemberTable(): Table {
  return new Table(width);
}

/** The agent in the queue, or 0. */
export function memberOf(partition: Partition, queue: Queue, agent: number): number {
  const { members } = partition;
  let member = agentAt(partition, agent).members;
  while (member !== 0 && members.get(member, M.queue) !== queue.handle) {
    member = members.get(member, M.nextOfAgent);
  }
  return member;
}

/** What the member is for one class of cost. */
export function fitOf(partition: Partition, member: number, costClass: number): number {
  return (partition.members.get(member, M.standing) >> (2 + 2 * costClass)) & 3;
}

/** Units, presence or idle time of the agent changed; to be refreshed before anyone asks. */
export function touch(partition: Partition, agent: Agent): void {
  if (agent.isStale) return;
  agent.isStale = true;
  partition.staleAgents.push(agent);
}

/** Bring counts and orders up to date with what changed. O(skills of each agent touched). */
export function refreshAgents(partition: Partition): void {
  const { staleAgents } = partition;
  while (staleAgents.length > 0) {
    const agent = staleAgents.pop();
    if (agent === undefined) break;
    agent.isStale = false;
    if (agent.isRemoved || partition.rebuilding) continue;
    const { members } = partition;
    for (let member = agent.members; member !== 0;) {
      refreshMember(partition, agent, member);
      member = members.get(member, M.nextOfAgent);
    }
  }
}

/** Bring one member up to date. */
export function refreshMember(partition: Partition, agent: Agent, member: number): void {
  const { members } = partition;
  const queue = partition.queues[members.get(member, M.queue)];
  if (queue === undefined) return;
  const before = members.get(member, M.standing);
  const after = standingOf(queue.tenant, agent, members.get(member, M.isAtRate) !== 0);
  if (before !== after) {
    members.set(member, M.standing, after);
    count(queue, before, -1);
    count(queue, after, 1);
    refreshReady(partition, queue, member);
  } else if ((after & (fit.free << 2)) !== fit.free << 2) {
    return; // in no order before, and in none now
  }
  reorder(partition, queue, agent, member, after);
}

function standingOf(tenant: Tenant, agent: Agent, atRate: boolean): number {
  if (agent.presence !== presence.available) return agent.presence;
  let standing = agent.presence;
  const free = agent.settings.capacity - agent.used;
  const { costs } = tenant;
  for (let index = 0; index < costs.length; index += 1) {
    const fits = free < (costs[index] ?? 0) ? fit.tooFull : atRate ? fit.atRate : fit.free;
    standing |= fits << (2 + 2 * index);
  }
  return standing;
}

/** Into the queue's counts, or out of them. */
export function count(queue: Queue, standing: number, by: number): void {
  const { byPresence, tooFull, free } = queue;
  const present = standing & 3;
  byPresence[present] = (byPresence[present] ?? 0) + by;
  if (present !== presence.available) return;
  for (let index = 0; index < free.length; index += 1) {
    const fits = (standing >> (2 + 2 * index)) & 3;
    if (fits === fit.free) free[index] = (free[index] ?? 0) + by;
    else if (fits === fit.tooFull) tooFull[index] = (tooFull[index] ?? 0) + by;
  }
}

/** Put the member where they belong among the free ones of each class. */
function reorder(
  partition: Partition,
  queue: Queue,
  agent: Agent,
  member: number,
  standing: number,
): void {
  const { agentSelection } = queue.settings;
  const level = partition.members.get(member, M.level);
  const idle = agentSelection === "round-robin" ? 0 : agent.idleSince;
  const primary =
    agentSelection === "least-loaded"
      ? agent.used / agent.settings.capacity
      : agentSelection === "best-level"
        ? -level
        : 0;
  const position = partition.members.get(member, M.position);
  for (let index = 0; index < queue.free.length; index += 1) {
    const order = ordersOf(partition, index);
    const isIn = order.listOf(member) !== 0;
    const isFree = ((standing >> (2 + 2 * index)) & 3) === fit.free;
    if (isIn && isFree && order.keyA(member) === primary && order.keyB(member) === idle) continue;
    if (isIn) order.remove(member);
    if (isFree) order.insert(queue.orderLists[index] ?? 0, member, primary, idle, position);
  }
}

export function ordersOf(partition: Partition, costClass: number): OrderedLists {
  const known = partition.orders[costClass];
  if (known !== undefined) return known;
  const orders = new OrderedLists();
  partition.orders[costClass] = orders;
  return orders;
}

/** Those free for something, and with something reserved for them, stand in a list of the queue. */
export function refreshReady(partition: Partition, queue: Queue, member: number): void {
  const { members } = partition;
  const isReady =
    members.get(member, M.lanes) !== 0 && fitOf(partition, member, 0) === fit.free ? 1 : 0;
  if (members.get(member, M.isReady) === isReady) return;
  members.set(member, M.isReady, isReady);
  if (isReady === 1) {
    members.set(member, M.readyPrevious, 0);
    members.set(member, M.readyNext, queue.readyReserved);
    if (queue.readyReserved !== 0) members.set(queue.readyReserved, M.readyPrevious, member);
    queue.readyReserved = member;
    return;
  }
  const before = members.get(member, M.readyPrevious);
  const after = members.get(member, M.readyNext);
  if (before === 0) queue.readyReserved = after;
  else members.set(before, M.readyNext, after);
  if (after !== 0) members.set(after, M.readyPrevious, before);
}

/** Build the orders, counts and memberships of the tenant anew. O(skills of all agents). */
export function rebuildMembers(partition: Partition, tenant: Tenant): void {
  for (const queue of tenant.queues.values()) dropMembers(partition, queue);
  const costs = new Set(Object.values(tenant.configuration.channelCosts));
  tenant.costs = [...costs].toSorted((a, b) => a - b);
  for (const queue of tenant.queues.values()) resetQueue(partition, queue);
  for (const agent of tenant.agents.values()) {
    agent.members = 0;
    for (const [id, level] of Object.entries(agent.settings.skills)) {
      const queue = tenant.queues.get(id);
      if (queue !== undefined) addMember(partition, queue, agent, level);
    }
  }
  for (const queue of tenant.queues.values()) {
    for (const [index, member] of queue.members.entries()) {
      partition.members.set(member, M.position, index);
      const agent = agentAt(partition, partition.members.get(member, M.agent));
      const isAtRate = queue.allowances.has(agent.name) ? 1 : 0;
      partition.members.set(member, M.isAtRate, isAtRate);
      refreshMember(partition, agent, member);
    }
  }
}

/** Out of every order; what stood for the agent in the queue is gone. */
export function dropMembers(partition: Partition, queue: Queue): void {
  for (const member of queue.members) {
    for (const order of partition.orders) {
      if (order.listOf(member) !== 0) order.remove(member);
    }
    partition.members.give(member);
  }
  for (const [index, list] of queue.orderLists.entries()) {
    ordersOf(partition, index).dropList(list);
  }
  queue.members = [];
  queue.orderLists.length = 0;
  queue.readyReserved = 0;
}

function resetQueue(partition: Partition, queue: Queue): void {
  const { costs } = queue.tenant;
  queue.byPresence.splice(0, Infinity, 0, 0, 0);
  queue.tooFull.splice(0, Infinity, ...costs.map(() => 0));
  queue.free.splice(0, Infinity, ...costs.map(() => 0));
  for (const index of costs.keys()) queue.orderLists.push(ordersOf(partition, index).newList());
}

function addMember(partition: Partition, queue: Queue, agent: Agent, level: number): void {
  const { members } = partition;
  const member = members.take();
  members.set(member, M.agent, agent.handle);
  members.set(member, M.queue, queue.handle);
  members.set(member, M.level, level);
  members.set(member, M.nextOfAgent, agent.members);
  agent.members = member;
  queue.members.push(member);
  count(queue, 0, 1);
}
