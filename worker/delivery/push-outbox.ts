import type { ConversationId } from "../../core/commands.ts";
import type { CustomerEntry } from "../shards/routing.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { submitPatiently } from "./patient-submission.ts";
import type { PushFailureCode } from "./push-outcome.ts";

/** What became of an entry, as far as push knows. */
export type PushResult =
  | { readonly status: "sent" }
  | { readonly status: "failed"; readonly reason: PushFailureCode };

/** The entries of one channel that wait to be pushed. */
export class PushOutbox {
  readonly #tenant: string;
  readonly #channel: string;
  readonly #context: DeliveryContext;

  constructor(tenant: string, channel: string, context: DeliveryContext) {
    this.#tenant = tenant;
    this.#channel = channel;
    this.#context = context;
  }

  /** The first entry of at most `limit` conversations, oldest first, without those of `except`. */
  async heads(except: readonly ConversationId[], limit: number): Promise<readonly CustomerEntry[]> {
    const entries = await this.#context.routing.query({
      type: "outbox",
      tenant: this.#tenant,
      channel: this.#channel,
      except,
      limit,
    });
    const heads = new Map<ConversationId, CustomerEntry>();
    for (const entry of entries) {
      if (!heads.has(entry.conversation)) heads.set(entry.conversation, entry);
    }
    return [...heads.values()];
  }

  /** The entry as it is now, undefined unless it still waits to be pushed. */
  async waiting(sequence: number): Promise<CustomerEntry | undefined> {
    const tenant = this.#tenant;
    const entry = await this.#context.routing.query({ type: "entry", tenant, entry: sequence });
    return entry?.delivery === "pending" ? entry : undefined;
  }

  /** Resolves with whether it is durable; false where routing refused it or delivery stopped. */
  async record(sequence: number, result: PushResult): Promise<boolean> {
    const { logger } = this.#context;
    const place = { tenant: this.#tenant, channel: this.#channel, entry: sequence };
    if (result.status === "failed") {
      logger.warn({ ...place, reason: result.reason }, "push given up, the entry can be polled");
      this.#context.metrics.givenUp.inc({ reason: result.reason });
    }
    const answer = await submitPatiently(this.#context, {
      type: "recordDelivery",
      ...place,
      ...result,
    });
    if (answer?.status === "rejected") {
      logger.error({ ...place, code: answer.code }, "what became of a push was not taken");
    }
    return answer !== undefined && answer.status !== "rejected";
  }
}
