import type { CalendarPlan, PlanCalendars } from "../commands.ts";
import type { Result } from "../engine.ts";
import { clockTime, plan, wake, type Clock } from "./clocks.ts";
import { reason } from "./codes.ts";
import { liveOf, markDirty } from "./conversation-selection.ts";
import { goOffline } from "./episodes.ts";
import type { Partition, Queue, Tenant } from "./state.ts";

/** New plans for some calendars; a state that differs from the present one is a flip now. */
export function planCalendars(
  partition: Partition,
  tenant: Tenant,
  command: PlanCalendars,
): Result {
  const flipped: Clock[] = [];
  for (const wanted of command.plans) {
    const clock = tenant.clocks.get(wanted.calendar);
    if (clock !== undefined && follow(partition, clock, wanted)) flipped.push(clock);
  }
  for (const clock of flipped) calendarFlipped(partition, clock);
  return { status: "acknowledged" };
}

/** The clock goes by this plan from now on; answers whether that opened or closed it. */
export function follow(partition: Partition, clock: Clock, wanted: CalendarPlan): boolean {
  const due = wanted.flips.filter((at) => at <= partition.now).length;
  const open = due % 2 === 0 ? wanted.open : !wanted.open;
  const flips = open !== clock.open;
  clock.elapsed = clockTime(clock, partition.now);
  clock.since = partition.now;
  plan(clock, wanted.flips.slice(due));
  clock.open = open;
  wake(partition, clock);
  return flips;
}

/** One step for the queues; only live ones notice a closing (DOMAIN 3). */
export function calendarFlipped(partition: Partition, clock: Clock): void {
  for (const queue of clock.queues) {
    if (!clock.open) closeForLive(partition, queue);
    else if (queue.waiting > 0) markDirty(partition, queue);
  }
}

/** Nobody waits live in a closed queue. */
export function closeForLive(partition: Partition, queue: Queue): void {
  if (queue.live === 0) return;
  for (const conversation of liveOf(partition, queue)) {
    goOffline(partition, conversation, reason.calendar_closed);
  }
}
