import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import type { Answer, Conversation, Outcome, Problem } from "./wire.ts";
import { ContractWorker, dayMs, hourMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;
const ndjson = { "content-type": "application/x-ndjson" };

async function lines(desk: TenantDesk, body: string): Promise<readonly (Outcome & Problem)[]> {
  const answer = await desk.call<string>("POST", "/messages", body, ndjson);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.type).toContain("application/x-ndjson");
  return answer.body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Outcome & Problem);
}

function message(id: string, more: object = {}): string {
  return JSON.stringify({ id, channel: "web", customer: id, text: "x", ...more });
}

test("5.0.1 times are RFC 3339 UTC with milliseconds; errors are problem+json with a stable `code`", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  const one = await desk.conversation(conversation);
  expect(one.age).toMatch(instant);
  for (const { dueAt } of one.deadlines) expect(dueAt).toMatch(instant);
  for (const event of await desk.events()) expect(event.at).toMatch(instant);
  const errors: readonly Answer<Problem>[] = [
    await desk.call("GET", "/conversations/none"),
    await desk.call("POST", "/messages", {}),
    await desk.call("POST", "/messages", "{"),
    await desk.act(conversation, "accept", { agent: "ana" }),
    await worker.call("GET", "/nowhere"),
  ];
  expect(errors.map(({ status }) => status)).toEqual([404, 422, 400, 409, 404]);
  for (const { type, status, body } of errors) {
    expect(type).toContain("application/problem+json");
    expect(body.status).toBe(status);
    expect(body.code).toMatch(/^[a-z_]+$/u);
    expect(body.title).not.toBe("");
  }
});

test("5.0.2 5.get-healthz-readyz-metrics.1 `/openapi.json` describes every call of the contract", async () => {
  const { body } = await worker.call<{
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
  }>("GET", "/openapi.json");
  expect(body.openapi).toMatch(/^3\./u);
  const has = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) =>
        `${method.toUpperCase()} ${path.replace("/v1/tenants/{tenant}", "").replaceAll(/\{[^}]+\}/gu, "{}")}`,
    ),
  );
  expect(has).toEqual(
    expect.arrayContaining([
      "PUT /configuration",
      "GET /configuration",
      "POST /messages",
      "PUT /agents/{}",
      "GET /agents/{}",
      "DELETE /agents/{}",
      "GET /agents",
      "PUT /agents/{}/presence",
      "GET /agents/{}/events",
      "GET /events",
      "GET /conversations",
      "POST /conversations",
      "GET /conversations/{}",
      "GET /conversations/{}/timeline",
      "POST /conversations/{}/messages",
      ...["accept", "decline", "assign", "release", "handoff", "close"].map(
        (action) => `POST /conversations/{}/${action}`,
      ),
      "POST /conversations/assign",
      "POST /conversations/release",
      "GET /queues",
      "GET /channels/{}/customers/{}/poll",
      "POST /channels/{}/deliveries/{}",
      "GET /channels/{}/deliveries",
      "POST /channels/{}/deliveries/{}/resend",
      "DELETE /customers/{}",
      "GET /healthz",
      "GET /readyz",
      "GET /metrics",
      "GET /openapi.json",
      "POST /v1/test-clock",
    ]),
  );
});

test("5.get-healthz-readyz-metrics.1 operations: health, readiness, metrics", async () => {
  expect(await worker.call("GET", "/healthz")).toMatchObject({ status: 200 });
  expect(await worker.call("GET", "/readyz")).toMatchObject({ status: 200 });
  const metrics = await worker.call<string>("GET", "/metrics");
  expect(metrics.status).toBe(200);
  expect(metrics.body).toMatch(/^# (?:HELP|TYPE) /mu);
});

test("5.0.3 3.1.1 a 2xx to a write is durable: after a power cut everything answered is there, and a repeat is known", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const first = await desk.inbound({ id: "m1" });
  await desk.answer(first.conversation, "ana", "before");
  const before = [
    await desk.conversation(first.conversation),
    await desk.agent("ana"),
    await desk.queue("open"),
    await desk.events(),
    await desk.told(),
  ];
  await worker.crash();
  expect([
    await desk.conversation(first.conversation),
    await desk.agent("ana"),
    await desk.queue("open"),
    await desk.events(),
    await desk.told(),
  ]).toEqual(before);
  expect(await desk.inbound({ id: "m1" })).toMatchObject({
    conversation: first.conversation,
    state: "live",
    duplicate: true,
  });
  expect(
    (await worker.call<{ now: string }>("POST", "/v1/test-clock", { advanceMs: 0 })).body.now,
  ).toBe(worker.now);
});

