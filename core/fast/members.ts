import { LazyOrder } from "./lazy-order.ts";
import {
  addIdleNodes,
  dropIdleLists,
  enterIdle,
  idleNodeOf,
  leaveIdle,
  moveToEnd,
  newIdleLists,
  placeIdleNodes,
} from "./idle-lists.ts";
import * as codes from "./codes.ts";
import { agentAt, type Agent, type Partition, type Queue, type Tenant } from "./state.ts";
import * as memberRow from "./member-row.ts";
import { PlaceSet } from "./place-set.ts";
import { Table } from "./table.ts";

const { presence } = codes;

const { A, agentWidth, fit, M, memberWidth } = memberRow;

export function newAgentTable(): Table {
  return new Table(agentWidth);
}

export function newMemberTable(): Table {
  return new Table(memberWidth);
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
  return fitIn(partition.members.get(member, M.standing), costClass);
}

/** What a standing says about one class of cost. */
export function fitIn(standing: number, costClass: number): number {
  return (standing >> (2 + 2 * costClass)) & 3;
}

/** Units, presence or idle time of the agent changed; to be refreshed before anyone asks. */
export function touch(partition: Partition, agent: Agent): void {
  if (agent.isStale) return;
  agent.isStale = true;
  partition.staleAgents.push(agent);
}

/**
 * Bring counts and orders up to date with what changed. O(skills) of each agent who came, went, or
 * is free for other costs than before; O(1) of all others, whose place is looked at again when they
 * come first (least-loaded apart, where work may also move somebody up).
 */
export function refreshAgents(partition: Partition): void {
  const { staleAgents } = partition;
  while (staleAgents.length > 0) {
    const agent = staleAgents.pop();
    if (agent === undefined) break;
    agent.isStale = false;
    if (!agent.isRemoved && !partition.rebuilding) refreshAgent(partition, agent);
  }
}

function refreshAgent(partition: Partition, agent: Agent): void {
  const { members, agentRows } = partition;
  const standing = standingOf(agent);
  if (standing === agentRows.get(agent.handle, A.standing) && !agent.isOrderedByLoad) return;
  agentRows.set(agent.handle, A.standing, standing);
  for (let member = agent.members; member !== 0; member = members.get(member, M.nextOfAgent)) {
    refreshMember(partition, agent, member);
  }
}

/** Bring one member up to date with what the agent's standing is. */
export function refreshMember(partition: Partition, agent: Agent, member: number): void {
  const { members, agentRows } = partition;
  const queue = partition.queues[members.get(member, M.queue)];
  if (queue === undefined) return;
  const before = members.get(member, M.standing);
  const standing = agentRows.get(agent.handle, A.standing);
  const after = members.get(member, M.isAtRate) === 0 ? standing : atRate(standing);
  if (before !== after) {
    members.set(member, M.standing, after);
    count(queue, before, -1);
    count(queue, after, 1);
    refreshReady(partition, queue, member);
  }
  putInOrder(partition, queue, agent, member, after);
}

/** Presence, and for each class of cost whether the agent has the units. */
function standingOf({ presence: present, capacity, used, tenant }: Agent): number {
  if (present !== presence.available) return present;
  let standing: number = present;
  const free = capacity - used;
  const { costs } = tenant;
  for (let index = 0; index < costs.length; index += 1) {
    const fits = free < (costs[index] ?? 0) ? fit.tooFull : fit.free;
    standing |= fits << (2 + 2 * index);
  }
  return standing;
}

/** The same of somebody who has had all that the queue gives: what is free is at the rate. */
function atRate(standing: number): number {
  return standing & ~(allLow & (standing >> 1));
}

/** The low one of every two bits of a standing, presence apart: free (3) less it is at the rate (2). */
const allLow = 0b01010101010101010101010101010100;

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

/**
 * Put a member who is free where they belong. One who is no longer free is taken out of turns, but
 * stays in an order until found there.
 */
function putInOrder(
  partition: Partition,
  queue: Queue,
  agent: Agent,
  member: number,
  standing: number,
): void {
  const { agentSelection } = queue.settings;
  const place = partition.members.get(member, M.position);
  for (let index = 0; index < queue.free.length; index += 1) {
    const isFree = ((standing >> (2 + 2 * index)) & 3) === fit.free;
    if (agentSelection === "round-robin") {
      if (isFree) queue.turns[index]?.add(place);
      else queue.turns[index]?.remove(place);
      continue;
    }
    if (agentSelection === "longest-idle") {
      const node = idleNodeOf(partition, member, index);
      if (isFree) enterIdle(partition, node);
      else leaveIdle(partition, node);
      continue;
    }
    const order = queue.orders[index];
    if (order === undefined || !isFree) continue;
    if (order.has(place) && agentSelection !== "least-loaded") continue;
    order.put(place, primaryKey(partition, queue, agent, member), idleSince(partition, agent));
  }
}

