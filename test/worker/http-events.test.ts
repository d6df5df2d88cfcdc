import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setImmediate as immediate } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Event } from "../../core/events.ts";
import type { CustomerEntry, RecordedEvent } from "../../worker/shards/routing.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { type HttpFixture, serve, violationsOf } from "./http/http-fixture.ts";

const acme = "/v1/tenants/acme";
const at = Date.UTC(2026, 2, 2, 7);
const time = "2026-03-02T07:00:00.000Z";

const ofConversation = {
  at,
  tenant: "acme",
  conversation: 7,
  version: 2,
  channel: "web",
  customer: "+49",
  skillQueue: "front",
} as const;

const explanation = {
  rule: "longest-idle",
  waitedMs: 5,
  eligible: 1,
  passedOver: {},
  agents: [],
} as const;
const message = { sequence: 1, id: "m1", at, content: `{"text":"hello"}` };

function recorded(event: Event, messages?: RecordedEvent["messages"]): RecordedEvent {
  return messages === undefined ? { event } : { event, messages };
}

function presence(sequence: number, agent = "ana"): RecordedEvent {
  return recorded({
    type: "presenceChanged",
    sequence,
    at,
    tenant: "acme",
    agent,
    status: "away",
    reason: "declared",
  });
}

/** One event of every type that somebody reads. */
const every: readonly RecordedEvent[] = [
  recorded({
    ...ofConversation,
    type: "messageReceived",
    sequence: 1,
    id: "m1",
    content: `{"text":"hello"}`,
  }),
  recorded(
    {
      ...ofConversation,
      type: "conversationOffered",
      sequence: 2,
      agent: "ana",
      expiresAt: at,
      reason: explanation,
    },
    [message],
  ),
  recorded({
    ...ofConversation,
    type: "offerWithdrawn",
    sequence: 3,
    agent: "ana",
    reason: "agent_left",
  }),
  recorded(
    {
      ...ofConversation,
      type: "conversationAssigned",
      sequence: 4,
      agent: "ana",
      reason: explanation,
      mayWrite: { verdict: "allowed", until: at },
    },
    [message],
  ),
  recorded({
    ...ofConversation,
    type: "messageReceived",
    sequence: 5,
    id: "m2",
    content: `{"text":"again"}`,
    agent: "ana",
  }),
  recorded({
    ...ofConversation,
    type: "mayWriteChanged",
    sequence: 6,
    agent: "ana",
    mayWrite: { verdict: "blocked", reason: "reply_window_closed" },
    dueAt: at - 5,
  }),
  recorded({
    ...ofConversation,
    type: "conversationLeft",
    sequence: 7,
    agent: "ana",
    to: "dormant",
    reason: "dormancy",
  }),
  recorded({ ...ofConversation, type: "routingTimedOut", sequence: 8 }),
  recorded({
    ...ofConversation,
    type: "conversationWentOffline",
    sequence: 9,
    reason: "calendar_closed",
  }),
  recorded({ type: "tenantConfigured", sequence: 10, at, tenant: "acme", revision: 1 }),
  presence(11),
];

const wireConversation = {
  at: time,
  conversation: "c7",
  version: 2,
  channel: "web",
  customer: "+49",
  skillQueue: "front",
};

