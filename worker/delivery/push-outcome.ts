/** Why an entry was not delivered by push: `deliveryReason` of a failed entry; docs/errors.md. */
export const pushFailureCodes = [
  "push_unreachable",
  "push_timed_out",
  "push_redirected",
  "push_not_accepted",
  "push_server_error",
  "push_refused",
  "push_gone",
  "push_secret_unusable",
  "push_retries_full",
] as const;
export type PushFailureCode = (typeof pushFailureCodes)[number];

/**
 * What one attempt came to.
 *
 * - `sent`: a 2xx. The endpoint has taken the entry over.
 * - `gone`: 410. The endpoint wants this entry no more; it is given up at once.
 * - `refused`: the endpoint works but does not take this content; tried a few times.
 * - `failed`: the endpoint does not work, or nothing could be sent to it; tried for long.
 * - `stopped`: delivery stops. Nothing is known, and it is sent again after the next start.
 */
export type PushOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "gone"; readonly reason: PushFailureCode }
  | PushTrouble
  | { readonly kind: "stopped" };

/** An attempt after which another one may follow. */
export interface PushTrouble {
  readonly kind: "refused" | "failed";
  readonly reason: PushFailureCode;
  /** What the endpoint's `Retry-After` asks for. */
  readonly retryAfterMs?: number;
}

/** Statuses that speak of the entry's content; every other failure is the endpoint's. */
const refusals = new Set([400, 409, 413, 415, 422]);

/** What a status means, without its `Retry-After`. */
export function outcomeOfStatus(status: number): PushOutcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status === 410) return { kind: "gone", reason: "push_gone" };
  if (refusals.has(status)) return { kind: "refused", reason: "push_refused" };
  return { kind: "failed", reason: reasonOfStatus(status) };
}

function reasonOfStatus(status: number): PushFailureCode {
  if (status >= 500) return "push_server_error";
  return status >= 400 ? "push_not_accepted" : "push_redirected";
}