export function idleSince({ agentRows }: Partition, { handle }: Agent): number {
  return agentRows.getDouble(handle, A.idleSince);
}

/** The agent has received or ended something, or signed in. */
export function noLongerIdle(partition: Partition, agent: Agent): void {
  const { agentRows, now } = partition;
  if (agentRows.getDouble(agent.handle, A.idleSince) === now) return;
  agentRows.setDouble(agent.handle, A.idleSince, now);
  moveToEnd(partition, agent);
}

/** What decides before idle time does, where something does. */
export function primaryKey(
  partition: Partition,
  queue: Queue,
  agent: Agent,
  member: number,
): number {
  switch (queue.settings.agentSelection) {
    case "least-loaded":
      return agent.used / agent.capacity;
    case "best-level":
      return -partition.members.get(member, M.level);
    default:
      return 0;
  }
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
    partition.agentRows.set(agent.handle, A.standing, standingOf(agent));
    agent.isOrderedByLoad = false;
    for (const [id, level] of Object.entries(agent.settings.skills)) {
      const queue = tenant.queues.get(id);
      if (queue !== undefined) addMember(partition, queue, agent, level);
    }
  }
  for (const queue of tenant.queues.values()) {
    makeOrders(queue);
    queue.agents = Int32Array.from(queue.members, (member) =>
      partition.members.get(member, M.agent),
    );
    for (const [index, member] of queue.members.entries()) placeMember(partition, member, index);
    for (const member of inIdleOrder(partition, queue)) {
      const agent = agentAt(partition, partition.members.get(member, M.agent));
      const isAtRate = queue.allowances.has(agent.name) ? 1 : 0;
      partition.members.set(member, M.isAtRate, isAtRate);
      refreshMember(partition, agent, member);
    }
  }
}

function placeMember(partition: Partition, member: number, position: number): void {
  partition.members.set(member, M.position, position);
  placeIdleNodes(partition, member, position);
}

/** So that none of them has to wait out of turn. */
function inIdleOrder({ agentRows, members }: Partition, queue: Queue): number[] {
  const since = (member: number): number =>
    agentRows.getDouble(members.get(member, M.agent), A.idleSince);
  return queue.members.toSorted((one, other) => since(one) - since(other));
}

/** What stood for agents in the queue is gone. */
export function dropMembers(partition: Partition, queue: Queue): void {
  dropIdleLists(partition, queue);
  for (const member of queue.members) partition.members.give(member);
  queue.members = [];
  queue.orders.length = 0;
  queue.turns.length = 0;
  queue.readyReserved = 0;
}

function resetQueue(partition: Partition, queue: Queue): void {
  const { costs } = queue.tenant;
  queue.byPresence.splice(0, Infinity, 0, 0, 0);
  queue.tooFull.splice(0, Infinity, ...costs.map(() => 0));
  queue.free.splice(0, Infinity, ...costs.map(() => 0));
  if (queue.settings.agentSelection === "longest-idle") {
    newIdleLists(partition, queue, costs.length);
  }
}

function makeOrders({ tenant, members, settings, orders, turns, idle }: Queue): void {
  for (let index = 0; index < tenant.costs.length; index += 1) {
    if (settings.agentSelection === "round-robin") turns.push(new PlaceSet(members.length));
    else orders.push(new LazyOrder(idle.length > 0 ? 0 : members.length));
  }
}

function addMember(partition: Partition, queue: Queue, agent: Agent, level: number): void {
  const { members } = partition;
  const member = members.take();
  members.set(member, M.agent, agent.handle);
  members.set(member, M.queue, queue.handle);
  members.set(member, M.level, level);
  members.set(member, M.nextOfAgent, agent.members);
  agent.members = member;
  if (queue.settings.agentSelection === "least-loaded") agent.isOrderedByLoad = true;
  queue.members.push(member);
  addIdleNodes(partition, queue, agent, member);
  count(queue, 0, 1);
}
