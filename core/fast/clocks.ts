import { present } from "../assert.ts";
import * as codes from "./codes.ts";
import * as dueLines from "./due-lines.ts";
import type { Partition, Queue } from "./state.ts";
import { TimingWheel } from "./timing-wheel.ts";
import * as timerRow from "./timer-row.ts";
import type { Table } from "./table.ts";

const { kind: kinds } = codes;
const { dueLine } = dueLines;
const { timerClock, timerDue, timerKind, timerOther, timerSequence, timerSubject, timerWidth } =
  timerRow;

/**
 * A clock that runs only while it is open: the wall always, a calendar during its hours. Its time
 * is the milliseconds it has been open, and so is that of its wheel.
 */
export interface Clock {
  readonly handle: number;
  readonly calendar: string | undefined;
  open: boolean;
  /** Its time at `since`, the last flip taken. */
  elapsed: number;
  since: number;
  /** Instants at which it opens or closes, from `nextFlip` on still to come. */
  flips: readonly number[];
  nextFlip: number;
  /** The next of them; Infinity at the end of the plan. */
  flipAt: number;
  readonly wheel: TimingWheel;
  /** Queues that go by it, in the document's order. */
  queues: readonly Queue[];
  /** The configuration no longer has it: it asks for nothing. */
  isGone: boolean;
}

/** The wall is always open, and began at 0. */
export const wallHandle = 1;

export function newClock(
  timers: Table,
  handle: number,
  calendar: string | undefined,
  open: boolean,
  since: number,
): Clock {
  const wheel = new TimingWheel(timers);
  const time = { open, elapsed: 0, since, flips: [], nextFlip: 0, flipAt: Infinity };
  return { handle, calendar, ...time, wheel, queues: [], isGone: false };
}

/** It goes by these instants from now on. */
export function plan(clock: Clock, flips: readonly number[]): void {
  clock.flips = flips;
  clock.nextFlip = 0;
  clock.flipAt = flips[0] ?? Infinity;
}

/** Time of the clock at `now`, flips that are due but not yet taken included. */
export function clockTime(clock: Clock, now: number): number {
  if (clock.flipAt <= now) return clockTimeLater(clock, now);
  return clock.open ? clock.elapsed + now - clock.since : clock.elapsed;
}

function clockTimeLater(clock: Clock, now: number): number {
  let { open, elapsed, since } = clock;
  for (let index = clock.nextFlip; index < clock.flips.length; index += 1) {
    const flip = clock.flips[index] ?? Infinity;
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
  for (let index = clock.nextFlip; index < clock.flips.length; index += 1) {
    const flip = clock.flips[index] ?? Infinity;
    if (open && elapsed + flip - since >= time) break;
    if (open) elapsed += flip - since;
    open = !open;
    since = flip;
  }
  return open ? since + time - elapsed : undefined;
}

export function takeFlip(partition: Partition, clock: Clock): void {
  const at = clock.flipAt;
  if (at === Infinity) return;
  if (clock.open) clock.elapsed += at - clock.since;
  clock.open = !clock.open;
  clock.since = at;
  clock.nextFlip += 1;
  clock.flipAt = clock.flips[clock.nextFlip] ?? Infinity;
  wake(partition, clock);
}

/** What it asks for next is to be looked at again. */
export function wake(partition: Partition, { handle }: Clock): void {
  partition.clockOrder.put(handle, 0, 0);
  partition.nothingBefore = 0;
}

/** The exact instant at which the clock asks for something; Infinity: never. */
export function nextInstant(clock: Clock): number {
  if (clock.isGone) return Infinity;
  if (!clock.open) return clock.flipAt;
  return Math.min(clock.flipAt, clock.since + clock.wheel.firstDue() - clock.elapsed);
}

/** Put the clock where it belongs by an instant before which it asks for nothing. */
export function putInOrder({ clockOrder }: Partition, clock: Clock): void {
  const { wheel } = clock;
  clockOrder.key = clock.flipAt;
  if (clock.isGone) {
    clockOrder.key = Infinity;
  } else if (clock.open) {
    wheel.findBound();
    const at = clock.since + wheel.bound - clock.elapsed;
    if (at < clock.flipAt) clockOrder.key = at;
  }
  clockOrder.putByKey(clock.handle);
}

/** Arm a timer that fires once its clock has run for `durationMs` from now; answers its handle. */
export function armTimer(
  partition: Partition,
  kind: number,
  clock: Clock,
  durationMs: number,
  subject: number,
  other = 0,
  sequence = nextTimer(partition),
): number {
  const { timers, now } = partition;
  const timer = timers.take();
  const { ints, doubles } = timers;
  const row = timer * timerWidth;
  const due = clock.handle === wallHandle ? now + durationMs : clockTime(clock, now) + durationMs;
  doubles[(row >> 1) + timerDue] = due;
  doubles[(row >> 1) + timerSequence] = sequence;
  ints[row + timerKind] = kind;
  ints[row + timerSubject] = subject;
  ints[row + timerOther] = other;
  ints[row + timerClock] = clock.handle;
  if (sequence === partition.lastTimer) placeTimer(clock, timer, kind);
  else clock.wheel.addOutOfTurn(timer);
  noteDue(partition, clock, durationMs);
  return timer;
}

/** Into the clock's wheel; it is the one armed last. */
export function placeTimer({ wheel }: Clock, timer: number, kind: number): void {
  if (kind === kinds.forget) wheel.addInLine(timer, dueLine.forget);
  else if (kind === kinds.firstReply) wheel.addInLine(timer, dueLine.firstReply);
  else if (kind === kinds.presence) wheel.addInLine(timer, dueLine.presence);
  else wheel.add(timer);
}

/** Nothing of the clock was asked for as early as in so long. */
function noteDue(partition: Partition, { handle }: Clock, durationMs: number): void {
  const due = partition.now + durationMs;
  if (due < partition.clockOrder.firstKeyOf(handle)) partition.clockOrder.put(handle, due, 0);
  if (due < partition.nothingBefore) partition.nothingBefore = due;
}

function nextTimer(partition: Partition): number {
  partition.lastTimer += 1;
  return partition.lastTimer;
}

/** Also of nobody, 0. */
export function cancelTimer(partition: Partition, timer: number): void {
  if (timer === 0) return;
  clockOfTimer(partition, timer).wheel.remove(timer);
  partition.timers.give(timer);
}

export function clockOfTimer(partition: Partition, timer: number): Clock {
  return present(partition.clocks[partition.timers.get(timer, timerClock)], "clock of a timer");
}

/** Move the timer to another clock with the time it has left. */
export function transferTimer(partition: Partition, timer: number, clock: Clock): void {
  const { timers, now } = partition;
  const before = clockOfTimer(partition, timer);
  const leftMs = timers.getDouble(timer, timerDue) - clockTime(before, now);
  before.wheel.remove(timer);
  timers.setDouble(timer, timerDue, clockTime(clock, now) + leftMs);
  timers.set(timer, timerClock, clock.handle);
  clock.wheel.addOutOfTurn(timer);
  noteDue(partition, clock, leftMs);
}
