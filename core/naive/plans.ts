import type { CalendarPlan, PlanCalendars } from "../commands.ts";
import type { Result } from "../engine.ts";
import { goOffline } from "./episodes.ts";
import { inSequence } from "./presence.ts";
import type { Clock, Partition, Queue, Tenant } from "./state.ts";
import { clockTime } from "./timers.ts";

/** New plans for some calendars; a state that differs from the present one is a flip now. */
export function planCalendars(
  partition: Partition,
  tenant: Tenant,
  command: PlanCalendars,
): Result {
  const flipped: Clock[] = [];
  for (const plan of command.plans) {
    const clock = tenant.clocks.get(plan.calendar);
    if (clock !== undefined && follow(partition, clock, plan)) flipped.push(clock);
  }
  for (const clock of flipped) calendarFlipped(partition, tenant, clock);
  return { status: "acknowledged" };
}

/** The clock goes by this plan from now on; answers whether that opened or closed it. */
export function follow(partition: Partition, clock: Clock, plan: CalendarPlan): boolean {
  const due = plan.flips.filter((at) => at <= partition.now).length;
  const open = due % 2 === 0 ? plan.open : !plan.open;
  const flips = open !== clock.open;
  clock.elapsed = clockTime(clock, partition.now);
  clock.since = partition.now;
  clock.flips = plan.flips.slice(due);
  clock.open = open;
  return flips;
}

/** One step for the queues; only live ones notice a closing (DOMAIN 3). */
export function calendarFlipped(partition: Partition, tenant: Tenant, clock: Clock): void {
  for (const queue of tenant.queues.values()) {
    if (queue.clock !== clock) continue;
    if (clock.open) tenant.dirty.add(queue);
    else closeForLive(partition, queue);
  }
}

/** Nobody waits live in a closed queue. */
export function closeForLive(partition: Partition, queue: Queue): void {
  for (const conversation of inSequence(queue.live)) {
    goOffline(partition, conversation, "calendar_closed");
  }
}
