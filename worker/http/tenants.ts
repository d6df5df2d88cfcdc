import type { ConversationId } from "../../core/commands.ts";
import type { ConfigurationView } from "../../core/engine.ts";
import type { Routing } from "../shards/routing.ts";
import { Problem } from "./problems.ts";
import { parseConversation, parseSequence } from "./wire.ts";

/** What a tenant has, as far as ids in a request are looked up. */
export interface KnownTenant {
  /** Of its configuration. */
  readonly revision: number;
  readonly channels: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
  readonly skillQueues: ReadonlySet<string>;
}

/** Ids found in the path or the body of a request; those that are there must exist. */
export interface RequestedIds {
  readonly tenant?: string;
  readonly channel?: string;
  readonly agent?: string;
  readonly skillQueue?: string;
  readonly conversation?: string;
  readonly entry?: string;
}

const tenantsRememberedMax = 10_000;

/** Knows which ids exist, asking a partition once for each configuration of a tenant. */
export class Tenants {
  readonly #routing: Routing;
  readonly #known = new Map<string, KnownTenant>();
  readonly #unsubscribe: readonly (() => void)[];
  /** Grows with every change, so that an answer that was on its way meanwhile is not kept. */
  #changeCount = 0;

  constructor(routing: Routing) {
    this.#routing = routing;
    this.#unsubscribe = [
      routing.onActivity(({ tenant, configured }) => {
        if (configured) this.forget(tenant);
      }),
      // One of them may have been configured anew.
      routing.onRecovery(() => this.#forgetAll()),
    ];
  }

  /** Problems: `unknown_tenant`. */
  async find(tenant: string): Promise<KnownTenant> {
    const known = this.#known.get(tenant);
    if (known !== undefined) return known;
    const changeCount = this.#changeCount;
    const view = await this.#routing.query({ type: "configuration", tenant });
    if (view === undefined) throw unknown("tenant", tenant);
    const found = knownTenant(view);
    if (changeCount === this.#changeCount) this.#remember(tenant, found);
    return found;
  }

  /** The tenant was configured anew. */
  forget(tenant: string): void {
    this.#changeCount += 1;
    this.#known.delete(tenant);
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /**
   * Refuses a request for the first id that does not exist, in the order of `rejectionCodes`.
   *
   * Problems: `unknown_tenant`, `unknown_channel`, `unknown_agent`, `unknown_skill_queue`,
   * `unknown_conversation`, `unknown_entry`.
   */
  async require(ids: RequestedIds): Promise<void> {
    const { tenant, channel, agent, skillQueue, conversation, entry } = ids;
    if (tenant === undefined) return;
    const known = await this.find(tenant);
    if (channel !== undefined && !known.channels.has(channel)) throw unknown("channel", channel);
    if (agent !== undefined && !known.agents.has(agent)) throw unknown("agent", agent);
    if (skillQueue !== undefined && !known.skillQueues.has(skillQueue)) {
      throw unknown("skill_queue", skillQueue);
    }
    if (conversation !== undefined) await this.#requireConversation(tenant, conversation);
    if (entry !== undefined) await this.findEntry(tenant, channel, entry);
  }

  /**
   * The number of the conversation that a path names, if it can be one; whether there is such a
   * conversation is seen where it is used. Problems: `unknown_tenant`, `unknown_conversation`.
   */
  async conversationNumber(tenant: string, id: string): Promise<ConversationId> {
    return parseConversation(id) ?? this.refuseConversation(tenant, id);
  }

  /** Why a conversation was not found. Problems: `unknown_tenant`, `unknown_conversation`. */
  async refuseConversation(tenant: string, id: string): Promise<never> {
    await this.find(tenant);
    throw unknown("conversation", id);
  }

  /** An entry of a channel by its id on the wire. Problems: `unknown_entry`. */
  async findEntry(tenant: string, channel: string | undefined, id: string) {
    const sequence = parseSequence(id);
    const entry =
      sequence === undefined
        ? undefined
        : await this.#routing.query({ type: "entry", tenant, entry: sequence });
    if (entry === undefined || entry.channel !== channel) throw unknown("entry", id);
    return entry;
  }

  async #requireConversation(tenant: string, id: string): Promise<void> {
    const conversation = parseConversation(id);
    const view =
      conversation === undefined
        ? undefined
        : await this.#routing.query({ type: "conversation", tenant, conversation });
    if (view === undefined) throw unknown("conversation", id);
  }

  #forgetAll(): void {
    this.#changeCount += 1;
    this.#known.clear();
  }

  #remember(tenant: string, found: KnownTenant): void {
    if (this.#known.size >= tenantsRememberedMax) this.#known.clear();
    this.#known.set(tenant, found);
  }
}

function knownTenant({ revision, configuration }: ConfigurationView): KnownTenant {
  const idsOf = (items: readonly { readonly id: string }[]) => new Set(items.map(({ id }) => id));
  return {
    revision,
    channels: idsOf(configuration.channels),
    agents: idsOf(configuration.agents),
    skillQueues: idsOf(configuration.skillQueues),
  };
}

type Kind = "tenant" | "channel" | "agent" | "skill_queue" | "conversation" | "entry";

export function unknown(kind: Kind, id: string): Problem {
  const shown = id.length > 200 ? `${id.slice(0, 200)}…` : id;
  return new Problem(`unknown_${kind}`, `There is no ${kind.replace("_", " ")} ${shown}.`);
}