test("5.post-messages.1 one inbound message with all its keys", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const attachments = [{ url: "https://files.example/a.png", type: "image/png" }];
  const answer = await desk.send({
    id: "m1",
    channel: "web",
    customer: "+49 30 1234/5",
    text: "hällo",
    attachments,
    customerId: "k-1",
    skillQueue: "open",
    priority: 4,
    subject: "Hi",
    headers: { "X-Any": "thing" },
    sentAt: "2020-01-01T00:00:00Z",
  });
  expect(answer).toMatchObject({
    status: 202,
    body: { state: "assigned", offline: false, version: 2, agent: "ana" },
  });
  expect(Object.keys(answer.body)).toEqual(
    expect.arrayContaining(["conversation", "state", "offline", "version"]),
  );
  const event = (await desk.agentEvents("ana")).at(-1);
  expect(event).toMatchObject({
    type: "conversationAssigned",
    conversation: answer.body.conversation,
    version: 2,
    channel: "web",
    customer: "+49 30 1234/5",
    skillQueue: "open",
    messages: [{ id: "m1", text: "hällo", attachments }],
  });
  // F37: arrival is the server's time.
  expect((await desk.conversation(answer.body.conversation)).age).toBe(worker.now);
});

test("F37 F31 5.post-messages.1 a body of the wrong shape says every violation", async () => {
  const desk = await worker.tenant(document());
  const answer = await desk.call<Problem>("POST", "/messages", {
    id: 5,
    text: "x",
    colour: 1,
    priority: 15,
    attachments: [{ url: "u" }],
  });
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } });
  const found = (answer.body.violations ?? []).map(({ path, code }) => `${path} ${code}`);
  expect(found).toEqual(
    expect.arrayContaining([
      "/id wrong_type",
      "/channel required",
      "/customer required",
      "/colour unknown_key",
      "/priority out_of_range",
      "/attachments/0/type required",
    ]),
  );
  const { violations = [] } = answer.body;
  expect(violations.find(({ path }) => path === "/priority")).toMatchObject({
    value: 15,
    limit: { min: 0, max: 14 },
  });
});

test("F39 sizes: text 65,536 bytes, customer 256, id 128 printable, 20 attachments", async () => {
  const desk = await worker.tenant(document());
  const ok = async (more: object): Promise<void> => {
    expect((await desk.send({ ...more })).status, JSON.stringify(more).slice(0, 60)).toBe(202);
  };
  const no = async (more: object): Promise<void> => {
    const answer = await desk.send({ ...more });
    expect([413, 422], JSON.stringify(more).slice(0, 60)).toContain(answer.status);
    expect(answer.body.code).toMatch(/^(?:invalid_request|too_large)$/u);
  };
  await ok({ text: "x".repeat(65_536) });
  await no({ text: "x".repeat(65_537) });
  await ok({ text: "ä".repeat(32_768) });
  await no({ text: "ä".repeat(32_768) + "x" });
  await ok({ customer: "c".repeat(256) });
  await no({ customer: "c".repeat(257) });
  await no({ customer: "" });
  await ok({ id: "i".repeat(128) });
  await no({ id: "i".repeat(129) });
  await no({ id: "a\nb" });
  await no({ id: "" });
  const attachments = (count: number): object => ({
    attachments: Array.from({ length: count }, () => ({ url: "https://x.example/", type: "a/b" })),
  });
  await ok(attachments(20));
  await no(attachments(21));
});

