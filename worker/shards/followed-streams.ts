import type { Event } from "../../core/events.ts";
import { isOfTenantStream } from "../store/event-rows.ts";
import type { RecentEvents } from "./recent-events.ts";
import type { Activity } from "./routing.ts";

/**
 * Give what a batch made of the followed streams along with its activities. Where that is not whole in
 * memory, or too much for one answer, the activity goes without, and readers ask.
 *
 * @param events of the batch, which `recent` has noted
 */
export function withFollowed(
  activities: readonly Activity[],
  events: readonly Event[],
  recent: RecentEvents,
  tenants: readonly string[],
): readonly Activity[] {
  const [first] = events;
  if (first === undefined || tenants.length === 0) return activities;
  return activities.map((activity) => {
    const { tenant } = activity;
    if (!tenants.includes(tenant)) return activity;
    const count = events.filter(
      (event) => event.tenant === tenant && isOfTenantStream(event),
    ).length;
    if (count > eventsMax) return activity;
    if (count === 0) return { ...activity, told: [] };
    let isWhole = true;
    const query = { type: "events", tenant, after: first.sequence - 1, limit: count } as const;
    const told = recent.read(query, () => {
      isWhole = false;
      return [];
    });
    return isWhole && told?.length === count ? { ...activity, told } : activity;
  });
}

/** Twice the largest batch of commands, or readers would have to ask after each batch of a burst. */
const eventsMax = 8192;