describe("events", () => {
  test("reach an agent with what the contract says of each", async () => {
    await using http = serve();
    http.routing.events = every.filter(({ event }) => "agent" in event && event.agent === "ana");
    const answer = await http.call("GET", `${acme}/agents/ana/events`);
    const shown = { id: "m1", at: time, text: "hello" };
    const own = { ...wireConversation, agent: "ana" };
    expect(answer.body).toEqual({
      events: [
        {
          ...own,
          id: "e2",
          type: "conversationOffered",
          expiresAt: time,
          messages: [shown],
          reason: explanation,
        },
        { ...own, id: "e3", type: "offerWithdrawn", reason: "agent_left" },
        {
          ...own,
          id: "e4",
          type: "conversationAssigned",
          messages: [shown],
          reason: explanation,
          mayWrite: { verdict: "allowed", until: time },
        },
        {
          ...own,
          id: "e5",
          type: "messageReceived",
          message: { id: "m2", at: time, text: "again" },
        },
        {
          ...own,
          id: "e6",
          type: "mayWriteChanged",
          mayWrite: { verdict: "blocked", reason: "reply_window_closed" },
          dueAt: "2026-03-02T06:59:59.995Z",
          firedAt: time,
        },
        { ...own, id: "e7", type: "conversationLeft", to: "dormant", reason: "dormancy" },
        {
          id: "e11",
          type: "presenceChanged",
          at: time,
          agent: "ana",
          status: "away",
          reason: "declared",
        },
      ],
      next: "e11",
    });
  });

  test("of the tenant are those of every agent and three types more", async () => {
    await using http = serve();
    http.routing.events = [...every, presence(12, "ben")];
    const answer = await http.call("GET", `${acme}/events`);
    const events = answer.body["events"] as readonly { readonly type: string }[];
    expect(events.map(({ type }) => type)).toEqual([
      "conversationOffered",
      "offerWithdrawn",
      "conversationAssigned",
      "messageReceived",
      "mayWriteChanged",
      "conversationLeft",
      "routingTimedOut",
      "conversationWentOffline",
      "presenceChanged",
      "presenceChanged",
    ]);
  });

  test("of an erased customer have none", async () => {
    await using http = serve();
    const { customer: _, ...erased } = ofConversation;
    http.routing.events = [
      recorded({ ...erased, type: "routingTimedOut", sequence: 8 }),
      recorded({
        ...erased,
        type: "messageReceived",
        sequence: 9,
        id: "m1",
        content: "",
        agent: "ana",
      }),
    ];
    const answer = await http.call("GET", `${acme}/events`);
    expect(answer.body["events"]).toMatchObject([
      { customer: null },
      { customer: null, message: { id: "m1", at: time } },
    ]);
  });
});

describe("a long poll", () => {
  test("waits until there is something", async () => {
    await using http = serve();
    const answer = http.call("GET", `${acme}/agents/ana/events?waitMs=30000`);
    await expect.poll(() => http.routing.queries.length).toBe(2);
    http.routing.events = [presence(4)];
    http.routing.spread({ agents: ["ana"] });
    expect((await answer).body).toMatchObject({ events: [{ id: "e4" }], next: "e4" });
  });

  test("begins behind its cursor, and answers the next one even where there is nothing", async () => {
    await using http = serve();
    http.routing.events = [presence(4), presence(6)];
    const path = `${acme}/agents/ana/events?waitMs=0&after=`;
    expect((await http.call("GET", `${path}e4`)).body).toMatchObject({
      events: [{ id: "e6" }],
      next: "e6",
    });
    expect((await http.call("GET", `${path}e6`)).body).toEqual({ events: [], next: "e6" });
  });

  test("is not woken by what concerns others", async () => {
    await using http = serve();
    const answer = http.call("GET", `${acme}/agents/ana/events?waitMs=100`);
    await expect.poll(() => http.routing.queries.length).toBe(2);
    http.routing.spread({ agents: ["ben"] });
    http.routing.spread({ tenant: "other", agents: ["ana"] });
    await answer;
    expect(http.routing.queries.length).toBe(2);
  });

  test("reads on where a page has nothing for its reader", async () => {
    await using http = serve();
    const unread = (sequence: number) =>
      recorded({ type: "tenantConfigured", sequence, at, tenant: "acme", revision: 1 });
    http.routing.events = [
      ...Array.from({ length: 450 }, (_, index) => unread(index + 1)),
      presence(451),
    ];
    const answer = await http.call("GET", `${acme}/events?waitMs=0`);
    expect(answer.body).toMatchObject({ events: [{ id: "e451" }], next: "e451" });
  });

  test("notices what happens while it reads", async () => {
    await using http = serve();
    const { routing } = http;
    const query = routing.query.bind(routing);
    let isFirst = true;
    routing.query = async (asked) => {
      const answer = await query(asked);
      if (asked.type === "events" && isFirst) {
        isFirst = false;
        routing.events = [presence(5)];
        routing.spread({ agents: ["ana"] });
      }
      return answer;
    };
    const answer = await http.call("GET", `${acme}/agents/ana/events?waitMs=30000`);
    expect(answer.body).toMatchObject({ next: "e5" });
  });

  test.each([
    ["after=4", "?after wrong_type"],
    ["after=", "?after wrong_type"],
    ["waitMs=-1", "?waitMs out_of_range"],
    ["waitMs=30001", "?waitMs out_of_range"],
    ["waitMs=1.5", "?waitMs wrong_type"],
    ["waitMs=soon", "?waitMs wrong_type"],
    ["waitMs=1&waitMs=2", "?waitMs wrong_type"],
  ])("with %s is 422", async (query, violation) => {
    await using http = serve();
    for (const path of ["events", "agents/ana/events", "channels/web/customers/x/poll"]) {
      const answer = await http.call("GET", `${acme}/${path}?${query}`);
      expect(answer.status).toBe(422);
      expect(violationsOf(answer)).toEqual([violation]);
    }
  });

  test("of somebody unknown is 404", async () => {
    await using http = serve();
    const codeOf = async (path: string) => (await http.call("GET", path)).body["code"];
    expect(await codeOf("/v1/tenants/nobody/events")).toBe("unknown_tenant");
    expect(await codeOf(`${acme}/agents/nobody/events`)).toBe("unknown_agent");
    expect(await codeOf(`${acme}/channels/nope/customers/x/poll`)).toBe("unknown_channel");
  });
});

