import type { Dispatcher } from "undici";
import { retryAfterMs } from "./backoff.ts";
import { type EndpointPool, discard, postBounded } from "./bounded-request.ts";
import type { DeliveryLimits } from "./delivery-limits.ts";
import { type PushOutcome, outcomeOfStatus } from "./push-outcome.ts";
import type { RealTime } from "./real-time.ts";
import { webhookSignature } from "./signature.ts";

/** One attempt to push one entry. */
export interface PushAttempt {
  readonly url: URL;
  readonly keys: readonly Uint8Array[];
  /** The same in each attempt for one entry. */
  readonly id: string;
  readonly body: string;
}

/**
 * Make one attempt. The status alone decides; a 2xx counts from the moment it has arrived, and the
 * rest of the answer is dropped.
 */
export async function requestPush(
  pool: EndpointPool,
  attempt: PushAttempt,
  limits: DeliveryLimits,
  time: RealTime,
  aborting: AbortSignal,
): Promise<PushOutcome> {
  const { url, keys, id, body } = attempt;
  const timestamp = Math.floor(time.wallMs() / 1000);
  const post = {
    path: url.pathname + url.search,
    headers: {
      "content-type": "application/json",
      "user-agent": "nightdesk",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": webhookSignature(keys, id, timestamp, body),
    },
    body,
    timeoutMs: limits.pushTimeoutMs,
  };
  const outcome = await postBounded(pool, post, time, aborting, async (response, signal) => {
    await discard(response, limits.pushAnswerBytesMax, signal);
    return withRetryAfter(outcomeOfStatus(response.statusCode), response, limits, time);
  });
  switch (outcome.kind) {
    case "timed-out":
      return { kind: "failed", reason: "push_timed_out" };
    case "unreachable":
      return { kind: "failed", reason: "push_unreachable" };
    case "sent":
    case "gone":
    case "refused":
    case "failed":
    case "stopped":
      return outcome;
  }
}

function withRetryAfter(
  outcome: PushOutcome,
  { headers }: Dispatcher.ResponseData,
  limits: DeliveryLimits,
  time: RealTime,
): PushOutcome {
  if (outcome.kind !== "failed" && outcome.kind !== "refused") return outcome;
  const header = headers["retry-after"];
  const asked = retryAfterMs(typeof header === "string" ? header : header?.[0], time.wallMs());
  if (asked === undefined) return outcome;
  return { ...outcome, retryAfterMs: Math.min(asked, limits.pushRetryAfterMaxMs) };
}
