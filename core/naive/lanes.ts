import { present } from "../assert.ts";
import { replyWindowEndsAt } from "../reply-window.ts";
import { writeSituation } from "./write-situation.ts";
import type { Conversation, Lane, OrderKey, Partition, Place, Queue } from "./state.ts";

/**
 * The waiting lines. A queue keeps one list for each pair of (agent it is reserved for, cost), so
 * that what cannot go anywhere now is skipped as a whole.
 */

/** Put a queued conversation into its queue's line. */
export function joinLine(partition: Partition, conversation: Conversation): void {
  const { queue, tenant } = conversation;
  const lane = laneOf(conversation);
  const key = orderKey(partition, conversation);
  lane.items.splice(positionOf(lane, key), 0, conversation);
  conversation.place = { lane, key };
  if (!conversation.offline) queue.live.add(conversation);
  tenant.dirty.add(queue);
}

/** Its lane by what it costs and whom it is reserved for. */
function laneOf(conversation: Conversation): Lane {
  const { queue, reservedFor } = conversation;
  const cost = costOf(conversation);
  const laneKey = `${cost} ${reservedFor?.id ?? ""}`;
  let lane = queue.lanes.get(laneKey);
  if (lane === undefined) {
    lane = { reservedFor: reservedFor?.id, cost, items: [] };
    queue.lanes.set(laneKey, lane);
  }
  return lane;
}

/** The orders or lanes of all may have changed: sorted once, rather than one by one. */
export function reorderLine(partition: Partition, queue: Queue): void {
  const waiting = [...queue.lanes.values()].flatMap(({ items }) => items);
  queue.lanes.clear();
  for (const conversation of waiting) {
    const lane = laneOf(conversation);
    conversation.place = { lane, key: orderKey(partition, conversation) };
    lane.items.push(conversation);
  }
  for (const { items } of queue.lanes.values()) items.sort(byPlace);
}

function byPlace(a: Conversation, b: Conversation): number {
  return compareInQueue(placeOf(a).key, placeOf(b).key);
}

function placeOf({ place }: Conversation): Place {
  return present(place, "place in a line");
}

/** Take it out of the line, if it is in one. */
export function leaveLine(conversation: Conversation): void {
  const { place, queue } = conversation;
  if (place === undefined) return;
  place.lane.items.splice(positionOf(place.lane, place.key), 1);
  if (place.lane.items.length === 0) {
    queue.lanes.delete(`${place.lane.cost} ${place.lane.reservedFor ?? ""}`);
  }
  queue.live.delete(conversation);
  conversation.place = undefined;
}

/** Its order or its lane has changed. */
export function rejoinLine(partition: Partition, conversation: Conversation): void {
  if (conversation.place === undefined) return;
  leaveLine(conversation);
  joinLine(partition, conversation);
}

/** Units that the conversation will use. */
export function costOf(conversation: Conversation): number {
  const { tenant, channel } = conversation;
  return tenant.configuration.channelCosts[channel.settings.kind];
}

/** Walk lanes of one queue, which stay as they are meanwhile, as one line in the order of rule 3.3. */
export function* inOrder(lanes: readonly Lane[]): Generator<Conversation> {
  const cursors = lanes.map(({ items }) => ({ items, index: 0 }));
  for (;;) {
    let best: { items: Conversation[]; index: number } | undefined;
    let bestKey: OrderKey | undefined;
    for (const cursor of cursors) {
      const key = cursor.items[cursor.index]?.place?.key;
      if (key !== undefined && (bestKey === undefined || compareInQueue(key, bestKey) < 0)) {
        best = cursor;
        bestKey = key;
      }
    }
    const conversation = best?.items[best.index];
    if (best === undefined || conversation === undefined) return;
    best.index += 1;
    yield conversation;
  }
}

function orderKey(partition: Partition, conversation: Conversation): OrderKey {
  const { queue, offline, priority, age, ageSequence } = conversation;
  return {
    precedence: queue.settings.liveFirst && !offline ? 0 : 1,
    priority: -priority,
    window: queue.settings.order === "reply-window" ? windowKey(partition, conversation) : 0,
    age: age ?? partition.now,
    sequence: ageSequence,
  };
}

/** The soonest-closing window first; those that are over, or have none, last (FINE-PRINT 15). */
function windowKey(partition: Partition, conversation: Conversation): number {
  const endsAt = replyWindowEndsAt(writeSituation(partition, conversation));
  return endsAt === undefined || endsAt <= partition.now ? Infinity : endsAt;
}

/** Index of the first item that does not go before the key. */
function positionOf(lane: Lane, key: OrderKey): number {
  let low = 0;
  let high = lane.items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = lane.items[middle]?.place?.key;
    if (other !== undefined && compareInQueue(other, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareInQueue(a: OrderKey, b: OrderKey): number {
  return (
    a.precedence - b.precedence ||
    a.priority - b.priority ||
    (a.window === b.window ? 0 : a.window - b.window) ||
    a.age - b.age ||
    a.sequence - b.sequence
  );
}

/** Between queues the same comparison holds, by age (3.3). */
export function goesBefore(a: Conversation, b: Conversation): boolean {
  const first = placeOf(a).key;
  const second = placeOf(b).key;
  return compareInQueue({ ...first, window: 0 }, { ...second, window: 0 }) < 0;
}
