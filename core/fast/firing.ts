import { present } from "../assert.ts";
import { handOffFromBot } from "./actions.ts";
import { nextInstant, putInOrder, takeFlip, type Clock } from "./clocks.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { changeLane, inSequence, markDirty } from "./conversation-selection.ts";
import { unlinkTimer } from "./conversation-timers.ts";
import { dropConversation, endReservation } from "./conversations.ts";
import { close, goOffline, mayStayInLine, park, returnFromOwner, settleDown } from "./episodes.ts";
import { matchAll, routeArrival } from "./matching.ts";
import { unlinkPassOver } from "./pass-overs.ts";
import { calendarFlipped } from "./plans.ts";
import { graceOver, heartbeatMissed, offerMissed } from "./presence.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import { allowanceReturned } from "./surge-rate.ts";
import { agentAt, agentOf, clearFlag, queueOf, type Partition, type Tenant } from "./state.ts";
import * as timerRow from "./timer-row.ts";

const { kind, reason } = codes;
const { F, flag } = conversationRow;
const { timerClock, timerDue, timerKind, timerOther, timerSequence, timerSubject } = timerRow;

/** What is due next (3.8, FINE-PRINT 14); one for all, to be read at once. */
const step = {
  at: Infinity,
  /** 0: open time used up as the calendar closes; 1: the flips; 2: every other timer. */
  rank: 0,
  sequence: 0,
  /** 0: flips. */
  timer: 0,
};

/** When a clock's first is due: as the one of two values it would be an object of its own. */
const found = { at: Infinity };

/** Fire at most `max` steps that are due by now; answers whether more are. */
export function fireDue(partition: Partition, max: number): boolean {
  for (let fired = 0; ; fired += 1) {
    if (partition.now < partition.nothingBefore || !findStep(partition)) return false;
    if (fired >= max) return true;
    partition.dueAt = step.at;
    if (step.timer === 0) takeFlips(partition, step.at);
    else fire(partition, step.timer);
    settle(partition);
    partition.dueAt = -1;
  }
}

/** Epoch ms of the first thing that will be due. O(log clocks) amortised. */
export function nextDeadlineAt({ clockOrder, clocks }: Partition): number | undefined {
  for (;;) {
    const handle = clockOrder.first();
    const known = clockOrder.firstKeyOf(handle);
    if (known === Infinity) return undefined;
    const clock = clocks[handle];
    const at = clock === undefined ? Infinity : nextInstant(clock);
    if (at <= known) return at;
    clockOrder.put(handle, at, 0);
  }
}

/** Match, then look at the live ones that found nobody, until nothing changes. */
export function settle(partition: Partition): void {
  const { unsettled } = partition;
  if (unsettled.length > 1) unsettled.sort((a, b) => b.handle - a.handle);
  while (unsettled.length > 0) {
    const tenant = present(unsettled[unsettled.length - 1], "tenant to be settled");
    settleTenant(partition, tenant);
    tenant.isUnsettled = false;
    unsettled.pop();
  }
}

function settleTenant(partition: Partition, tenant: Tenant): void {
  const { dirty, entered } = tenant;
  do {
    if (partition.arrival !== 0) routeArrival(partition, tenant);
    if (dirty.length > 0) matchAll(partition, tenant);
    if (entered.length === 1) look(partition, entered.pop() ?? 0);
    else if (entered.length > 1) lookAtAll(partition, entered.splice(0));
  } while (dirty.length > 0 || entered.length > 0);
}

function lookAtAll(partition: Partition, entered: readonly number[]): void {
  for (const conversation of inSequence(partition, entered)) look(partition, conversation);
}

function look(partition: Partition, conversation: number): void {
  clearFlag(partition, conversation, flag.entered);
  mayStayInLine(partition, conversation);
}

/** Find what is due first by now. Else note down before when nothing will be. */
function findStep(partition: Partition): boolean {
  const { clockOrder, clocks, dueClocks } = partition;
  step.at = Infinity;
  clockOrder.limit = partition.now;
  clockOrder.upToLimit(dueClocks);
  while (dueClocks.length > 0) {
    const handle = dueClocks.pop() ?? 0;
    const clock = clocks[handle];
    if (clock === undefined) {
      clockOrder.put(handle, Infinity, 0);
      continue;
    }
    // One that asks for something now stays where it is, to be looked at again afterwards.
    if (clock.isGone || !considerClock(partition, clock)) putInOrder(partition, clock);
  }
  if (step.at !== Infinity) return true;
  clockOrder.findFirstKey();
  partition.nothingBefore = clockOrder.key;
  return false;
}

