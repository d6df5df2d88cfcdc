import type {
  ChannelSettings,
  OfflineMessagesSettings,
} from "../../core/configuration/resolved.ts";
import { type Patience, untilAnswered } from "./patient-submission.ts";

/** Where a channel's entries are pushed and its bot is called; secrets by name. */
export interface ChannelEndpoint {
  readonly channel: string;
  readonly push?: { readonly url: string; readonly secret: string };
  readonly chatbot?: { readonly url: string; readonly accessCode: string };
}

/**
 * What delivery needs of every tenant's configuration, and nothing else of it: the channels that
 * have an endpoint.
 */
export class ChannelEndpoints {
  readonly #byTenant = new Map<string, Promise<readonly ChannelEndpoint[]>>();
  readonly #patience: Patience;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** The present endpoints of a tenant, read once until `forget`; none where there is no tenant. */
  async of(tenant: string): Promise<readonly ChannelEndpoint[]> {
    for (;;) {
      const reading = this.#byTenant.get(tenant) ?? this.#read(tenant);
      this.#byTenant.set(tenant, reading);
      const read = await reading;
      // Meanwhile it may have been forgotten.
      if (this.#byTenant.get(tenant) === reading) return read;
    }
  }

  /** The tenant was configured anew: the next question reads again. */
  forget(tenant: string): void {
    this.#byTenant.delete(tenant);
  }

  /** Any tenant may have been configured anew. */
  forgetAll(): void {
    this.#byTenant.clear();
  }

  async #read(tenant: string): Promise<readonly ChannelEndpoint[]> {
    const view = await untilAnswered(this.#patience, () =>
      this.#patience.routing.query({ type: "configuration", tenant }),
    );
    return view?.configuration.channels.flatMap(endpointOf) ?? [];
  }
}

function endpointOf({ id, push, offlineMessages }: ChannelSettings): readonly ChannelEndpoint[] {
  const chatbot = completeChatbot(offlineMessages);
  if (push === undefined && chatbot === undefined) return [];
  return [
    {
      channel: id,
      ...(push === undefined ? {} : { push }),
      ...(chatbot === undefined ? {} : { chatbot }),
    },
  ];
}

function completeChatbot({
  chatbot,
}: OfflineMessagesSettings): ChannelEndpoint["chatbot"] | undefined {
  const { url, accessCode } = chatbot ?? {};
  return url === undefined || accessCode === undefined ? undefined : { url, accessCode };
}