test("F39 F28 5.0.4 a JSON body above 1 MiB is 413, before anything else", async () => {
  const desk = worker.unused();
  const answer = await desk.call("POST", "/messages", `{"text":"${"x".repeat(1024 * 1024)}"}`);
  expect(answer).toMatchObject({ status: 413, body: { code: "too_large" } });
});

test("5.post-messages.2 F39 NDJSON answers one line each, in order; a bad line gets a problem, the rest go on; empty lines are skipped", async () => {
  const desk = await worker.tenant(document());
  const body = [
    message("a"),
    "",
    "{ no json",
    message("b", { channel: "none" }),
    message("c", { colour: 1 }),
    message("a"),
    message("d"),
  ].join("\n");
  const answers = await lines(desk, `${body}\n\n`);
  expect(answers).toMatchObject([
    { state: "queued" },
    { status: 400 },
    { status: 404, code: "unknown_channel" },
    { status: 422, code: "invalid_request" },
    { state: "queued", duplicate: true },
    { state: "queued" },
  ]);
  expect(await desk.list()).toHaveLength(2);
});

test("F39 F40 what passes an NDJSON limit gets one problem, then the stream ends", async () => {
  const desk = await worker.tenant(document());
  const many = Array.from({ length: 10_002 }, (_, index) => message(`m${index % 10}`));
  const answers = await lines(desk, many.join("\n"));
  expect(answers).toHaveLength(10_001);
  expect(answers.at(-1)).toMatchObject({ code: "too_many_lines" });
  expect(answers.at(-2)?.state).toBe("queued");
});

test("F39 5.post-messages.2 a single line that is too long is a problem of that line", async () => {
  const desk = await worker.tenant(document());
  const answers = await lines(
    desk,
    [message("a", { text: "x".repeat(65_537) }), message("b")].join("\n"),
  );
  expect(answers[0]?.status).toBeGreaterThanOrEqual(413);
  expect(answers[1]?.state).toBe("queued");
});

test("5.get-conversations-state-queue.1 F35 lists run by creation, filtered and in pages, `next: null` at the end", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 1)],
      channels: [channel("o", "web", { skillQueue: "office" })],
    }),
  );
  await desk.available("ana");
  const ids: string[] = [];
  for (const customer of ["a", "b", "c", "d", "e"])
    ids.push((await desk.inbound({ customer })).conversation);
  const other = await desk.inbound({ customer: "a", channel: "o" });
  const ofQuery = async (query: string): Promise<readonly string[]> =>
    (await desk.list(query)).map(({ id }) => id);
  expect(await ofQuery("")).toEqual([...ids, other.conversation]);
  expect(await ofQuery("?agent=ana")).toEqual(ids.slice(0, 1));
  expect(await ofQuery("?state=queued&queue=open")).toEqual(ids.slice(1));
  expect(await ofQuery("?state=assigned,queued&channel=web")).toEqual(ids);
  expect(await ofQuery("?queue=office")).toEqual([other.conversation]);
  expect(await ofQuery("?customer=a")).toEqual([ids[0], other.conversation]);
  const paged: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string =
      cursor === "" ? "?limit=4" : `?limit=4&cursor=${encodeURIComponent(cursor)}`;
    const page: Answer<{ items: readonly Conversation[]; next: string | null }> = await desk.read(
      `/conversations${query}`,
    );
    paged.push(...page.body.items.map(({ id }) => id));
    cursor = page.body.next;
  }
  expect(paged).toEqual([...ids, other.conversation]);
});

test("5.get-conversations-id.1 F32 a conversation says all of itself, deadlines in due order", async () => {
  const desk = await worker.tenant(document({ offline: { agentOutboundTimeLimitMinutes: 10 } }));
  const age = worker.now;
  const { conversation } = await desk.inbound({ priority: 2 });
  expect(await desk.conversation(conversation)).toEqual({
    id: conversation,
    state: "queued",
    offline: true,
    version: 1,
    channel: "web",
    customer: "vera",
    skillQueue: "open",
    priority: 2,
    age,
    deadlines: [
      { timer: "replyWindow", dueAt: worker.in(10 * minuteMs) },
      { timer: "routingLimit", dueAt: worker.in(30 * minuteMs) },
    ],
    mayWrite: { verdict: "allowed", until: worker.in(10 * minuteMs) },
  });
});

