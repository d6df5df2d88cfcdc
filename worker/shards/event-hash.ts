import { createHash, hash, type Hash } from "node:crypto";
import type { Event } from "../../core/events.ts";

/** The hash before any event. */
export const noEvents = 0n;

/**
 * The rolling hash that batch headers carry: of the hash so far and a batch's events as JSON, in the
 * order in which the engine made their keys; the first 64 bits of SHA-256. So a change of that order
 * is a change of behaviour like any other, and needs a new engine version.
 */
export function hashAfter(before: bigint, events: readonly Event[]): bigint {
  return hash("sha256", `${before}${JSON.stringify(events)}`, "buffer").readBigUInt64BE(0);
}

/** The same of a batch whose events come one after the other, and need not all be there at once. */
export class GrowingEventHash {
  readonly #before: bigint;
  #events: Event[] = [];
  /** Of all that came before `#events`; undefined where that is nothing. */
  #hash: Hash | undefined;

  constructor(before: bigint) {
    this.#before = before;
  }

  /** Where the next events go; only until `rest`. */
  get events(): Event[] {
    return this.#events;
  }

  /** Let go of the events that came so far. */
  rest(): void {
    if (this.#events.length === 0) return;
    const isFirst = this.#hash === undefined;
    this.#hash ??= createHash("sha256");
    const text = JSON.stringify(this.#events);
    this.#hash.update(`${isFirst ? `${this.#before}[` : ","}${text.slice(1, -1)}`);
    this.#events = [];
  }

  /** The hash after all of them. Nothing is added any more. */
  end(): bigint {
    if (this.#hash === undefined) return hashAfter(this.#before, this.#events);
    this.rest();
    return this.#hash.update("]").digest().readBigUInt64BE(0);
  }
}
