import pino from "pino";
import type { DeliveryLimits } from "../../../worker/delivery/delivery-limits.ts";
import { type Delivery, createDelivery } from "../../../worker/delivery/delivery.ts";
import { ManualTime } from "./manual-time.ts";
import { OutboxRouting } from "./outbox-routing.ts";

/** `whsec_` and the base64 of 24 bytes, as Standard Webhooks writes secrets. */
export const pushSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Delivery over an outbox in memory, with time in the test's hands. */
export class Scene implements AsyncDisposable {
  readonly routing: OutboxRouting;
  readonly time = new ManualTime();
  /** The secrets folder. */
  readonly secrets: Map<string, string>;
  readonly delivery: Delivery;

  /**
   * Waits are half of their upper end, a request may take for ever, and nothing is looked at
   * without a word, unless `limits` or `random` say otherwise.
   */
  constructor(
    limits: Partial<DeliveryLimits> = {},
    { routing = new OutboxRouting(), random = (): number => 0.5 } = {},
  ) {
    this.routing = routing;
    this.secrets = new Map([
      ["push", pushSecret],
      ["bot", "open-sesame"],
    ]);
    this.delivery = createDelivery({
      routing,
      secrets: { value: (name) => this.secrets.get(name) },
      logger: pino({ level: "silent" }),
      limits: { pushTimeoutMs: 1e9, botTimeoutMs: 1e9, deliveryLookMs: 1e9, ...limits },
      time: this.time,
      random,
    });
  }

  /** Delivery that was started, with channels that push to these URLs. */
  static started(
    urls: Readonly<Record<string, string>>,
    limits?: Partial<DeliveryLimits>,
    options?: { readonly routing?: OutboxRouting; readonly random?: () => number },
  ): Scene {
    const scene = new Scene(limits, options);
    for (const [channel, url] of Object.entries(urls)) {
      scene.routing.configure(channel, { push: { url, secret: "push" } });
    }
    scene.delivery.start();
    return scene;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.delivery.stop(0);
    // Nothing that a test has left under way is waited for.
    this.time.advance(2000);
    await stopped;
  }
}
