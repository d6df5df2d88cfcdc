import { resolveConfiguration } from "../core/configuration/resolve.ts";
import { createEngine } from "../core/index.ts";
import type {
  CalendarPlan,
  Command,
  ConversationId,
  Engine,
  EngineLimits,
  Event,
  Result,
} from "../core/index.ts";

/** When every desk opens. */
export const startAt = 1_772_443_200_000;
export const tenant = "bench";

/** What a message says beside its number. */
export interface Writing {
  readonly queue?: string;
  readonly channel?: string;
  /** @defaultValue somebody who never wrote before */
  readonly customer?: string;
}

/** Who was given what. */
export interface Given {
  readonly conversation: ConversationId;
  readonly agent: string;
}

/**
 * An engine with one tenant, driven by commands at an instant that only moves when told to. What is
 * refused is an error, so that no benchmark measures refusals.
 */
export class EngineDesk {
  engine: Engine;
  at = startAt;
  /** Of the last command. */
  readonly events: Event[] = [];
  messageCount = 0;
  #hash = 0;

  /** @param document the tenant's, as people write it */
  constructor(
    document: object,
    options: { limits?: Partial<EngineLimits>; plans?: readonly CalendarPlan[] } = {},
  ) {
    const { limits = {}, plans = [] } = options;
    const resolved = resolveConfiguration(document);
    if ("violations" in resolved) throw new Error(JSON.stringify(resolved.violations));
    const { configuration } = resolved;
    this.engine = createEngine(limits);
    this.apply({ type: "configureTenant", at: this.at, tenant, configuration, plans });
  }

  apply(command: Command): Result {
    this.events.length = 0;
    const result = this.engine.apply(command, this.events);
    if (result.status === "rejected") throw new Error(`${command.type}: ${result.code}`);
    for (const event of this.events) {
      if (event.type !== "conversationAssigned") continue;
      this.#hash = (Math.imul(this.#hash, 31) + event.conversation) | 0;
      for (let index = 0; index < event.agent.length; index += 1) {
        this.#hash = (Math.imul(this.#hash, 31) + event.agent.charCodeAt(index)) | 0;
      }
    }
    return result;
  }

  /** A customer writes; answers the conversation's number. */
  write({ queue, channel = "web", customer }: Writing = {}): ConversationId {
    this.messageCount += 1;
    const id = `message-${this.messageCount}`;
    const result = this.apply({
      type: "receiveMessage",
      at: this.at,
      tenant,
      id,
      channel,
      customer: customer ?? `customer-${this.messageCount}`,
      ...(queue !== undefined && { skillQueue: queue }),
      content: "{}",
    });
    if (result.status !== "accepted") throw new Error(result.status);
    return result.conversation;
  }

  /** The owner answers, and is the customer's last agent from then on. */
  reply({ conversation, agent }: Given): void {
    this.messageCount += 1;
    const id = `message-${this.messageCount}`;
    const { at } = this;
    this.apply({ type: "writeMessage", at, tenant, conversation, id, agent, content: "{}" });
  }

  present(agent: string, status: "available" | "away" | "offline" = "available"): void {
    this.apply({ type: "setPresence", at: this.at, tenant, agent, status });
  }

  close({ conversation, agent }: Given): void {
    this.apply({ type: "closeConversation", at: this.at, tenant, conversation, agent });
  }

  /** One turn of what is due now; whether more is. */
  tick(): boolean {
    const result = this.apply({ type: "tick", at: this.at });
    return result.status === "ticked" && result.more;
  }

  /** What the last command gave to whom. */
  given(): Given[] {
    return this.events.filter((event) => event.type === "conversationAssigned");
  }

  /** Of who was given what so far, in order. */
  resultHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }
}

/** Ids `stem-0`, `stem-1`, … */
export function ids(stem: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${stem}-${index}`);
}
