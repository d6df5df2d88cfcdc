import { hash } from "node:crypto";
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
