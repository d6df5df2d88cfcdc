import type { BotCall } from "../../core/engine.ts";
import { BotLane, botCallKey } from "./bot-lane.ts";
import type { ChannelEndpoints } from "./channel-endpoints.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { submitPatiently, untilAnswered } from "./patient-submission.ts";

/** Gives customers' messages to the tenants' chatbots and brings back what they say (DOMAIN 3.15). */
export class Chatbots {
  readonly #context: DeliveryContext;
  readonly #endpoints: ChannelEndpoints;
  /** Calls whose bot is being looked up, by `botCallKey`. */
  readonly #finding = new Set<string>();
  /** By URL and tenant. */
  readonly #lanes = new Map<string, BotLane>();
  #cancelAlarm: () => void = () => undefined;

  constructor(context: DeliveryContext, endpoints: ChannelEndpoints) {
    this.#context = context;
    this.#endpoints = endpoints;
  }

  /** Give this message to its bot. */
  call(call: BotCall): void {
    const key = botCallKey(call);
    if (this.#context.stopping.aborted || this.#finding.has(key)) return;
    this.#finding.add(key);
    this.#context.tasks.run("find a bot", async () => {
      try {
        await this.#find(call);
      } finally {
        this.#finding.delete(key);
      }
    });
  }

  /** Make every call that has no answer yet: after a start, and now and then in case one was missed. */
  look(): void {
    this.#cancelAlarm();
    const { deliveryLookMs } = this.#context.limits;
    this.#cancelAlarm = this.#context.time.after(deliveryLookMs, () => this.look());
    this.#context.tasks.run("look for calls of bots", async () => {
      const { routing } = this.#context;
      const ask = () => routing.query({ type: "botCalls" });
      for (const call of (await untilAnswered(this.#context, ask)) ?? []) this.call(call);
    });
  }

  close(): void {
    this.#cancelAlarm();
    for (const lane of this.#lanes.values()) lane.close();
  }

  async #find(call: BotCall): Promise<void> {
    const endpoints = await this.#endpoints.of(call.tenant);
    if (this.#context.stopping.aborted) return;
    const chatbot = endpoints.find(({ channel }) => channel === call.channel)?.chatbot;
    if (chatbot === undefined) await this.#failForWantOfBot(call);
    else this.#laneOf(call.tenant, chatbot.url).add(call, chatbot.accessCode);
  }

  #laneOf(tenant: string, url: string): BotLane {
    const key = `${url} ${tenant}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new BotLane(url, this.#context, () => this.look());
    this.#lanes.set(key, lane);
    return lane;
  }

  /** The configuration no longer has the bot that the conversation was given to. */
  async #failForWantOfBot({ tenant, conversation, message }: BotCall): Promise<void> {
    this.#context.metrics.botCalls.inc({ outcome: "bot_unreachable" });
    const reason = "bot_unreachable";
    const command = { type: "failBot", tenant, conversation, message, reason } as const;
    await submitPatiently(this.#context, command);
  }
}
