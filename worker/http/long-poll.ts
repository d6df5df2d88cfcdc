import type { ServerResponse } from "node:http";
import type { Topic, Wakeups } from "./wakeups.ts";

/** What a poll found, and the cursor behind it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Sequence: exclusive where the next reading begins. */
  readonly next: number;
}

/** Longest time that a poll may wait, and what it waits unless told otherwise; ms. */
export const waitMsMax = 30_000;
export const waitMsDefault = 5000;

/**
 * Reads until something is there, at most `waitMs` of real time. Answers an empty page when the time
 * is over, when the reader has gone, and when the worker stops.
 */
export async function longPoll<Item>(
  wakeups: Wakeups,
  topic: Topic,
  response: ServerResponse,
  waitMs: number,
  read: () => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const waiter = wakeups.listen(topic);
  response.once("close", () => waiter.stop());
  const startedAt = performance.now();
  try {
    for (;;) {
      const page = await read();
      if (page.items.length > 0) return page;
      const leftMs = Math.ceil(startedAt + waitMs - performance.now());
      if (leftMs <= 0 || !(await waiter.next(leftMs))) return page;
    }
  } finally {
    waiter.stop();
  }
}
