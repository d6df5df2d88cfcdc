import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import type { DeskEvent } from "./wire.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

interface Page {
  readonly events: readonly DeskEvent[];
  readonly next: string;
}

interface Framed {
  readonly id: string;
  readonly data: DeskEvent;
}

/** Opens an event stream and reads so many events of it. */
async function stream(
  desk: TenantDesk,
  path: string,
  count: number,
  lastEventId?: string,
  meanwhile?: () => Promise<unknown>,
): Promise<readonly Framed[]> {
  const abort = new AbortController();
  const response = await fetch(desk.url + path, {
    headers: {
      accept: "text/event-stream",
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  await meanwhile?.();
  const found: Framed[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    found.push(...framesOf(frames.join("\n\n")));
    if (found.length >= count) break;
  }
  abort.abort();
  return found;
}

function framesOf(text: string): readonly Framed[] {
  return text.split("\n\n").flatMap((frame) => {
    const id = /^id: ?(.*)$/mu.exec(frame)?.[1];
    const data = /^data: ?(.*)$/mu.exec(frame)?.[1];
    if (id === undefined || data === undefined) return [];
    return [{ id, data: JSON.parse(data) as DeskEvent }];
  });
}

test("5.get-agents-agent-events.1 F35 a long poll waits in real time for the next event, and answers at once when it comes", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const first = (await desk.read<Page>("/agents/ana/events?waitMs=0")).body;
  expect(first.events.map(({ type }) => type)).toEqual(["presenceChanged"]);
  const waiting = desk.read<Page>(
    `/agents/ana/events?waitMs=20000&after=${encodeURIComponent(first.next)}`,
  );
  const { conversation } = await desk.inbound();
  const second = (await waiting).body;
  expect(second.events[0]).toMatchObject({ type: "conversationAssigned", conversation });
  const empty = (
    await desk.read<Page>(`/agents/ana/events?waitMs=0&after=${encodeURIComponent(second.next)}`)
  ).body;
  expect(empty.events).toEqual([]);
  expect(empty.next).not.toBe("");
});

test("F35 without `after` events come from the oldest kept; `after` is exclusive", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  await desk.presence("ana", "away");
  const all = (await desk.read<Page>("/events?waitMs=0")).body;
  expect(all.events.map(({ status }) => status)).toEqual(["available", "away"]);
  const after = encodeURIComponent(all.next);
  expect((await desk.read<Page>(`/events?waitMs=0&after=${after}`)).body.events).toEqual([]);
});

test("5.get-agents-agent-events.1 5.get-events.1 F35 with `text/event-stream` a stream, resumed by `Last-Event-ID` without loss or repeat", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 9)] }));
  await desk.available("ana");
  for (const path of ["/agents/ana/events", "/events"]) {
    const before = await desk.events(path === "/events" ? "" : "/agents/ana");
    const first = await stream(desk, path, before.length + 1, undefined, () =>
      desk.inbound({ customer: `${path}1` }),
    );
    expect(first.map(({ data }) => data.id)).toEqual(
      expect.arrayContaining(before.map(({ id }) => id)),
    );
    await desk.inbound({ customer: `${path}2` });
    const [last] = first.toReversed();
    const rest = await stream(desk, path, 1, last?.id);
    const all = await desk.events(path === "/events" ? "" : "/agents/ana");
    const seen = [...first, ...rest].map(({ data }) => data.id);
    expect(seen).toEqual(all.map(({ id }) => id).slice(0, seen.length));
    expect(seen).toHaveLength(all.length);
  }
});

test("5.get-agents-agent-events.1 a stream and a long poll resume over a power cut", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const [first] = await stream(desk, "/agents/ana/events", 1);
  const { next } = (await desk.read<Page>("/agents/ana/events?waitMs=0")).body;
  const { conversation } = await desk.inbound();
  await worker.crash();
  const [second] = await stream(desk, "/agents/ana/events", 1, first?.id);
  expect(second?.data).toMatchObject({ type: "conversationAssigned", conversation });
  const polled = (
    await desk.read<Page>(`/agents/ana/events?waitMs=0&after=${encodeURIComponent(next)}`)
  ).body;
  expect(polled.events).toMatchObject([{ id: second?.data.id }]);
});

test("F42 a stream whose reader is too slow is closed, and can be resumed without loss or repeat", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const all = Array.from({ length: 240 }, (_, index) => `m${index}`);
  const text = "x".repeat(65_000);
  for (const part of [all.slice(0, 120), all.slice(120)]) {
    const lines = part.map((id) => JSON.stringify({ id, channel: "web", customer: "vera", text }));
    await desk.call("POST", "/messages", lines.join("\n"), ndjson);
  }
  const slow = await readSlowly(`${desk.url}/agents/ana/events`);
  const last = slow.at(-1)?.data.id;
  const rest = await stream(desk, "/agents/ana/events", 241 - slow.length, last);
  const messages = [...slow, ...rest].flatMap(({ data }) => data.messages ?? data.message ?? []);
  expect(slow.length).toBeGreaterThan(1);
  expect(slow.length).toBeLessThan(241);
  expect(messages.map(({ id }) => id)).toEqual(all);
});

const ndjson = { "content-type": "application/x-ndjson" };

/** What a reader gets who takes little at a time, until the stream is closed. */
async function readSlowly(url: string): Promise<readonly Framed[]> {
  const sent = request(url, { headers: { accept: "text/event-stream" } }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  try {
    for await (const part of response) {
      text += String(part);
      await delay(50); // the pace of this reader
    }
  } catch (error) {
    expect(error).toMatchObject({ code: "ECONNRESET" });
  }
  return framesOf(text.slice(0, text.lastIndexOf("\n\n")));
}

test("5.get-events.1 F34 the same for the whole tenant, with what no agent sees", async () => {
  const desk = await worker.tenant(document({ offline: { routingTimeLimit: 1 } }));
  await desk.inbound();
  await worker.advance(60_000);
  await desk.available("ana");
  expect((await desk.events()).map(({ type }) => type)).toEqual([
    "conversationWentOffline",
    "routingTimedOut",
    "presenceChanged",
  ]);
  expect((await desk.agentEvents("ana")).map(({ type }) => type)).toEqual(["presenceChanged"]);
});

test("F35 `next` is opaque: what is none is refused, not a crash", async () => {
  const desk = await worker.tenant(document());
  const answer = await desk.call("GET", "/events?waitMs=0&after=%00nonsense");
  expect(answer.status).toBe(422);
  expect((await desk.call("GET", "/events?waitMs=x")).status).toBe(422);
});
