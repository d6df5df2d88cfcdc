import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { HttpContext } from "./app.ts";
import type { EventView } from "./event-view.ts";
import { type EventSource, StreamReader } from "./event-reader.ts";

/** A comment goes out after this long without an event, so that both sides notice a dead peer. */
const heartbeatMs = 15_000;
/** How long a client waits before it connects again. */
const retryMs = 1000;
/**
 * How long a reader may have more unsent than is allowed: a burst that the network takes in at once
 * is none of its fault.
 */
const slowReaderMs = 2000;

/**
 * Events as `text/event-stream`, from a cursor on and without end. Each has its id, with which the
 * client comes back (`Last-Event-ID`) after the connection is lost, a restart of the worker included.
 *
 * Ends when the client goes, when the worker stops, and when more than `streamUnsentBytesMax` bytes
 * stay unsent: nothing is lost by that, since the client resumes behind the last event it had.
 */
export async function streamEvents(
  context: HttpContext,
  source: EventSource,
  after: number,
  response: ServerResponse,
): Promise<void> {
  const { routing, wakeups, limits } = context;
  const waiter = wakeups.follow(source);
  response.once("close", () => waiter.stop());
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write(`retry: ${retryMs}\n\n`);
  try {
    const reader = new StreamReader(routing, source, waiter, after);
    for (;;) {
      const items = await reader.read();
      if (response.destroyed) return;
      if (items.length > 0) {
        if (!(await sendAll(response, items, limits.streamUnsentBytesMax))) return;
      } else if (!(await waiter.next(heartbeatMs))) {
        if (waiter.isStopped) return;
        response.write(": still here\n\n");
      }
    }
  } finally {
    waiter.stop();
    if (response.writableLength > limits.streamUnsentBytesMax) response.destroy();
    else response.end();
  }
}

/** Some at a time, so that whoever reads slowly has not all of them to take at once. */
async function sendAll(
  response: ServerResponse,
  events: readonly EventView[],
  unsentBytesMax: number,
): Promise<boolean> {
  for (let from = 0; from < events.length; from += eventsPerWrite) {
    const some = events.slice(from, from + eventsPerWrite);
    const sent = send(response, some.map(eventText).join(""));
    if (!(await keepsUp(response, unsentBytesMax, sent))) return false;
  }
  return true;
}

const eventsPerWrite = 200;

function eventText(event: { readonly id: string }): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Resolves when all of it has left, or nothing will any more. */
function send(response: ServerResponse, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.write(text, () => resolve());
  return promise;
}

/** Whether the reader takes what it is sent; waits a while for one that has fallen behind. */
async function keepsUp(
  response: ServerResponse,
  unsentBytesMax: number,
  sent: Promise<void>,
): Promise<boolean> {
  if (response.writableLength <= unsentBytesMax) return !response.destroyed;
  const giveUp = new AbortController();
  await Promise.race([sent, delay(slowReaderMs, undefined, { signal: giveUp.signal })]);
  giveUp.abort();
  return !response.destroyed && response.writableLength <= unsentBytesMax;
}
