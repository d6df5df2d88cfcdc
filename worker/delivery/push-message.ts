import { type WireEntry, wireEntry, wireSequence, wireTime } from "../http/wire.ts";
import type { CustomerEntry } from "../shards/routing.ts";

/**
 * The body of a push: `{ type, timestamp, data }` of Standard Webhooks, and beside them for whom it
 * is. `data` is the entry just as a poll answers it.
 */
export interface PushMessage {
  /** `entry.` and the entry's kind. */
  readonly type: `entry.${CustomerEntry["kind"]}`;
  /** When the entry was made, by the host's clock. */
  readonly timestamp: string;
  readonly tenant: string;
  readonly channel: string;
  /** The address; null once erased. */
  readonly customer: string | null;
  readonly data: WireEntry;
}

export function pushMessage(entry: CustomerEntry): PushMessage {
  return {
    type: `entry.${entry.kind}`,
    timestamp: wireTime(entry.at),
    tenant: entry.tenant,
    channel: entry.channel,
    customer: entry.customer ?? null,
    data: wireEntry(entry),
  };
}

/**
 * The `webhook-id` of an entry: the same in every attempt, after a restart and when it is sent
 * again, and different for every other entry of this worker. It has no full stop, which separates
 * what is signed.
 */
export function webhookId(entry: CustomerEntry): string {
  const tenant = encodeURIComponent(entry.tenant).replaceAll(".", "%2E");
  return `${tenant}-${wireSequence(entry.sequence)}`;
}
