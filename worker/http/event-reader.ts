import type { RecordedEvent, Routing } from "../shards/routing.ts";
import { type EventView, eventView } from "./event-view.ts";
import type { Page } from "./long-poll.ts";
import type { Follower } from "./wakeups.ts";

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

/**
 * Reads a stream without end: asks until there is nothing more, then takes what each batch tells, and
 * asks again where a batch does not tell all.
 */
export class StreamReader {
  readonly #routing: Routing;
  readonly #source: EventSource;
  readonly #follower: Follower;
  #next: number;
  /** Has read everything from before what the follower was told. */
  #isUpToDate = false;

  /** @param follower listens already; @param after exclusive sequence */
  constructor(routing: Routing, source: EventSource, follower: Follower, after: number) {
    this.#routing = routing;
    this.#source = source;
    this.#follower = follower;
    this.#next = after;
  }

  /** The next events; none where there is nothing to read before the follower notices something. */
  async read(): Promise<readonly EventView[]> {
    const told = this.#follower.take();
    if (this.#isUpToDate && told !== undefined) return this.#viewsOf(told);
    const page = await readEvents(this.#routing, this.#source, this.#next, eventsPerRead);
    this.#next = page.next;
    this.#isUpToDate = page.items.length === 0;
    return page.items;
  }

  #viewsOf(told: readonly RecordedEvent[]): readonly EventView[] {
    const fresh = told.filter(({ event }) => event.sequence > this.#next);
    this.#next = fresh.at(-1)?.event.sequence ?? this.#next;
    return fresh.flatMap((one) => eventView(one, this.#source.agent) ?? []);
  }
}
