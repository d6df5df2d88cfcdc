import type { CustomerEntry, Routing } from "../shards/routing.ts";
import type { Page } from "./long-poll.ts";
import { type WireEntry, wireEntry } from "./wire.ts";

/** One customer on one channel. */
export interface PolledCustomer {
  readonly tenant: string;
  readonly channel: string;
  readonly customer: string;
}

const entriesPerPage = 200;

/**
 * The next entries after a sequence that the customer is to have: those withdrawn before they were
 * delivered are passed by. An empty page means that there is nothing more.
 */
export async function readEntries(
  routing: Routing,
  polled: PolledCustomer,
  after: number,
): Promise<Page<WireEntry>> {
  let next = after;
  for (;;) {
    const entries = await routing.query({
      type: "entries",
      ...polled,
      after: next,
      limit: entriesPerPage,
    });
    const items = entries.filter(({ delivery }) => delivery !== "withdrawn").map(wireEntry);
    next = entries.at(-1)?.sequence ?? next;
    if (items.length > 0 || entries.length < entriesPerPage) return { items, next };
  }
}

const customersRememberedMax = 100_000;

/**
 * Notes as delivered what a poll's `after` passes, and nothing else (DOMAIN 5): only so much has
 * certainly arrived. Remembers how far each customer came, so that entries are looked at once.
 */
export class Acknowledgements {
  readonly #routing: Routing;
  readonly #reached = new Map<string, number>();

  constructor(routing: Routing) {
    this.#routing = routing;
  }

  /** Resolves when what `after` passes is durably noted. */
  async acknowledge(polled: PolledCustomer, after: number): Promise<void> {
    const key = `${polled.tenant}\n${polled.channel}\n${polled.customer}`;
    const reached = this.#reached.get(key) ?? 0;
    if (after <= reached) return;
    let from = reached;
    for (;;) {
      const entries = await this.#routing.query({
        type: "entries",
        ...polled,
        after: from,
        limit: entriesPerPage,
      });
      const passed = entries.filter(({ sequence }) => sequence <= after);
      await Promise.all(passed.filter(isUndelivered).map((entry) => this.#note(entry)));
      from = passed.at(-1)?.sequence ?? from;
      if (passed.length < entriesPerPage) break;
    }
    this.#remember(key, from);
  }

  async #note({ tenant, channel, sequence }: CustomerEntry): Promise<void> {
    await this.#routing.submit({
      type: "recordDelivery",
      tenant,
      channel,
      entry: sequence,
      status: "delivered",
    });
  }

  #remember(key: string, reached: number): void {
    // Oldest first: a Map keeps the order in which its keys came.
    this.#reached.delete(key);
    this.#reached.set(key, reached);
    for (const oldest of this.#reached.keys()) {
      if (this.#reached.size <= customersRememberedMax) break;
      this.#reached.delete(oldest);
    }
  }
}

function isUndelivered({ delivery }: CustomerEntry): boolean {
  return delivery === "pending" || delivery === "sent" || delivery === "failed";
}
