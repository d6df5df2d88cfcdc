import type { ChannelEndpoint } from "./channel-endpoints.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { PushLane } from "./push-lane.ts";

/** Message Push of all tenants: a lane for each channel that has an endpoint (DOMAIN 3.17). */
export class Push {
  readonly #lanes = new Map<string, Map<string, PushLane>>();
  readonly #context: DeliveryContext;

  constructor(context: DeliveryContext) {
    this.#context = context;
  }

  /** The tenant's channels are these now. */
  configure(tenant: string, endpoints: readonly ChannelEndpoint[]): void {
    const lanes = this.#lanes.get(tenant) ?? new Map<string, PushLane>();
    this.#lanes.set(tenant, lanes);
    const settings = new Map(
      endpoints.flatMap(({ channel, push }) => (push === undefined ? [] : [[channel, push]])),
    );
    for (const channel of settings.keys()) {
      if (!lanes.has(channel)) lanes.set(channel, new PushLane(tenant, channel, this.#context));
    }
    // A lane without an endpoint stays, because what it has in flight may end after it gets one again.
    for (const [channel, lane] of lanes) lane.configure(settings.get(channel));
  }

  /** The outbox of a channel may have grown. */
  notice(tenant: string, channel: string): void {
    this.#lanes.get(tenant)?.get(channel)?.notice();
  }

  /** Any outbox may have grown. */
  look(): void {
    for (const lanes of this.#lanes.values()) for (const lane of lanes.values()) lane.notice();
  }

  close(): void {
    for (const lanes of this.#lanes.values()) for (const lane of lanes.values()) lane.close();
  }
}
