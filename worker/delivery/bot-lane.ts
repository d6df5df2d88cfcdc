import type { BotCall } from "../../core/engine.ts";
import type { BotFailure } from "../../core/reasons.ts";
import { contentOf } from "../http/wire.ts";
import type { BotMessage } from "../shards/routing.ts";
import type { BotAnswer } from "./bot-answer.ts";
import { type BotOutcome, requestBot } from "./bot-request.ts";
import type { EndpointPool } from "./bounded-request.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { submitPatiently, untilAnswered } from "./patient-submission.ts";

/**
 * Calls one bot of one tenant, a bounded number of calls at a time, in the order in which they were
 * asked for. That the next message of a conversation comes after the answer to the one before is
 * the engine's doing: it asks for one call of a conversation at a time.
 */
export class BotLane {
  readonly #context: DeliveryContext;
  readonly #url: URL;
  readonly #pool: EndpointPool;
  readonly #onRoom: () => void;
  /** By `botCallKey`, in order; a call is in one of the two. */
  readonly #waiting = new Map<string, { readonly call: BotCall; readonly accessCode: string }>();
  readonly #inFlight = new Set<string>();
  #overflowed = false;

  /** @param onRoom called when there is room again after a call was not taken */
  constructor(url: string, context: DeliveryContext, onRoom: () => void) {
    this.#context = context;
    this.#url = new URL(url);
    this.#pool = context.connect(this.#url, context.limits.botConcurrencyMax);
    this.#onRoom = onRoom;
  }

  /** Whether this message waits or is under way. */
  has(call: BotCall): boolean {
    const key = botCallKey(call);
    return this.#waiting.has(key) || this.#inFlight.has(key);
  }

  /** Give this message to the bot. `accessCode` is a secret's name. */
  add(call: BotCall, accessCode: string): void {
    const key = botCallKey(call);
    if (this.#waiting.size >= this.#context.limits.botCallsWaitingMax) {
      this.#overflowed = true;
      return;
    }
    this.#waiting.set(key, { call, accessCode });
    this.#begin();
  }

  /** Give up the calls that wait: their conversations may have another bot now. */
  takeWaiting(): readonly BotCall[] {
    const calls = [...this.#waiting.values()].map(({ call }) => call);
    this.#waiting.clear();
    this.#askForMore();
    return calls;
  }

  /** Begin nothing more. */
  close(): void {
    this.#waiting.clear();
    this.#context.tasks.run("close connections", () => this.#pool.close());
  }

  #begin(): void {
    for (const [key, { call, accessCode }] of this.#waiting) {
      if (this.#inFlight.size >= this.#context.limits.botConcurrencyMax) return;
      this.#waiting.delete(key);
      this.#inFlight.add(key);
      this.#context.tasks.run("call a bot", async () => {
        try {
          await this.#give(call, accessCode);
        } finally {
          this.#inFlight.delete(key);
          this.#begin();
        }
      });
    }
    this.#askForMore();
  }

  /** Whoever was not taken is to come again once nobody waits. */
  #askForMore(): void {
    if (!this.#overflowed || this.#waiting.size > 0) return;
    this.#overflowed = false;
    this.#onRoom();
  }

  async #give(call: BotCall, accessCode: string): Promise<void> {
    const message = await this.#messageOf(call);
    if (message === undefined) return;
    const { metrics, time } = this.#context;
    const startedAtMs = time.nowMs();
    const outcome = await this.#request(message, accessCode);
    if (outcome.kind === "stopped") return;
    metrics.botSeconds.observe((time.nowMs() - startedAtMs) / 1000);
    if (outcome.kind === "answered") await this.#answer(call, outcome.answer);
    else await this.#fail(call, outcome.reason, outcome.detail);
  }

  /** The message, if its answer is still waited for: the conversation may have gone on meanwhile. */
  async #messageOf({ tenant, conversation, message }: BotCall): Promise<BotMessage | undefined> {
    const { routing } = this.#context;
    const ask = () => routing.query({ type: "botMessage", tenant, conversation, message });
    return untilAnswered(this.#context, ask);
  }

  async #request(message: BotMessage, accessCodeName: string): Promise<BotOutcome> {
    const { limits, secrets, time, aborting } = this.#context;
    const accessCode = secrets.value(accessCodeName);
    // Only what a header can carry; anything else would be refused far from its cause.
    if (accessCode === undefined || !/^[\x21-\x7E]+$/u.test(accessCode)) {
      const detail = `no usable access code in the secret ${accessCodeName}`;
      return { kind: "failed", reason: "bot_unreachable", detail };
    }
    const request = { url: this.#url, accessCode, message };
    return requestBot(this.#pool, request, limits, time, aborting);
  }

  async #answer(call: BotCall, { replies, handoff, close }: BotAnswer): Promise<void> {
    const { tenant, conversation, message } = call;
    const result = await submitPatiently(this.#context, {
      type: "answerFromBot",
      tenant,
      conversation,
      message,
      replies: replies?.map(({ text }) => contentOf({ text })) ?? [],
      ...(handoff !== undefined && { handOff: true }),
      ...(typeof handoff === "object" && { skillQueue: handoff.skillQueue }),
      ...(close === true && { close }),
    });
    if (result?.status === "rejected" && result.code === "unknown_skill_queue") {
      await this.#fail(call, "bot_malformed", result.detail);
      return;
    }
    // Any other refusal means that the conversation has left the bot meanwhile.
    this.#context.metrics.botCalls.inc({ outcome: "answered" });
  }

  async #fail(call: BotCall, reason: BotFailure, detail: unknown): Promise<void> {
    const { logger, metrics } = this.#context;
    const { tenant, channel, conversation, message } = call;
    logger.warn(
      { tenant, channel, conversation, reason, detail },
      "a bot failed, people take over",
    );
    metrics.botCalls.inc({ outcome: reason });
    const command = { type: "failBot", tenant, conversation, message, reason } as const;
    await submitPatiently(this.#context, command);
  }
}

/** The same for the same message of the same conversation. */
export function botCallKey({ tenant, conversation, message }: BotCall): string {
  return `${tenant} ${conversation} ${message}`;
}
