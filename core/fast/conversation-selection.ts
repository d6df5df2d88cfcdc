import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { armAs } from "./conversation-timers.ts";
import { passOverCount, samePassOvers } from "./pass-overs.ts";
import { memberOf, refreshReady } from "./members.ts";
import * as lineRow from "./line-row.ts";
import * as memberRow from "./member-row.ts";
import {
  channelOf,
  clearFlag,
  has,
  isOffline,
  queueOf,
  setFlag,
  type Lines,
  type Partition,
  type Queue,
} from "./state.ts";
import { OrderedLists } from "./ordered-lists.ts";
import { Table } from "./table.ts";
import { limitOf } from "./write-verdicts.ts";

const { kind } = codes;
const { D, F, flag } = conversationRow;
const { B, bucketWidth, L, laneWidth } = lineRow;
const { M } = memberRow;

/**
 * The waiting lines. A queue has lanes, one for each class of cost and set of agents passed over,
 * for what is reserved for nobody; and each agent in the queue has the same for what is reserved for
 * them. A lane has buckets, one for each (live first, priority) that somebody waits in, and a bucket
 * is a list in order of age. So whatever cannot go anywhere now is skipped as a whole, and the head
 * of a lane is found at once.
 */
export function newLines(conversations: Table): Lines {
  return {
    lanes: new Table(laneWidth),
    buckets: new Table(bucketWidth),
    order: new OrderedLists(conversations, D.age, D.ageSequence),
  };
}

/** Class of the units that the conversation will use. */
export function costClassOf(partition: Partition, conversation: number): number {
  return channelOf(partition, conversation).costClass;
}

/** Units that the conversation will use. */
export function costOf(partition: Partition, conversation: number): number {
  return channelOf(partition, conversation).cost;
}

/** Put a queued conversation into its queue's line. */
export function joinLine(partition: Partition, conversation: number): void {
  const queue = queueOf(partition, conversation);
  setFlag(partition, conversation, flag.inLine);
  queue.waiting += 1;
  queue.tenant.waiting += 1;
  if (!isOffline(partition, conversation)) joinLive(partition, queue, conversation);
  const isAlone = !queue.isDirty;
  markDirty(partition, queue);
  if (partition.rebuilding) return;
  if (isAlone) announceArrival(partition, conversation);
  else takeBucket(partition, queue, conversation);
}

/** The conversation that goes first in the lane. */
export function headOf({ lanes, buckets, order }: Lines, lane: number): number {
  return order.first(buckets.get(lanes.get(lane, L.buckets), B.list));
}

/** Take it out of the line, if it is in one. */
export function leaveLine(partition: Partition, conversation: number): void {
  if (!has(partition, conversation, flag.inLine)) return;
  const queue = queueOf(partition, conversation);
  clearFlag(partition, conversation, flag.inLine);
  queue.waiting -= 1;
  queue.tenant.waiting -= 1;
  if (has(partition, conversation, flag.inLiveList)) leaveLive(partition, queue, conversation);
  if (partition.arrival === conversation) leaveArrival(partition, conversation);
  else leaveBucket(partition, conversation);
}

/** Its order or its lane has changed. */
export function rejoinLine(partition: Partition, conversation: number): void {
  if (!has(partition, conversation, flag.inLine)) return;
  leaveLine(partition, conversation);
  joinLine(partition, conversation);
}

/** Something that could be matched may be in this queue. */
export function markDirty(partition: Partition, queue: Queue): void {
  if (queue.isDirty) {
    placeArrival(partition); // something more has happened than that it came
    return;
  }
  queue.isDirty = true;
  queue.tenant.dirty.push(queue);
  markUnsettled(partition, queue);
}

export function markUnsettled(partition: Partition, { tenant }: Queue): void {
  if (tenant.isUnsettled) return;
  tenant.isUnsettled = true;
  partition.unsettled.push(tenant);
}

/**
 * It joined a line in which nothing else can be matched now. As long as that holds it needs no place
 * there: matching may give it to an agent straight away, and most go that way.
 */
function announceArrival(partition: Partition, conversation: number): void {
  placeArrival(partition);
  partition.arrival = conversation;
}

