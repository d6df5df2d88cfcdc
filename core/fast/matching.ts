import * as codes from "./codes.ts";
import { selectAgent, someoneIsEligible } from "./agent-selection.ts";
import * as conversationRow from "./conversation-row.ts";
import { costClassOf, costOf, headOf, placeArrival } from "./conversation-selection.ts";
import * as lineRow from "./line-row.ts";
import { arm, disarmStateTimers } from "./conversation-timers.ts";
import { endReservation, move, stateOf } from "./conversations.ts";
import { emit, emitExplanation } from "./event-rows.ts";
import * as eventRow from "./event-row.ts";
import { explain, keepExplanation, recallExplanation } from "./explanations.ts";
import * as explanationRow from "./explanation-row.ts";
import { fitOf, refreshAgents } from "./members.ts";
import * as memberRow from "./member-row.ts";
import { isPassedOver } from "./pass-overs.ts";
import {
  agentAt,
  channelOf,
  isOffline,
  queueOf,
  type Agent,
  type Partition,
  type Queue,
  type Tenant,
} from "./state.ts";
import { countRouted } from "./surge-rate.ts";
import { firstUnanswered } from "./unanswered.ts";
import { verdictOf } from "./write-verdicts.ts";

const { kind, reason, rule, state } = codes;
const { D, F } = conversationRow;
const { rowType } = eventRow;
const { fit, M } = memberRow;
const { X } = explanationRow;
const { B, L } = lineRow;

/** What a queue could match next; 0: nothing. */
interface Candidate {
  queue: Queue;
  conversation: number;
}

/**
 * Match until nothing fits: reserved conversations first, then all others, both in the order of
 * rule 3.3 across queues; the first that has an eligible agent goes to the one that rule 3.4
 * selects (FINE-PRINT 14). Only queues in which something happened are looked at.
 *
 * Matching takes capacity and gives none, so what a queue in order of age could match only moves
 * back while it goes on: a heap of queues by their candidate need be put right only for the one on
 * top. Of queues in order of reply windows that does not hold, so they are all looked at each time.
 */
export function matchAll(partition: Partition, tenant: Tenant): void {
  const { dirty } = tenant;
  matchReserved(partition, tenant);
  matchQueues(partition, dirty, candidate, routeCandidate);
  for (let queue = dirty.pop(); queue !== undefined; queue = dirty.pop()) queue.isDirty = false;
}

/**
 * Where nothing has happened but that one conversation came, it is the only one that can go: to
 * whoever is selected, without a place in line, or into the line if nobody is free.
 */
export function routeArrival(partition: Partition, tenant: Tenant): void {
  const { arrival, conversations } = partition;
  const { dirty } = tenant;
  const queue = queueOf(partition, arrival);
  const isSimple =
    dirty.length === 1 &&
    dirty[0] === queue &&
    queue.clock.open &&
    conversations.get(arrival, F.reservedFor) === 0 &&
    conversations.get(arrival, F.passOvers) === 0;
  if (!isSimple) {
    placeArrival(partition);
    return;
  }
  refreshAgents(partition);
  const costClass = costClassOf(partition, arrival);
  if ((queue.free[costClass] ?? 0) > 0) routeSelected(partition, queue, arrival, costClass);
  else placeArrival(partition);
  queue.isDirty = false;
  dirty.pop();
}

/** Those who are kept for somebody go to them, as far as they fit. */
export function matchReserved(partition: Partition, tenant: Tenant): void {
  if (partition.arrival !== 0 && tenant.dirty.length === 1) return; // nothing else has happened
  matchQueues(partition, tenant.dirty, reservedCandidate, routeReserved);
}

type FindCandidate = (partition: Partition, found: Candidate) => void;
type RouteCandidate = (partition: Partition, queue: Queue, conversation: number) => void;

function matchQueues(
  partition: Partition,
  queues: readonly Queue[],
  find: FindCandidate,
  routeIt: RouteCandidate,
): void {
  const [first] = queues;
  if (first === undefined) return;
  if (queues.length === 1) matchOne(partition, first, find, routeIt);
  else matchIn(partition, queues, find, routeIt);
}

function matchOne(
  partition: Partition,
  queue: Queue,
  find: FindCandidate,
  routeIt: RouteCandidate,
): void {
  if (!queue.clock.open || queue.waiting === 0) return;
  only.queue = queue;
  for (;;) {
    find(partition, only);
    if (only.conversation === 0) return;
    routeIt(partition, queue, only.conversation);
  }
}

/** The candidate of a single queue, over and over. */
const only = { conversation: 0 } as Candidate;