/** Answers whether the clock asks for something by now. */
function considerClock({ now, timers }: Partition, clock: Clock): boolean {
  const { flipAt, open, elapsed, since, wheel } = clock;
  wheel.limit = elapsed + Math.min(now, flipAt) - since;
  const timer = open ? wheel.first() : 0;
  if (timer === 0 && flipAt > now) return false;
  if (timer === 0) found.at = flipAt;
  else found.at = since + timers.getDouble(timer, timerDue) - elapsed;
  const { at } = found;
  const rank = timer === 0 ? 1 : at === flipAt ? 0 : 2;
  const sequence = timer === 0 ? 0 : timers.getDouble(timer, timerSequence);
  const isBefore =
    at < step.at ||
    (at === step.at && (rank < step.rank || (rank === step.rank && sequence < step.sequence)));
  if (!isBefore) return true;
  step.at = at;
  step.rank = rank;
  step.sequence = sequence;
  step.timer = timer;
  return true;
}

/** All flips of one instant come before any matching. */
function takeFlips(partition: Partition, at: number): void {
  for (const tenant of partition.tenants.values()) {
    const flipped = [...tenant.clocks.values()].filter((clock) => clock.flipAt === at);
    for (const clock of flipped) takeFlip(partition, clock);
    for (const clock of flipped) calendarFlipped(partition, clock);
  }
}

function fire(partition: Partition, timer: number): void {
  const { timers, clocks } = partition;
  const firing = timers.get(timer, timerKind);
  const subject = timers.get(timer, timerSubject);
  const other = timers.get(timer, timerOther);
  clocks[timers.get(timer, timerClock)]?.wheel.remove(timer);
  switch (firing) {
    case kind.presence:
      timers.give(timer);
      heartbeatMissed(partition, agentAt(partition, subject));
      return;
    case kind.grace:
      timers.give(timer);
      graceOver(partition, agentAt(partition, subject));
      return;
    case kind.allowance: {
      timers.give(timer);
      const queue = partition.queues[other];
      if (queue !== undefined) allowanceReturned(partition, queue, agentAt(partition, subject));
      return;
    }
    case kind.reoffer:
      unlinkPassOver(partition, subject, timer);
      timers.give(timer);
      changeLane(partition, subject);
      markDirty(partition, queueOf(partition, subject));
      return;
    default:
      unlinkTimer(partition, subject, timer);
      timers.give(timer);
      fireOfConversation(partition, subject, firing);
  }
}

function fireOfConversation(partition: Partition, conversation: number, firing: number): void {
  switch (firing) {
    case kind.connectWait:
      goOffline(partition, conversation, reason.connect_wait_over);
      return;
    case kind.routingLimit:
      park(partition, conversation);
      return;
    case kind.lastAgentWait:
      endReservation(partition, conversation, reason.last_agent_wait_over);
      return;
    case kind.offer:
      offerMissed(partition, conversation);
      return;
    case kind.firstReply:
      returnFromOwner(partition, conversation, {
        reason: reason.first_reply_overdue,
        passOver: agentOf(partition, conversation),
      });
      return;
    case kind.calledCustomerReply:
      settleDown(partition, conversation, reason.called_customer_reply_timeout);
      return;
    case kind.customerReply:
      settleDown(partition, conversation, reason.customer_reply_timeout);
      return;
    case kind.replyWindow:
      refreshReplyWindow(partition, conversation);
      return;
    case kind.botAnswer:
      handOffFromBot(partition, conversation, reason.bot_silent);
      return;
    case kind.botIdle:
      settleDown(partition, conversation, reason.bot_idle);
      return;
    case kind.dormancy:
      close(partition, conversation, reason.dormancy);
      return;
    case kind.forget:
      forgetConversation(partition, conversation);
      return;
    default:
  }
}

/** A closed conversation leaves the engine; its timers are over, but for a reply window's. */
function forgetConversation(partition: Partition, conversation: number): void {
  partition.conversations.set(conversation, F.timers, 0);
  dropConversation(partition, conversation);
}