describe("the customer's poll", () => {
  const entry = (sequence: number, change: Partial<CustomerEntry> = {}): CustomerEntry => ({
    sequence,
    tenant: "acme",
    channel: "web",
    customer: "+49",
    conversation: 7,
    at,
    kind: "message",
    offline: true,
    content: `{"text":"hi"}`,
    delivery: "pending",
    ...change,
  });
  const path = `${acme}/channels/web/customers/%2B49/poll`;

  test("shows entries in order, those withdrawn left out", async () => {
    await using http = serve();
    http.routing.entries = [entry(3), entry(4, { delivery: "withdrawn" }), entry(5)];
    const answer = await http.call("GET", path);
    expect(answer.body).toMatchObject({
      entries: [{ id: "e3", text: "hi" }, { id: "e5" }],
      next: "e5",
    });
  });

  test("acknowledges nothing but what after passes, and that once", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "acknowledged" });
    http.routing.entries = [entry(3), entry(4, { delivery: "read" }), entry(5), entry(6)];
    await http.call("GET", `${path}?waitMs=0`);
    expect(http.routing.commands).toEqual([]);
    await http.call("GET", `${path}?waitMs=0&after=e5`);
    await http.call("GET", `${path}?waitMs=0&after=e5`);
    const delivered = {
      type: "recordDelivery",
      tenant: "acme",
      channel: "web",
      status: "delivered",
    };
    expect(http.routing.commands).toEqual([
      { ...delivered, entry: 3 },
      { ...delivered, entry: 5 },
    ]);
  });

  test("is woken by entries for this customer on this channel", async () => {
    await using http = serve();
    const answer = http.call("GET", `${path}?waitMs=30000`);
    await expect.poll(() => http.routing.queries.some(({ type }) => type === "entries")).toBe(true);
    http.routing.entries = [entry(3)];
    http.routing.spread({ customers: [{ channel: "web", customer: "+49" }] });
    expect((await answer).body).toMatchObject({ next: "e3" });
  });
});