function matchIn(
  partition: Partition,
  queues: readonly Queue[],
  find: FindCandidate,
  routeIt: RouteCandidate,
): void {
  const heap: Candidate[] = [];
  for (const queue of queues) {
    if (!queue.clock.open || queue.waiting === 0) continue;
    const found = { queue, conversation: 0 };
    find(partition, found);
    if (found.conversation !== 0) siftUp(partition, heap, heap.push(found) - 1);
  }
  const byAge = heap.every(({ queue }) => queue.settings.order === "age");
  for (let [top] = heap; top !== undefined; [top] = heap) {
    if (!byAge) findAll(partition, heap, find);
    [top] = heap;
    if (top === undefined) break;
    const before = top.conversation;
    find(partition, top);
    if (top.conversation === before && before !== 0) {
      routeIt(partition, top.queue, before);
      find(partition, top);
    }
    if (top.conversation === 0) dropTop(heap);
    siftDown(partition, heap);
  }
}

/** Every candidate anew, the first of them on top. */
function findAll(partition: Partition, heap: Candidate[], find: FindCandidate): void {
  const found = heap.splice(0);
  for (const item of found) {
    find(partition, item);
    if (item.conversation !== 0) siftUp(partition, heap, heap.push(item) - 1);
  }
}

function siftUp(partition: Partition, heap: Candidate[], from: number): void {
  let index = from;
  const item = heap[index];
  if (item === undefined) return;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !goesBefore(partition, item, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = item;
}

function dropTop(heap: Candidate[]): void {
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) heap[0] = last;
}

