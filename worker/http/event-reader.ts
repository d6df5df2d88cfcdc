import type { Routing } from "../shards/routing.ts";
import { type EventView, eventView } from "./event-view.ts";
import type { Page } from "./long-poll.ts";

/** Events of one agent, or of the whole tenant. */
export interface EventSource {
  readonly tenant: string;
  readonly agent?: string;
}

/** Of one answer to a poll. */
export const eventsPerPoll = 200;
/** Of what a stream reads at once: who keeps up has what a batch made before the next one is done. */
export const eventsPerRead = 4000;

/**
 * The next events after a sequence, as their reader sees them. Events that nobody reads are passed
 * by, so an empty page means that there is nothing more.
 */
export async function readEvents(
  routing: Routing,
  source: EventSource,
  after: number,
  limit: number,
): Promise<Page<EventView>> {
  let next = after;
  for (;;) {
    const recorded = await routing.query({
      type: "events",
      ...source,
      after: next,
      limit,
    });
    const items = recorded.flatMap((one) => eventView(one, source.agent) ?? []);
    next = recorded.at(-1)?.event.sequence ?? next;
    if (items.length > 0 || recorded.length === 0) return { items, next };
  }
}
