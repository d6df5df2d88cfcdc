import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";

/** Messages that come whether or not those before are done: an open loop. */
export interface EvenMessages {
  readonly origin: string;
  readonly perSecond: number;
  readonly tenant: string;
  /** Number of the first customer; each message is another's. */
  readonly first: number;
  /** Asked before each, with how many were sent. */
  readonly isOver: (sent: number) => boolean;
  /** @param ms from the instant at which it was to be sent until it was answered */
  readonly answered: (ms: number, dueAt: number) => void;
}

/** Before the number of each customer. */
export const evenCustomers = "even-";

/**
 * Send them at even intervals; answers `performance.now()` of when the first was due. Errors: the
 * first answer that is not 202.
 */
export async function sendEvenly(messages: EvenMessages): Promise<number> {
  const { origin, perSecond, first, isOver } = messages;
  const pool = new Pool(origin, { connections: 64 });
  const beginning = performance.now() + 10;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (let sent = 0; !isOver(sent) && failures.length === 0; sent += 1) {
    const dueAt = beginning + (sent * 1_000) / perSecond;
    // A timer takes a millisecond at least: who is late must not wait for one.
    if (dueAt > performance.now()) await pause(dueAt - performance.now());
    else await nextTurn();
    const sending = sendOne(pool, `${evenCustomers}${first + sent}`, dueAt, messages)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
  }
  await Promise.all(underWay);
  await pool.close();
  if (failures.length > 0) throw failures[0];
  return beginning;
}

async function sendOne(
  pool: Pool,
  customer: string,
  dueAt: number,
  { tenant, answered }: EvenMessages,
): Promise<void> {
  const response = await pool.request({
    path: `/v1/tenants/${tenant}/messages`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: customer, channel: "web", customer, text: "Is it on its way?" }),
  });
  const text = await response.body.text();
  if (response.statusCode !== 202) throw new Error(`${response.statusCode}: ${text}`);
  answered(performance.now() - dueAt, dueAt);
}
