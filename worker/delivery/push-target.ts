import type { CustomerEntry } from "../shards/routing.ts";
import type { EndpointPool } from "./bounded-request.ts";
import type { ChannelEndpoint } from "./channel-endpoints.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { pushMessage, webhookId } from "./push-message.ts";
import type { PushOutcome } from "./push-outcome.ts";
import { requestPush } from "./push-request.ts";
import { signingKeys } from "./signature.ts";

export type PushSettings = NonNullable<ChannelEndpoint["push"]>;

/** The endpoint that a channel pushes to, with its connections and its circuit. */
export class PushTarget {
  readonly settings: PushSettings;
  readonly breaker: CircuitBreaker;
  readonly #url: URL;
  readonly #pool: EndpointPool;
  readonly #context: DeliveryContext;

  constructor(settings: PushSettings, context: DeliveryContext) {
    const { limits } = context;
    this.settings = settings;
    this.#context = context;
    this.#url = new URL(settings.url);
    this.#pool = context.connect(this.#url, limits.pushConcurrencyMax);
    this.breaker = new CircuitBreaker({
      failures: limits.pushCircuitFailures,
      openMs: limits.pushCircuitOpenMs,
      openMaxMs: limits.pushCircuitOpenMaxMs,
    });
  }

  /** Make one attempt, and tell the circuit how it went. */
  async push(entry: CustomerEntry): Promise<PushOutcome> {
    const { metrics, time } = this.#context;
    const { pass } = this.breaker;
    const startedAtMs = time.nowMs();
    metrics.pushesInFlight.inc();
    const outcome = await this.#request(entry);
    metrics.pushesInFlight.dec();
    metrics.pushSeconds.observe((time.nowMs() - startedAtMs) / 1000);
    metrics.pushes.inc({ outcome: "reason" in outcome ? outcome.reason : outcome.kind });
    this.#tellBreaker(outcome, pass, entry);
    return outcome;
  }

  /** Give the connections back when what is in flight has ended. */
  close(): void {
    this.#context.tasks.run("close connections", () => this.#pool.close());
  }

  async #request(entry: CustomerEntry): Promise<PushOutcome> {
    const { limits, secrets, time, aborting } = this.#context;
    const secret = secrets.value(this.settings.secret);
    const keys = secret === undefined ? undefined : signingKeys(secret);
    // Nothing leaves unsigned, so this waits until somebody has put the secret right.
    if (keys === undefined) return { kind: "failed", reason: "push_secret_unusable" };
    const body = JSON.stringify(pushMessage(entry));
    const attempt = { url: this.#url, keys, id: webhookId(entry), body };
    return requestPush(this.#pool, attempt, limits, time, aborting);
  }

  #tellBreaker(outcome: PushOutcome, pass: number, entry: CustomerEntry): void {
    const { logger, metrics, time } = this.#context;
    if (outcome.kind === "stopped") return;
    if (outcome.kind !== "failed") {
      this.breaker.succeeded();
      return;
    }
    this.breaker.failed(time.nowMs(), pass, entry.conversation, outcome.retryAfterMs);
    if (this.breaker.pass === pass) return;
    metrics.circuitsOpened.inc();
    const { tenant, channel } = entry;
    logger.warn({ tenant, channel, reason: outcome.reason }, "push endpoint does not work");
  }
}