/** The arrival stands in line as all others do. */
export function placeArrival(partition: Partition): void {
  const { arrival } = partition;
  if (arrival === 0) return;
  leaveArrival(partition, arrival);
  takeBucket(partition, queueOf(partition, arrival), arrival);
}

/** It goes on without having had a place; a wait that nobody has ended runs from now on. */
function leaveArrival(partition: Partition, conversation: number): void {
  const { arrivalWait } = partition;
  partition.arrival = 0;
  partition.arrivalWait = 0;
  if (arrivalWait === 0) return;
  const { connectWaitSeconds } = queueOf(partition, conversation).settings;
  armAs(partition, conversation, kind.connectWait, connectWaitSeconds * 1000, arrivalWait);
}

/** The live conversations in line, by number. */
export function liveOf(partition: Partition, queue: Queue): readonly number[] {
  const live: number[] = [];
  let conversation = queue.live;
  for (; conversation !== 0; conversation = partition.conversations.get(conversation, F.next)) {
    live.push(conversation);
  }
  return inSequence(partition, live);
}

/** By number. O(n) where they are already, as rows often are that were taken one after the other. */
export function inSequence(
  partition: Partition,
  conversations: readonly number[],
): readonly number[] {
  const { conversations: rows } = partition;
  let last = 0;
  let isInOrder = true;
  for (const conversation of conversations) {
    const number = rows.getDouble(conversation, D.id);
    if (number < last) isInOrder = false;
    last = number;
  }
  if (isInOrder) return conversations;
  return conversations.toSorted((a, b) => rows.getDouble(a, D.id) - rows.getDouble(b, D.id));
}

/** Give it its lane, its bucket, and its place in it. */
export function takeBucket(partition: Partition, queue: Queue, conversation: number): void {
  const window = queue.settings.order === "reply-window" ? windowKey(partition, conversation) : 0;
  insert(partition, queue, conversation, window);
}

/** Other agents are passed over for it than before; its order stays. */
export function changeLane(partition: Partition, conversation: number): void {
  if (partition.conversations.get(conversation, F.bucket) === 0) return;
  const window = partition.lines.order.keyA(conversation);
  leaveBucket(partition, conversation);
  insert(partition, queueOf(partition, conversation), conversation, window);
}

function insert(partition: Partition, queue: Queue, conversation: number, window: number): void {
  const { conversations, lines } = partition;
  const live = queue.settings.liveFirst && !isOffline(partition, conversation);
  const rank = (live ? 0 : 16) + 15 - conversations.get(conversation, F.priority);
  const bucket = bucketFor(lines, laneFor(partition, queue, conversation), rank);
  conversations.set(conversation, F.bucket, bucket);
  lines.order.insert(lines.buckets.get(bucket, B.list), conversation, window);
}

export function leaveBucket(partition: Partition, conversation: number): void {
  const { conversations, lines } = partition;
  const bucket = conversations.get(conversation, F.bucket);
  if (bucket === 0) return;
  conversations.set(conversation, F.bucket, 0);
  lines.order.remove(conversation);
  if (lines.order.first(lines.buckets.get(bucket, B.list)) === 0) {
    dropBucket(partition, bucket);
  }
}

/** The soonest-closing window first; those that are over, or have none, last (FINE-PRINT 15). */
function windowKey(partition: Partition, conversation: number): number {
  const channel = channelOf(partition, conversation);
  const customer = partition.conversations.get(conversation, F.customer);
  const lastMessageAt = partition.customers.lastMessageAt(customer);
  if (lastMessageAt < 0) return Infinity;
  const limit = isOffline(partition, conversation) ? limitOf(channel) : -1;
  const platformMs = channel.policy.ofKind.replyWindow[1]?.afterMs ?? Infinity;
  const endsAt = lastMessageAt + Math.min(platformMs, limit < 0 ? Infinity : limit * 60_000);
  return endsAt <= partition.now ? Infinity : endsAt;
}

function joinLive(partition: Partition, queue: Queue, conversation: number): void {
  const { conversations } = partition;
  setFlag(partition, conversation, flag.inLiveList);
  conversations.set(conversation, F.previous, 0);
  conversations.set(conversation, F.next, queue.live);
  if (queue.live !== 0) conversations.set(queue.live, F.previous, conversation);
  queue.live = conversation;
}

