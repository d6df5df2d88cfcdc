import type { Event } from "../../core/events.ts";
import type { BotCall } from "../../core/engine.ts";
import { entryOf } from "../store/entry-row.ts";
import { streamAgentOf } from "../store/event-rows.ts";
import type { Activity } from "./routing.ts";

/** What a batch's events touched, one `Activity` a tenant. */
export function activitiesOf(events: readonly Event[]): Activity[] {
  const byTenant = new Map<string, Touched>();
  for (const event of events) {
    let touched = byTenant.get(event.tenant);
    if (touched === undefined) {
      touched = new Touched();
      byTenant.set(event.tenant, touched);
    }
    touched.add(event);
  }
  const lastSequence = events.at(-1)?.sequence ?? 0;
  return [...byTenant].map(([tenant, touched]) => touched.activity(tenant, lastSequence));
}

class Touched {
  readonly #agents = new Set<string>();
  readonly #customers = new Map<string, { readonly channel: string; readonly customer: string }>();
  readonly #outboxes = new Set<string>();
  readonly #botCalls: BotCall[] = [];
  #configured = false;

  add(event: Event): void {
    const agent = streamAgentOf(event);
    if (agent !== undefined) this.#agents.add(agent);
    const entry = entryOf(event);
    if (entry !== undefined) {
      const { channel, customer } = entry;
      this.#outboxes.add(channel);
      if (customer !== undefined) {
        this.#customers.set(`${channel}\n${customer}`, { channel, customer });
      }
    }
    switch (event.type) {
      case "deliveryRecorded":
        // To be sent again.
        if (event.status === "pending") this.#outboxes.add(event.channel);
        break;
      case "messageGivenToBot": {
        const { tenant, channel, conversation, message } = event;
        this.#botCalls.push({ tenant, channel, conversation, message });
        break;
      }
      case "tenantConfigured":
        this.#configured = true;
        break;
      default:
    }
  }

  activity(tenant: string, lastSequence: number): Activity {
    return {
      tenant,
      lastSequence,
      agents: [...this.#agents],
      customers: [...this.#customers.values()],
      outboxes: [...this.#outboxes],
      botCalls: this.#botCalls,
      configured: this.#configured,
    };
  }
}
