import type {
  Agent,
  Clock,
  Conversation,
  Partition,
  Queue,
  Tenant,
  Timer,
  TimerHeap,
  TimerKind,
} from "./state.ts";

export function newClock(calendar: string | undefined, open: boolean, since: number): Clock {
  return {
    calendar,
    open,
    elapsed: 0,
    since,
    flips: [],
    timers: { items: [], cancelled: 0 },
  };
}

/** Time of the clock at `now`, flips that are due but not yet taken included. */
export function clockTime(clock: Clock, now: number): number {
  let { open, elapsed, since } = clock;
  for (const flip of clock.flips) {
    if (flip > now) break;
    if (open) elapsed += flip - since;
    open = !open;
    since = flip;
  }
  return open ? elapsed + now - since : elapsed;
}

/** The instant at which the clock will show `time`, or undefined if its plan ends before. */
export function instantOf(clock: Clock, time: number): number | undefined {
  let { open, elapsed, since } = clock;
  for (const flip of clock.flips) {
    if (open && elapsed + flip - since >= time) break;
    if (open) elapsed += flip - since;
    open = !open;
    since = flip;
  }
  return open ? since + time - elapsed : undefined;
}

/** Take the next flip of the plan. */
export function takeFlip(clock: Clock): void {
  const [at, ...rest] = clock.flips;
  if (at === undefined) return;
  if (clock.open) clock.elapsed += at - clock.since;
  clock.open = !clock.open;
  clock.since = at;
  clock.flips = rest;
}

interface TimerOwner {
  readonly tenant: Tenant;
  readonly conversation?: Conversation;
  readonly agent?: Agent;
  readonly queue?: Queue;
  readonly countsOpenTime?: boolean;
}

/** Arm a timer that fires once its clock has run for `durationMs` from now. */
export function armTimer(
  partition: Partition,
  kind: TimerKind,
  clock: Clock,
  durationMs: number,
  owner: TimerOwner,
): Timer {
  partition.lastTimer += 1;
  const timer: Timer = {
    kind,
    clock,
    due: clockTime(clock, partition.now) + durationMs,
    sequence: partition.lastTimer,
    tenant: owner.tenant,
    conversation: owner.conversation,
    agent: owner.agent,
    queue: owner.queue,
    countsOpenTime: owner.countsOpenTime ?? false,
    armed: true,
  };
  pushTimer(clock.timers, timer);
  return timer;
}

export function cancelTimer(timer: Timer | undefined): void {
  if (timer === undefined || !timer.armed) return;
  timer.armed = false;
  const heap = timer.clock.timers;
  heap.cancelled += 1;
  if (heap.cancelled > 64 && heap.cancelled * 2 > heap.items.length) dropCancelled(heap);
}

/** The armed timer that its clock reaches first. */
export function firstTimer(clock: Clock): Timer | undefined {
  const heap = clock.timers;
  while (heap.items[0]?.armed === false) {
    popTimer(heap);
    heap.cancelled -= 1;
  }
  return heap.items[0];
}

/** Take the first armed timer out. */
export function takeTimer(clock: Clock): void {
  const timer = popTimer(clock.timers);
  if (timer !== undefined) timer.armed = false;
}

/** Move the timer to another clock with the time it has left. */
export function transferTimer(partition: Partition, timer: Timer, clock: Clock): Timer {
  const leftMs = timer.due - clockTime(timer.clock, partition.now);
  cancelTimer(timer);
  const moved: Timer = {
    ...timer,
    clock,
    due: clockTime(clock, partition.now) + leftMs,
    armed: true,
  };
  pushTimer(clock.timers, moved);
  return moved;
}

export function pushTimer(heap: TimerHeap, timer: Timer): void {
  const { items } = heap;
  let index = items.push(timer) - 1;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = items[parentIndex];
    if (parent === undefined || !isBefore(timer, parent)) break;
    items[index] = parent;
    index = parentIndex;
  }
  items[index] = timer;
}

function popTimer(heap: TimerHeap): Timer | undefined {
  const { items } = heap;
  const first = items[0];
  const last = items.pop();
  if (last === undefined || items.length === 0) return first;
  let index = 0;
  for (;;) {
    let childIndex = 2 * index + 1;
    let child = items[childIndex];
    const right = items[childIndex + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      childIndex += 1;
      child = right;
    }
    if (child === undefined || !isBefore(child, last)) break;
    items[index] = child;
    index = childIndex;
  }
  items[index] = last;
  return first;
}

function dropCancelled(heap: TimerHeap): void {
  const armed = heap.items
    .filter((timer) => timer.armed)
    .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  heap.items.length = 0;
  for (const timer of armed) heap.items.push(timer); // a sorted list is a heap
  heap.cancelled = 0;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.sequence < b.sequence);
}
