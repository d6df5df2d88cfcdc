import { setTimeout as wait } from "node:timers/promises";
import type { Answer, RawClient } from "./raw-client.ts";

/** What a stretch of load came to. */
export interface Outcome {
  readonly accepted: readonly string[];
  readonly acceptedMs: readonly number[];
  readonly refusedMs: readonly number[];
  readonly refusedWithoutRetryAfter: number;
  /** By status: whatever is neither. */
  readonly others: Readonly<Record<number, number>>;
  readonly seconds: number;
}

/** New messages of a fixed number of customers, who wait for an agent. */
export class Messages {
  readonly #host: string;
  readonly #tenant: string;
  readonly #customers: number;
  #count = 0;

  constructor(url: string, tenant: string, customers: number) {
    this.#host = new URL(url).host;
    this.#tenant = tenant;
    this.#customers = customers;
  }

  next(): { readonly id: string; readonly bytes: string } {
    this.#count += 1;
    const id = `m-${this.#count}`;
    const customer = `c-${this.#count % this.#customers}`;
    const body = JSON.stringify({ id, channel: "web", customer, text: "Is anybody there?" });
    const head =
      `POST /v1/tenants/${this.#tenant}/messages HTTP/1.1\r\nhost: ${this.#host}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    return { id, bytes: head + body };
  }
}

/** So many requests are always under way: as much as it takes. */
export async function closedLoop(
  client: RawClient,
  messages: Messages,
  underWay: number,
  seconds: number,
): Promise<Outcome> {
  const tally = new Tally();
  const endsAt = performance.now() + seconds * 1000;
  const next = (): void => {
    if (performance.now() < endsAt) tally.send(client, messages, performance.now(), next);
  };
  for (let count = 0; count < underWay; count += 1) next();
  await wait(seconds * 1000);
  return tally.outcome();
}

/** Requests come at a fixed rate, whatever becomes of those before. */
export async function openLoop(
  client: RawClient,
  messages: Messages,
  perSecond: number,
  seconds: number,
): Promise<Outcome> {
  const tally = new Tally();
  const beganAt = performance.now();
  const total = Math.round(perSecond * seconds);
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, ((performance.now() - beganAt) / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      tally.send(client, messages, beganAt + (sent / perSecond) * 1000);
    }
    await wait(1);
  }
  return tally.outcome();
}

/** @param share 0.99 for the 99th percentile; 0 of nothing */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Counts without a promise for each: millions of them would keep the sender from sending. */
class Tally {
  readonly #beganAt = performance.now();
  readonly #accepted: string[] = [];
  readonly #acceptedMs: number[] = [];
  readonly #refusedMs: number[] = [];
  #refusedWithoutRetryAfter = 0;
  #unanswered = 0;
  readonly #others: Record<number, number> = {};

  send(client: RawClient, messages: Messages, dueAt: number, then?: () => void): void {
    const { id, bytes } = messages.next();
    this.#unanswered += 1;
    const answered = (answer: Answer): void => {
      this.#unanswered -= 1;
      this.#note(id, answer);
      then?.();
    };
    client.send({ bytes, dueAt, answered });
  }

  /** Once all is answered. */
  async outcome(): Promise<Outcome> {
    while (this.#unanswered > 0) await wait(1);
    return {
      accepted: this.#accepted,
      acceptedMs: this.#acceptedMs,
      refusedMs: this.#refusedMs,
      refusedWithoutRetryAfter: this.#refusedWithoutRetryAfter,
      others: this.#others,
      seconds: (performance.now() - this.#beganAt) / 1000,
    };
  }

  #note(id: string, { status, waitedMs, hasRetryAfter }: Answer): void {
    if (status === 202) {
      this.#accepted.push(id);
      this.#acceptedMs.push(waitedMs);
    } else if (status === 503) {
      this.#refusedMs.push(waitedMs);
      if (!hasRetryAfter) this.#refusedWithoutRetryAfter += 1;
    } else this.#others[status] = (this.#others[status] ?? 0) + 1;
  }
}