describe("deliveries", () => {
  const failed: CustomerEntry = {
    sequence: 5,
    tenant: "acme",
    channel: "web",
    conversation: 7,
    at,
    kind: "prompt",
    offline: true,
    delivery: "failed",
    deliveryReason: "push_gone",
  };

  test("that failed are listed, page by page", async () => {
    await using http = serve();
    http.routing.entries = [failed, { ...failed, sequence: 6, customer: "+49" }];
    const answer = await http.call("GET", `${acme}/channels/web/deliveries?status=failed&limit=1`);
    expect(answer.body).toEqual({
      items: [
        {
          id: "e5",
          conversation: "c7",
          at: time,
          kind: "prompt",
          offline: true,
          channel: "web",
          customer: null,
          delivery: "failed",
          deliveryReason: "push_gone",
        },
      ],
      next: "e5",
    });
    const other = await http.call("GET", `${acme}/channels/web/deliveries?status=sent&cursor=5`);
    expect(violationsOf(other)).toEqual(["?status not_one_of", "?cursor wrong_type"]);
  });

  test("are reported, and sent again, by entry", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "acknowledged" });
    http.routing.entries = [failed, { ...failed, sequence: 6, delivery: "withdrawn" }];
    const path = `${acme}/channels/web/deliveries`;
    const report = await http.call("POST", `${path}/e5`, { status: "read" });
    expect([report.status, report.text]).toEqual([204, ""]);
    expect((await http.call("POST", `${path}/e5/resend`)).status).toBe(204);
    expect((await http.call("POST", `${path}/e6/resend`)).body["code"]).toBe("wrong_state");
    expect((await http.call("POST", `${path}/e7/resend`)).body["code"]).toBe("unknown_entry");
    expect(violationsOf(await http.call("POST", `${path}/e5`, { status: "sent" }))).toEqual([
      "/status not_one_of",
    ]);
    expect(violationsOf(await http.call("POST", `${path}/e5`, { status: null }))).toEqual([
      "/status wrong_type",
    ]);
    expect(http.routing.commands).toMatchObject([
      { type: "recordDelivery", entry: 5, status: "read" },
      { type: "recordDelivery", entry: 5, status: "pending" },
    ]);
  });
});