function siftDown(partition: Partition, heap: Candidate[]): void {
  const [item] = heap;
  if (item === undefined) return;
  let index = 0;
  for (;;) {
    let childIndex = 2 * index + 1;
    let child = heap[childIndex];
    const right = heap[childIndex + 1];
    if (child !== undefined && right !== undefined && goesBefore(partition, right, child)) {
      childIndex += 1;
      child = right;
    }
    if (child === undefined || !goesBefore(partition, child, item)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = item;
}

function goesBefore(partition: Partition, a: Candidate, b: Candidate): boolean {
  return compareByAge(partition, a.conversation, b.conversation) < 0;
}

/** The order in a queue: precedence and priority, reply window where it goes by them, age. */
function compare(partition: Partition, a: number, b: number): number {
  const { conversations, lines } = partition;
  const { buckets, order } = lines;
  const ranks =
    buckets.get(conversations.get(a, F.bucket), B.rank) -
    buckets.get(conversations.get(b, F.bucket), B.rank);
  if (ranks !== 0) return ranks;
  const windowA = order.keyA(a);
  const windowB = order.keyA(b);
  if (windowA !== windowB) return windowA < windowB ? -1 : 1;
  return compareAges(partition, a, b);
}

/** Across queues the same comparison holds, by age (3.3). */
function compareByAge(partition: Partition, a: number, b: number): number {
  const { conversations, lines } = partition;
  const { buckets } = lines;
  return (
    buckets.get(conversations.get(a, F.bucket), B.rank) -
      buckets.get(conversations.get(b, F.bucket), B.rank) || compareAges(partition, a, b)
  );
}

function compareAges({ conversations }: Partition, a: number, b: number): number {
  return (
    conversations.getDouble(a, D.age) - conversations.getDouble(b, D.age) ||
    conversations.getDouble(a, D.ageSequence) - conversations.getDouble(b, D.ageSequence)
  );
}

/** The first reserved conversation whose agent is eligible. */
function reservedCandidate(partition: Partition, found: Candidate): void {
  const { queue } = found;
  found.conversation = 0;
  refreshAgents(partition);
  const { members } = partition;
  const { lanes } = partition.lines;
  for (let member = queue.readyReserved; member !== 0; member = members.get(member, M.readyNext)) {
    let lane = members.get(member, M.lanes);
    for (; lane !== 0; lane = lanes.get(lane, L.next)) {
      if (fitOf(partition, member, lanes.get(lane, L.costClass)) === fit.free) {
        searchLane(partition, found, lane, members.get(member, M.agent));
      }
    }
  }
}

/** The first conversation reserved for nobody that somebody is eligible for. */
function candidate(partition: Partition, found: Candidate): void {
  const { queue } = found;
  found.conversation = 0;
  refreshAgents(partition);
  const { lanes } = partition.lines;
  for (let lane = queue.lanes; lane !== 0; lane = lanes.get(lane, L.next)) {
    if ((queue.free[lanes.get(lane, L.costClass)] ?? 0) > 0) searchLane(partition, found, lane, 0);
  }
}

/**
 * The head of the lane, if it can go and goes before what was found. The lane can be served for its
 * cost; for all that is in it the same agents are passed over.
 */
function searchLane(partition: Partition, found: Candidate, lane: number, agent: number): void {
  const { lines } = partition;
  const head = headOf(lines, lane);
  const canGo =
    lines.lanes.get(lane, L.passOvers) === 0 ||
    (agent === 0
      ? someoneIsEligible(partition, found.queue, head, lines.lanes.get(lane, L.costClass))
      : !isPassedOver(partition, head, agent));
  if (!canGo) return;
  if (found.conversation === 0 || compare(partition, head, found.conversation) < 0) {
    found.conversation = head;
  }
}

function routeReserved(partition: Partition, _queue: Queue, conversation: number): void {
  const agent = agentAt(partition, partition.conversations.get(conversation, F.reservedFor));
  route(partition, conversation, agent, rule.reserved);
}

function routeCandidate(partition: Partition, queue: Queue, conversation: number): void {
  const { buckets, lanes } = partition.lines;
  const bucket = partition.conversations.get(conversation, F.bucket);
  const costClass = lanes.get(buckets.get(bucket, B.lane), L.costClass);
  routeSelected(partition, queue, conversation, costClass);
}

function routeSelected(
  partition: Partition,
  queue: Queue,
  conversation: number,
  costClass: number,
): void {
  const agent = agentAt(partition, selectAgent(partition, queue, conversation, costClass));
  queue.lastChosen = agent.name;
  route(partition, conversation, agent, queue.rule);
}

/** Give a queued conversation to the agent: as an assignment, or as an offer (its queue's `acceptance`). */
export function route(
  partition: Partition,
  conversation: number,
  agent: Agent,
  because: number,
): void {
  const queue = queueOf(partition, conversation);
  explain(partition, conversation, because);
  countRouted(partition, queue, agent);
  endReservation(partition, conversation, reason.taken);
  if (queue.settings.acceptance === "automatic") assign(partition, conversation, agent);
  else offer(partition, queue, conversation, agent);
}

function offer(partition: Partition, queue: Queue, conversation: number, agent: Agent): void {
  const { conversations } = partition;
  const offerMs = queue.settings.offerTimeoutSeconds * 1000;
  const units = costOf(partition, conversation);
  move(partition, conversation, state.offered, reason.matched, agent, units);
  conversations.set(conversation, F.offered, keepExplanation(partition));
  arm(partition, conversation, kind.offer, offerMs);
  const at = emit(partition, conversation, rowType.conversationOffered);
  const { cells } = partition.events;
  cells[at] = agent.handle;
  cells[at + 1] = partition.now + offerMs;
  cells[at + 2] = firstUnanswered(partition, conversation);
  emitExplanation(partition);
}

/** The agent owns it from now on, for the reason explained last. */
export function assign(partition: Partition, conversation: number, agent: Agent, cause = 0): void {
  const isAccepted =
    stateOf(partition, conversation) === state.offered &&
    partition.conversations.get(conversation, F.agent) === agent.handle;
  disarmStateTimers(partition, conversation);
  const byPerson = partition.explained[X.rule] === rule.person;
  const why = byPerson ? reason.assigned_by_person : isAccepted ? reason.accepted : reason.matched;
  const units = costOf(partition, conversation);
  move(partition, conversation, state.assigned, why, agent, units, undefined, cause);
  const { offlineMessages } = channelOf(partition, conversation).settings;
  const noReplies =
    isOffline(partition, conversation) && offlineMessages.agentOutboundTimeLimitMinutes === 0;
  if (!noReplies) armReassignment(partition, conversation, queueOf(partition, conversation));
  tellAssigned(partition, conversation, agent);
}

/** The first reply may take so long. */
export function armReassignment(
  partition: Partition,
  conversation: number,
  { settings: { reassignAfterMinutes } }: Queue,
): void {
  if (reassignAfterMinutes === null) return;
  arm(partition, conversation, kind.firstReply, reassignAfterMinutes * 60_000);
}

/** For the reason explained last. */
export function tellAssigned(partition: Partition, conversation: number, agent: Agent): void {
  const { verdict, reason: why, until } = verdictOf(partition, conversation);
  const at = emit(partition, conversation, rowType.conversationAssigned);
  const { cells } = partition.events;
  cells[at] = agent.handle;
  cells[at + 1] = firstUnanswered(partition, conversation);
  cells[at + 2] = verdict;
  cells[at + 3] = why;
  cells[at + 4] = until;
  emitExplanation(partition);
}

/** The offer was taken. */
export function accept(partition: Partition, conversation: number, agent: Agent, cause = 0): void {
  const { conversations } = partition;
  agent.missedOffers = 0;
  const kept = conversations.get(conversation, F.offered);
  if (kept === 0) explain(partition, conversation, rule.person);
  else recallExplanation(partition, kept);
  const age = conversations.getDouble(conversation, D.age);
  partition.explained[X.waitedMs] = age < 0 ? 0 : partition.now - age;
  assign(partition, conversation, agent, cause);
}

export function freeUnits(agent: Agent): number {
  return agent.capacity - agent.used;
}
