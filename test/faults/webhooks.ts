import type { Dispatcher } from "undici";
import type { EndpointPool } from "../../worker/delivery/bounded-request.ts";
import type { PushMessage } from "../../worker/delivery/push-message.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/**
 * What becomes of one request.
 *
 * - `taken`: it arrives, and the answer says so
 * - `failed`: it arrives nowhere, and the answer says so
 * - `silent`: it arrives nowhere, and nobody answers
 * - `unanswered`: it arrives, and nobody answers
 * - `unreachable`: there is no connection
 */
export type Fate = "taken" | "failed" | "silent" | "unanswered" | "unreachable";

/** The channels' endpoints, and the network before them. */
export class Webhooks {
  /** Of the next request. */
  fate: () => Fate = () => "taken";
  /** Of the next answer. */
  latencyMs: () => number = () => 0;
  /** A request arrived. */
  onArrival: (message: PushMessage) => void = () => undefined;
  requests = 0;

  /** Connections of one life of the worker; when it is over nobody hears an answer. */
  connect(time: SimulatedTime): EndpointPool {
    return {
      request: async ({ body, signal }) => {
        if (typeof body !== "string") throw new TypeError("a push has a text");
        this.requests += 1;
        const fate = this.fate();
        if (fate === "taken" || fate === "unanswered") {
          this.onArrival(JSON.parse(body) as PushMessage);
        }
        const { promise, resolve, reject } = Promise.withResolvers<Dispatcher.ResponseData>();
        if (signal instanceof AbortSignal) {
          signal.addEventListener("abort", () => reject(new Error("broken off")), { once: true });
        }
        if (fate === "unreachable") reject(new Error("nobody listens"));
        if (fate === "taken" || fate === "failed") {
          const statusCode = fate === "taken" ? 204 : 503;
          time.after(this.latencyMs(), () => resolve(answer(statusCode)));
        }
        return promise;
      },
      close: () => Promise.resolve(),
    };
  }
}

/** As much of an answer as delivery looks at. */
function answer(statusCode: number): Dispatcher.ResponseData {
  const body = { dump: () => Promise.resolve() };
  return { statusCode, headers: {}, body } as unknown as Dispatcher.ResponseData;
}