function leaveLive(partition: Partition, queue: Queue, conversation: number): void {
  const { conversations } = partition;
  clearFlag(partition, conversation, flag.inLiveList);
  const before = conversations.get(conversation, F.previous);
  const after = conversations.get(conversation, F.next);
  if (before === 0) queue.live = after;
  else conversations.set(before, F.next, after);
  if (after !== 0) conversations.set(after, F.previous, before);
}

function laneFor(partition: Partition, queue: Queue, conversation: number): number {
  const { conversations, lines, members } = partition;
  const reservedFor = conversations.get(conversation, F.reservedFor);
  const member = reservedFor === 0 ? 0 : memberOf(partition, queue, reservedFor);
  const costClass = costClassOf(partition, conversation);
  const first = member === 0 ? queue.lanes : members.get(member, M.lanes);
  const passOvers = passOverCount(partition, conversation);
  for (let lane = first; lane !== 0; lane = lines.lanes.get(lane, L.next)) {
    if (lines.lanes.get(lane, L.costClass) !== costClass) continue;
    if (lines.lanes.get(lane, L.passOvers) !== passOvers) continue;
    if (passOvers === 0) return lane;
    if (samePassOvers(partition, conversation, headOf(lines, lane))) return lane;
  }
  const lane = lines.lanes.take();
  lines.lanes.set(lane, L.queue, queue.handle);
  lines.lanes.set(lane, L.costClass, costClass);
  lines.lanes.set(lane, L.member, member);
  lines.lanes.set(lane, L.passOvers, passOvers);
  lines.lanes.set(lane, L.next, first);
  if (member === 0) {
    queue.lanes = lane;
  } else {
    members.set(member, M.lanes, lane);
    refreshReady(partition, queue, member);
  }
  return lane;
}

function bucketFor(lines: Lines, lane: number, rank: number): number {
  const { buckets, lanes } = lines;
  let before = 0;
  let after = lanes.get(lane, L.buckets);
  while (after !== 0 && buckets.get(after, B.rank) < rank) {
    before = after;
    after = buckets.get(after, B.next);
  }
  if (after !== 0 && buckets.get(after, B.rank) === rank) return after;
  const bucket = buckets.take();
  buckets.set(bucket, B.lane, lane);
  buckets.set(bucket, B.rank, rank);
  buckets.set(bucket, B.list, lines.order.newList());
  buckets.set(bucket, B.next, after);
  if (before === 0) lanes.set(lane, L.buckets, bucket);
  else buckets.set(before, B.next, bucket);
  return bucket;
}

function dropBucket(partition: Partition, bucket: number): void {
  const { lanes, buckets, order } = partition.lines;
  const lane = buckets.get(bucket, B.lane);
  const after = buckets.get(bucket, B.next);
  let other = lanes.get(lane, L.buckets);
  if (other === bucket) {
    lanes.set(lane, L.buckets, after);
  } else {
    while (buckets.get(other, B.next) !== bucket) other = buckets.get(other, B.next);
    buckets.set(other, B.next, after);
  }
  order.dropList(buckets.get(bucket, B.list));
  buckets.give(bucket);
  if (lanes.get(lane, L.buckets) === 0) dropLane(partition, lane);
}

function dropLane(partition: Partition, lane: number): void {
  const { lines, members, queues } = partition;
  const { lanes } = lines;
  const member = lanes.get(lane, L.member);
  const queue = queues[lanes.get(lane, L.queue)];
  const after = lanes.get(lane, L.next);
  let other = member === 0 ? (queue?.lanes ?? 0) : members.get(member, M.lanes);
  if (other === lane) {
    if (member !== 0) members.set(member, M.lanes, after);
    else if (queue !== undefined) queue.lanes = after;
  } else {
    while (lanes.get(other, L.next) !== lane) other = lanes.get(other, L.next);
    lanes.set(other, L.next, after);
  }
  lanes.give(lane);
  if (member !== 0 && queue !== undefined) refreshReady(partition, queue, member);
}
