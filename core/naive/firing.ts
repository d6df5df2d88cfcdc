import { present } from "../assert.ts";
import { handOffFromBot } from "./actions.ts";
import { endReservation } from "./conversations.ts";
import { close, goOffline, mayStayInLine, park, returnFromOwner, settleDown } from "./episodes.ts";
import { matchAll } from "./matching.ts";
import { calendarFlipped } from "./plans.ts";
import { graceOver, heartbeatMissed, inSequence, offerMissed } from "./presence.ts";
import { refreshReplyWindow } from "./reply-windows.ts";
import type { Agent, Clock, Conversation, Partition, Tenant, Timer } from "./state.ts";
import { allowanceReturned } from "./surge-rate.ts";
import { firstTimer, takeFlip, takeTimer } from "./timers.ts";

/** What is due next, and in which order at one instant (3.8, FINE-PRINT 14). */
interface Step {
  readonly at: number;
  /** 0: open time used up as the calendar closes; 1: the flips; 2: every other timer. */
  readonly rank: 0 | 1 | 2;
  readonly sequence: number;
  readonly clock: Clock;
  readonly tenant: Tenant | undefined;
}

/** Fire at most `max` steps that are due by now; answers whether more are. */
export function fireDue(partition: Partition, max: number): boolean {
  for (let fired = 0; ; fired += 1) {
    const step = nextStep(partition);
    if (step === undefined || step.at > partition.now) return false;
    if (fired >= max) return true;
    partition.dueAt = step.at;
    if (step.rank === 1) takeFlips(partition, step.at);
    else fireFirst(partition, step.clock);
    settle(partition);
    partition.dueAt = undefined;
  }
}

export function nextDeadlineAt(partition: Partition): number | undefined {
  return nextStep(partition)?.at;
}

/** Match, then look at the live ones that found nobody, until nothing changes. */
export function settle(partition: Partition): void {
  for (const tenant of partition.tenants.values()) {
    do {
      matchAll(partition, tenant);
      for (const conversation of inSequence(tenant.entered)) {
        tenant.entered.delete(conversation);
        mayStayInLine(partition, conversation);
      }
    } while (tenant.dirty.size > 0 || tenant.entered.size > 0);
  }
}

function nextStep(partition: Partition): Step | undefined {
  let next = stepOfWall(partition);
  for (const tenant of partition.tenants.values()) {
    for (const clock of tenant.clocks.values()) {
      const step = stepOfCalendar(tenant, clock);
      if (step !== undefined && (next === undefined || isBefore(step, next))) next = step;
    }
  }
  return next;
}

function stepOfWall({ wall }: Partition): Step | undefined {
  const timer = firstTimer(wall);
  if (timer === undefined) return undefined;
  return { at: timer.due, rank: 2, sequence: timer.sequence, clock: wall, tenant: undefined };
}

function stepOfCalendar(tenant: Tenant, clock: Clock): Step | undefined {
  const flipAt = clock.flips[0] ?? Infinity;
  const timer = clock.open ? firstTimer(clock) : undefined;
  const at = timer === undefined ? Infinity : clock.since + timer.due - clock.elapsed;
  if (timer !== undefined && at <= flipAt) {
    return { at, rank: at === flipAt ? 0 : 2, sequence: timer.sequence, clock, tenant };
  }
  return flipAt === Infinity ? undefined : { at: flipAt, rank: 1, sequence: 0, clock, tenant };
}

function isBefore(a: Step, b: Step): boolean {
  return (
    a.at < b.at ||
    (a.at === b.at && (a.rank < b.rank || (a.rank === b.rank && a.sequence < b.sequence)))
  );
}

/** All flips of one instant come before any matching. */
function takeFlips(partition: Partition, at: number): void {
  for (const tenant of partition.tenants.values()) {
    const flipped = [...tenant.clocks.values()].filter(({ flips }) => flips[0] === at);
    for (const clock of flipped) takeFlip(clock);
    for (const clock of flipped) calendarFlipped(partition, tenant, clock);
  }
}

function fireFirst(partition: Partition, clock: Clock): void {
  const timer = firstTimer(clock);
  if (timer === undefined) return;
  takeTimer(clock);
  fire(partition, timer);
}

function fire(partition: Partition, timer: Timer): void {
  const conversation = (): Conversation => present(timer.conversation, "conversation of a timer");
  const agent = (): Agent => present(timer.agent, "agent of a timer");
  switch (timer.kind) {
    case "presence":
      heartbeatMissed(partition, agent());
      return;
    case "grace":
      graceOver(partition, agent());
      return;
    case "allowance":
      allowanceReturned(partition, present(timer.queue, "queue of a timer"), agent());
      return;
    case "reoffer":
      conversation().passedOver.delete(agent().id);
      timer.tenant.dirty.add(conversation().queue);
      return;
    default:
      conversation().timers.delete(timer.kind);
      fireOfConversation(partition, conversation(), timer.kind);
  }
}

type ConversationTimer = Exclude<Timer["kind"], "presence" | "grace" | "allowance" | "reoffer">;

function fireOfConversation(
  partition: Partition,
  conversation: Conversation,
  kind: ConversationTimer,
): void {
  switch (kind) {
    case "connectWait":
      goOffline(partition, conversation, "connect_wait_over");
      return;
    case "routingLimit":
      park(partition, conversation);
      return;
    case "lastAgentWait":
      endReservation(partition, conversation, "last_agent_wait_over");
      return;
    case "offer":
      offerMissed(partition, conversation);
      return;
    case "firstReply":
      returnFromOwner(partition, conversation, {
        reason: "first_reply_overdue",
        passOver: conversation.agent,
      });
      return;
    case "calledCustomerReply":
      settleDown(partition, conversation, "called_customer_reply_timeout");
      return;
    case "customerReply":
      settleDown(partition, conversation, "customer_reply_timeout");
      return;
    case "replyWindow":
      refreshReplyWindow(partition, conversation);
      return;
    case "botAnswer":
      handOffFromBot(partition, conversation, "bot_silent");
      return;
    case "botIdle":
      settleDown(partition, conversation, "bot_idle");
      return;
    case "dormancy":
      close(partition, conversation, "dormancy");
      return;
    case "forget":
      conversation.tenant.conversations.delete(conversation.id);
      return;
  }
}