test("5.get-queues.1 F6 5.put-agents-agent-presence.1 `GET /agents` and `GET /queues` answer `{ items }`; presence answers status, expiry and free units", async () => {
  const desk = await worker.tenant(document());
  expect((await desk.call("PUT", "/agents/ana/presence", { status: "away" })).body).toEqual({
    status: "away",
    expiresAt: worker.in(hourMs),
    freeUnits: 3,
  });
  const agents = await desk.read<{ items: unknown }>("/agents");
  expect(agents.body).toMatchObject({
    items: [
      {
        id: "ana",
        skills: { open: 5, office: 5 },
        capacity: 3,
        status: "away",
        expiresAt: worker.in(hourMs),
        units: { capacity: 3, used: 0, free: 3 },
        conversations: [],
      },
    ],
  });
  const queues = await desk.read<{ items: readonly { id: string }[] }>("/queues");
  expect(queues.body.items.map(({ id }) => id)).toEqual(["open", "office"]);
});

test("5.post-conversations.1 5.post-conversations-id-messages.1 contact is 201, a message 202, with template, tag and attachments", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { body, status } = await desk.contact("ana", { template: { name: "hello" } });
  expect(status).toBe(201);
  const more = {
    template: { name: "t" },
    tag: "human_agent",
    attachments: [{ url: "https://x.example/", type: "a/b" }],
  };
  expect(await desk.write(body.conversation, "ana", more)).toMatchObject({ status: 202 });
  expect(await desk.told()).toMatchObject([
    { kind: "message", template: { name: "hello" } },
    { kind: "message", ...more },
  ]);
});

test("5.customer-entries.1 entries have the shape of the contract", async () => {
  const desk = await worker.tenant(document({ offline: { prompt: "closed" } }));
  const { conversation } = await desk.inbound();
  expect(await desk.told()).toMatchObject([
    {
      id: expect.any(String) as unknown,
      conversation,
      at: worker.now,
      kind: "prompt",
      offline: true,
      text: "closed",
    },
  ]);
});

test("5.agent-events.1 F34 agent events have the shape of the contract; the tenant's hold them once, with `agent`", async () => {
  const desk = await worker.tenant(document({ open: { acceptance: "manual" } }));
  await desk.available("ana");
  const { conversation } = await desk.inbound({ text: "one", id: "m1" });
  await desk.inbound({ text: "two", id: "m2" });
  await desk.act(conversation, "accept", { agent: "ana" });
  await desk.inbound({ text: "three", id: "m3" });
  await desk.act(conversation, "release", { agent: "ana" });
  const events = await desk.agentEvents("ana");
  expect(events.map(({ type }) => type)).toEqual([
    "presenceChanged",
    "conversationOffered",
    "messageReceived",
    "conversationAssigned",
    "messageReceived",
    "conversationLeft",
  ]);
  const [presence, offered, second, assigned, , left] = events;
  expect(presence).toMatchObject({ status: "available", reason: "declared" });
  const common = { conversation, channel: "web", customer: "vera", skillQueue: "open" };
  expect(offered).toMatchObject({
    ...common,
    version: 2,
    expiresAt: worker.in(30_000),
    messages: [{ text: "one" }],
    reason: { rule: "longest-idle" },
  });
  expect(second).toMatchObject({ ...common, message: { text: "two" } });
  expect(assigned).toMatchObject({
    ...common,
    version: 3,
    messages: [{ text: "one" }, { text: "two" }],
  });
  expect(left).toMatchObject({ ...common, version: 4, to: "queued", reason: "released" });
  const all = await desk.events();
  for (const event of events) {
    expect(all.filter(({ id }) => id === event.id)).toMatchObject([
      { agent: "ana", type: event.type },
    ]);
  }
});

