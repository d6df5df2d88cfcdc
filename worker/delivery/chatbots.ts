import type { BotCall } from "../../core/engine.ts";
import { BotLane, botCallKey } from "./bot-lane.ts";
import type { ChannelEndpoint, ChannelEndpoints } from "./channel-endpoints.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { submitPatiently, untilAnswered } from "./patient-submission.ts";

/** Gives customers' messages to the tenants' chatbots and brings back what they say (DOMAIN 3.15). */
export class Chatbots {
  readonly #context: DeliveryContext;
  readonly #endpoints: ChannelEndpoints;
  /** Calls whose bot is being looked up, by `botCallKey`. */
  readonly #finding = new Set<string>();
  /** By tenant and URL. */
  readonly #lanes = new Map<string, Map<string, BotLane>>();
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

  /** The tenant may have other bots now, to which goes what still waits. */
  configure(tenant: string): void {
    for (const lane of this.#lanes.get(tenant)?.values() ?? []) {
      for (const call of lane.takeWaiting()) this.call(call);
    }
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
    for (const lanes of this.#lanes.values()) for (const lane of lanes.values()) lane.close();
  }

  async #find(call: BotCall): Promise<void> {
    const { tenant, channel } = call;
    const chatbot =
      (await this.#chatbotOf(tenant, channel)) ??
      (await this.#chatbotOf(tenant, await this.#presentChannel(call)));
    if (this.#context.stopping.aborted || this.#isUnderWay(call)) return;
    if (chatbot === undefined) await this.#failForWantOfBot(call);
    else this.#laneOf(tenant, chatbot.url).add(call, chatbot.accessCode);
  }

  async #chatbotOf(tenant: string, of: string): Promise<ChannelEndpoint["chatbot"] | undefined> {
    const endpoints = await this.#endpoints.of(tenant);
    return endpoints.find(({ channel }) => channel === of)?.chatbot;
  }

  /** The conversation's: another one may go on in place of its channel since it was asked for. */
  async #presentChannel({ tenant, conversation, channel }: BotCall): Promise<string> {
    const ask = () => this.#context.routing.query({ type: "conversation", tenant, conversation });
    const view = await untilAnswered(this.#context, ask);
    return view?.channel ?? channel;
  }

  /** With a bot of before as well: nobody is to answer a message while another one does. */
  #isUnderWay(call: BotCall): boolean {
    return [...(this.#lanes.get(call.tenant)?.values() ?? [])].some((lane) => lane.has(call));
  }

  #laneOf(tenant: string, url: string): BotLane {
    const lanes = this.#lanes.get(tenant) ?? new Map<string, BotLane>();
    this.#lanes.set(tenant, lanes);
    const lane = lanes.get(url) ?? new BotLane(url, this.#context, () => this.look());
    lanes.set(url, lane);
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