describe("an event stream", () => {
  test("brings each event with its id, as it happens", async () => {
    await using http = serve();
    http.routing.events = [presence(4)];
    using stream = await open(http, `${acme}/agents/ana/events`);
    expect(stream.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(await stream.until("id: e4\n")).toContain('data: {"id":"e4","type":"presenceChanged"');
    http.routing.events = [...http.routing.events, presence(9)];
    http.routing.spread({ agents: ["ana"] });
    await stream.until("id: e9\n");
  });

  test.each([
    [`${acme}/events`, { "last-event-id": "e4" }],
    [`${acme}/events?after=e4`, {}],
    [`${acme}/events?after=e1`, { "last-event-id": "e4" }],
  ])("resumes behind the last event: %s %j", async (path, headers) => {
    await using http = serve();
    http.routing.events = [presence(2), presence(4), presence(6)];
    using stream = await open(http, path, headers);
    await stream.until("id: e6\n");
    expect(stream.received).not.toMatch(/id: e[24]\n/u);
  });

  test("asks for an id that can be one", async () => {
    await using http = serve();
    const headers = { accept: "text/event-stream", "last-event-id": "yesterday" };
    const answer = await http.call("GET", `${acme}/events`, undefined, headers);
    expect(answer.status).toBe(422);
    expect(violationsOf(answer)).toEqual(["Last-Event-ID wrong_type"]);
  });

  test("of somebody unknown is a problem, not a stream", async () => {
    await using http = serve();
    const headers = { accept: "text/event-stream" };
    const answer = await http.call("GET", `${acme}/agents/nobody/events`, undefined, headers);
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_agent"]);
  });

  test.each(["application/json", "*/*", "text/event-stream;q=0", "text/html"])(
    "is not what Accept: %s asks for",
    async (accept) => {
      await using http = serve();
      const answer = await http.call("GET", `${acme}/events?waitMs=0`, undefined, { accept });
      expect(answer.body).toEqual({ events: [], next: "e0" });
    },
  );

  test("sends a long past in order, without cutting a reader that keeps up", async () => {
    await using http = serve({ limits: { ...defaultWorkerLimits, streamUnsentBytesMax: 10_000 } });
    http.routing.events = Array.from({ length: 20_000 }, (_, index) => presence(index + 1));
    using stream = await open(http, `${acme}/events`);
    await stream.until("id: e20000\n");
    const ids = [...stream.received.matchAll(/^id: e(\d+)$/gmu)].map(([, id]) => Number(id));
    expect(ids).toEqual(http.routing.events.map(({ event }) => event.sequence));
  });

  test("has a comment after 15 s without an event, so that a dead peer is noticed", async () => {
    await using http = serve();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    using stream = await open(http, `${acme}/agents/ana/events`);
    for (const beat of [1, 2]) {
      while (vi.getTimerCount() === 0) await immediate();
      vi.advanceTimersByTime(14_999);
      await immediate();
      expect(stream.received.match(/^: still here$/gmu) ?? []).toHaveLength(beat - 1);
      vi.advanceTimersByTime(1);
      await stream.until(": still here\n\n".repeat(beat));
    }
    http.routing.events = [presence(3)];
    http.routing.spread({ agents: ["ana"] });
    await stream.until("id: e3\n");
  });

  test("is closed when its reader takes nothing, and can be resumed", async () => {
    await using http = serve({ limits: { ...defaultWorkerLimits, streamUnsentBytesMax: 100_000 } });
    http.routing.events = Array.from({ length: 60_000 }, (_, index) => presence(index + 1));
    using stream = await open(http, `${acme}/events`);
    stream.response.pause();
    const serverSide = http.app.server;
    await expect.poll(() => connectionCount(serverSide), { timeout: 10_000 }).toBe(0);
    const closed = closing(stream.response);
    stream.response.resume();
    await closed;
    const last = [...stream.received.matchAll(/^id: (e\d+)$/gmu)].at(-1)?.[1] ?? "";
    expect(Number(last.slice(1))).toBeLessThan(60_000);
    using resumed = await open(http, `${acme}/events`, { "last-event-id": last });
    await resumed.until(`id: e${Number(last.slice(1)) + 1}\n`);
  });

  test("ends when the worker stops, and leaves nothing behind", async () => {
    const http = serve();
    using stream = await open(http, `${acme}/events`);
    const ended = once(stream.response, "end");
    await http.app.close();
    await ended;
    expect(http.routing.listenerCount).toBe(0);
  });

  test("ends when the partition cannot be read", async () => {
    await using http = serve();
    using stream = await open(http, `${acme}/events`);
    const closed = closing(stream.response);
    http.routing.query = () => Promise.reject(new Error("the shard restarts"));
    http.routing.spread({});
    await closed;
  });
});

interface OpenStream extends Disposable {
  readonly response: IncomingMessage;
  /** All that has come. */
  readonly received: string;
  /** Resolves with all of it as soon as `part` has come. */
  until(part: string): Promise<string>;
}

/** A client that can stop reading. */
async function open(
  http: HttpFixture,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenStream> {
  const url = http.app.server.listening ? http.app.listeningOrigin : await http.listen();
  const client = request(url + path, { headers: { accept: "text/event-stream", ...headers } });
  client.end();
  const [response] = (await once(client, "response")) as [IncomingMessage];
  let received = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    received += chunk;
  });
  // A stream that the server cuts off ends with an error, which is what some tests wait for.
  response.on("error", () => {});
  return {
    response,
    get received() {
      return received;
    },
    until: async (part) => {
      while (!received.includes(part)) await once(response, "data");
      return received;
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** Resolves when the response has ended, soundly or not. */
function closing(response: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("close", resolve);
  return promise;
}

function connectionCount(server: HttpFixture["app"]["server"]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  return promise;
}