test("F30 3.20.2 5.delete-customers-customer.1 erasure removes text and address at once from everything that answers", async () => {
  const desk = await worker.tenant(document({ channels: [channel("sms", "sms")] }));
  await desk.available("ana");
  const web = await desk.inbound({ customer: "erase-me", customerId: "k9", text: "secret words" });
  const sms = await desk.inbound({
    channel: "sms",
    customer: "+4912345",
    customerId: "k9",
    text: "secret words",
  });
  await desk.answer(web.conversation, "ana", "secret answer");
  const kept = await desk.inbound({ customer: "keep-me", text: "other words" });
  expect(await desk.call("DELETE", "/customers/k9")).toMatchObject({
    status: 202,
    body: { conversations: 2 },
  });
  for (const { conversation } of [web, sms]) {
    expect(await desk.conversation(conversation)).toMatchObject({
      state: "closed",
      customer: null,
    });
  }
  const everything = JSON.stringify([
    (await desk.read(`/conversations/${web.conversation}/timeline`)).body,
    (await desk.read(`/conversations/${sms.conversation}/timeline`)).body,
    await desk.events(),
    await desk.agentEvents("ana"),
    await desk.list(),
    await desk.told("erase-me"),
    await desk.told("+4912345", "sms"),
  ]);
  expect(everything).not.toContain("secret");
  expect(everything).not.toContain("erase-me");
  expect(everything).not.toContain("+4912345");
  expect(await desk.conversation(kept.conversation)).toMatchObject({
    customer: "keep-me",
    state: "assigned",
  });
  expect((await desk.eventsOf("conversationLeft", web.conversation)).at(-1)?.reason).toBe("erased");
  expect(await desk.call("DELETE", "/customers/nobody")).toMatchObject({
    status: 202,
    body: { conversations: 0 },
  });
});

test("3.20.1 2.tenant.3 closed conversations go after `closedDays`", async () => {
  const desk = await worker.tenant(document({ tenant: { retention: { closedDays: 1 } } }));
  const { conversation } = await desk.inbound();
  await desk.act(conversation, "close");
  await worker.advance(dayMs - 1);
  expect(await desk.state(conversation)).toBe("closed");
  await worker.advance(1);
  expect(await desk.call("GET", `/conversations/${conversation}`)).toMatchObject({
    status: 404,
    body: { code: "unknown_conversation" },
  });
  expect(await desk.list()).toEqual([]);
});

test("F37 5.post-v-test-clock.1 the test clock: backwards, or both or neither key, is 422", async () => {
  const move = (body: object): Promise<Answer<{ now: string }>> =>
    worker.call("POST", "/v1/test-clock", body);
  expect(await move({ to: worker.in(-1) })).toMatchObject({ status: 422 });
  expect(await move({ advanceMs: -1 })).toMatchObject({ status: 422 });
  expect(await move({})).toMatchObject({ status: 422 });
  expect(await move({ advanceMs: 1, to: worker.in(1) })).toMatchObject({ status: 422 });
  expect(await move({ to: worker.now })).toMatchObject({ status: 200, body: { now: worker.now } });
});

test("5.post-v-test-clock.1 5.post-v-test-clock.2 time stands still but for this call, which walks through a whole night", async () => {
  await worker.next("17:00");
  const desk = await worker.tenant(document({ web: { skillQueue: "office" }, offline: {} }));
  const { conversation } = await desk.inbound();
  expect(
    (await worker.call<{ now: string }>("POST", "/v1/test-clock", { advanceMs: 0 })).body.now,
  ).toBe(worker.now);
  await worker.next("10:00");
  expect(await desk.state(conversation)).toBe("parked");
});

test("5.0.4 an unknown tenant is 404 on every call", async () => {
  const desk = worker.unused();
  for (const path of [
    "/configuration",
    "/agents",
    "/agents/a",
    "/queues",
    "/conversations",
    "/conversations/c1",
    "/conversations/c1/timeline",
    "/events?waitMs=0",
    "/agents/a/events?waitMs=0",
    "/channels/c/customers/x/poll?waitMs=0",
    "/channels/c/deliveries?status=failed",
  ]) {
    expect(await desk.call("GET", path), path).toMatchObject({
      status: 404,
      body: { code: "unknown_tenant" },
    });
  }
  expect(await desk.call("DELETE", "/customers/x")).toMatchObject({
    status: 404,
    body: { code: "unknown_tenant" },
  });
});
