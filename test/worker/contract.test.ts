import { beforeAll, describe, expect, test } from "vitest";
import { problemCodes } from "../../worker/http/problems.ts";
import { rejectionCodes } from "../../core/rejections.ts";
import { ContractDesk, mondayMorning } from "./http/contract-desk.ts";

// The contract, walked through on a real worker: every route, its shapes, its refusals. One worker
// serves them all; each test has customers of its own.

const minute = 60_000;
const hour = 60 * minute;

let desk: ContractDesk;
beforeAll(async () => {
  desk = await ContractDesk.start();
  const put = await desk.call("PUT", "configuration", configuration());
  expect(put.status).toBe(200);
  return () => desk[Symbol.asyncDispose]();
});

function configuration() {
  const offlineMessages = { enabled: true };
  return {
    calendars: [
      {
        id: "office",
        timeZone: "Europe/Berlin",
        weekly: Object.fromEntries(
          ["mon", "tue", "wed", "thu", "fri"].map((day) => [day, ["09:00-18:00"]]),
        ),
      },
    ],
    skillQueues: [
      { id: "always" },
      { id: "office", calendar: "office" },
      { id: "manual", acceptance: "manual" },
      { id: "spare" },
    ],
    agents: [
      { id: "ana", name: "Ana", skills: { always: 5, office: 5, manual: 5 }, capacity: 50 },
      { id: "ben", skills: { always: 3 }, capacity: 1 },
      { id: "cyd", skills: { spare: 1 }, capacity: 1 },
    ],
    channels: [
      { id: "web", kind: "web", skillQueue: "always" },
      { id: "desk", kind: "web", skillQueue: "manual", offlineMessages },
      {
        id: "wa",
        kind: "whatsapp",
        skillQueue: "office",
        offlineMessages: { enabled: true, prompt: "We are closed." },
      },
      { id: "ig", kind: "instagram", skillQueue: "office", offlineMessages },
      { id: "tg", kind: "telegram", skillQueue: "office", offlineMessages },
      {
        id: "sms",
        kind: "sms",
        skillQueue: "office",
        offlineMessages: { enabled: true, agentOutboundTimeLimitMinutes: 0 },
      },
      {
        id: "limited",
        kind: "web",
        skillQueue: "office",
        offlineMessages: { enabled: true, agentOutboundTimeLimitMinutes: 60 },
      },
      {
        id: "bot",
        kind: "web",
        skillQueue: "office",
        offlineMessages: {
          enabled: true,
          routingMode: "chatbot",
          chatbot: { url: desk.botUrl, accessCode: "bot-code" },
        },
      },
    ],
  };
}

describe("the configuration", () => {
  test("is answered with every default filled in, and can be sent back", async () => {
    const got = await desk.call("GET", "configuration");
    expect(got.headers.get("etag")).toMatch(/^"\d+"$/u);
    expect(got.body.skillQueues[0]).toMatchObject({ id: "always", maxWaiting: 1000 });
    expect(got.body.channelCosts).toMatchObject({ email: 1, telegram: 1 });
    const put = await desk.call("PUT", "configuration?dryRun=true", got.body);
    expect(put.body).toEqual({ warnings: [] });
  });

  test("creates the tenant that is not there yet", async () => {
    expect(await desk.refused("GET", "/v1/tenants/new/queues")).toBe("404 unknown_tenant");
    const document = { skillQueues: [{ id: "q" }] };
    const dry = await desk.call("PUT", "/v1/tenants/new/configuration?dryRun=true", document);
    expect(dry.status).toBe(200);
    expect(await desk.refused("GET", "/v1/tenants/new/queues")).toBe("404 unknown_tenant");
    const put = await desk.call("PUT", "/v1/tenants/new/configuration", document);
    expect([put.status, put.body]).toEqual([200, { warnings: [] }]);
    expect((await desk.call("GET", "/v1/tenants/new/queues")).body.items).toMatchObject([
      { id: "q", open: true, nextChangeAt: null },
    ]);
  });

  test("answers every violation at once, with a warning for what is only odd", async () => {
    const wrong = await desk.call("PUT", "configuration", {
      skillQueues: [{ id: "q", maxWaiting: 10_001 }],
      channels: [{ id: "x", kind: "line", skillQueue: "nope" }],
      extra: 1,
    });
    expect([wrong.status, wrong.body.code]).toEqual([422, "invalid_configuration"]);
    expect(wrong.body.violations.map(({ code }) => code).toSorted()).toEqual([
      "channel_kind_unsupported",
      "out_of_range",
      "unknown_key",
      "unknown_reference",
    ]);
    const odd = await desk.call(
      "PUT",
      "/v1/tenants/odd/configuration",
      `skillQueues: [{ id: q }]\nchannels:\n  - { id: s, kind: sms, skillQueue: q, offlineMessages: { prompt: Hello } }\n`,
      { "content-type": "application/yaml" },
    );
    expect(odd.body.warnings).toMatchObject([
      { path: "/channels/0/offlineMessages/prompt", code: "prompt_unused" },
    ]);
  });

  test("is held to its tag", async () => {
    const { headers, body } = await desk.call("GET", "/v1/tenants/odd/configuration");
    const tag = headers.get("etag") ?? "";
    const put = (ifMatch: string) =>
      desk.call("PUT", "/v1/tenants/odd/configuration", body, { "if-match": ifMatch });
    expect((await put(tag)).status).toBe(200);
    expect((await put(tag)).body).toMatchObject({ status: 412, code: "configuration_changed" });
    expect((await put("*")).status).toBe(200);
  });

  test("keeps what is in use, unless another takes over", async () => {
    const path = "/v1/tenants/moving/configuration";
    const document = (queue: string) => ({
      skillQueues: [{ id: queue }],
      agents: [{ id: "ana", skills: { [queue]: 1 }, capacity: 1 }],
      channels: [{ id: "web", kind: "web", skillQueue: queue, offlineMessages: { enabled: true } }],
    });
    await desk.call("PUT", path, document("old"));
    const message = { id: "m", channel: "web", customer: "kim", text: "hello" };
    await desk.call("POST", "/v1/tenants/moving/messages", message);
    expect(await desk.refused("PUT", path, document("new"))).toBe("409 in_use");
    expect((await desk.call("PUT", `${path}?replace=old:new`, document("new"))).status).toBe(200);
    const { body } = await desk.call("GET", "/v1/tenants/moving/conversations");
    expect(body.items).toMatchObject([{ skillQueue: "new" }]);
  });
});

describe("one agent", () => {
  const path = "agents/dora";

  test("is added, shown, listed at the end, changed and removed", async () => {
    const added = await desk.call("PUT", path, { skills: { spare: 3 }, capacity: 2 });
    expect(added.status).toBe(200);
    expect(added.body).toEqual({
      id: "dora",
      skills: { spare: 3 },
      capacity: 2,
      status: "offline",
      units: { capacity: 2, used: 0, free: 2 },
      conversations: [],
    });
    const shown = await desk.call("GET", path);
    expect(shown.body).toEqual(added.body);
    expect(shown.headers.get("etag")).toBe(added.headers.get("etag"));
    const listed = await desk.call("GET", "agents");
    expect(listed.body.items.map(({ id }) => id)).toEqual(["ana", "ben", "cyd", "dora"]);
    const tag = added.headers.get("etag") ?? "";
    const changed = { id: "dora", name: "Dora", skills: { spare: 4 }, capacity: 2 };
    expect((await desk.call("PUT", path, changed, { "if-match": tag })).body.name).toBe("Dora");
    expect(await desk.refused("DELETE", path, undefined, { "if-match": tag })).toBe(
      "412 configuration_changed",
    );
    expect((await desk.call("DELETE", path)).status).toBe(204);
    expect(await desk.refused("GET", path)).toBe("404 unknown_agent");
    expect(await desk.refused("DELETE", path)).toBe("404 unknown_agent");
  });

  test("is added by several at once without one undoing the other", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `temp${index}`);
    const added = await Promise.all(
      names.map((name) =>
        desk.call("PUT", `agents/${name}`, { skills: { spare: 1 }, capacity: 1 }),
      ),
    );
    expect(added.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { body } = await desk.call("GET", "agents");
    const ids = body.items.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("temp")).toSorted()).toEqual(names);
    await Promise.all(names.map((name) => desk.call("DELETE", `agents/${name}`)));
  });

  test("declares presence, which is also the heartbeat", async () => {
    const { body } = await desk.call("PUT", "agents/cyd/presence", { status: "available" });
    expect(body).toEqual({ status: "available", expiresAt: body.expiresAt, freeUnits: 1 });
    expect(body.expiresAt).toMatch(/^2026-03-02T07:\d\d:\d\d\.\d{3}Z$/u);
    const away = await desk.call("PUT", "agents/cyd/presence", { status: "away" });
    expect(away.body.status).toBe("away");
    const gone = await desk.call("PUT", "agents/cyd/presence", { status: "offline" });
    expect(gone.body).toEqual({ status: "offline", expiresAt: null, freeUnits: 1 });
    expect((await desk.call("GET", "agents/cyd")).body).not.toHaveProperty("expiresAt");
    expect(await desk.refused("PUT", "agents/nobody/presence", { status: "away" })).toBe(
      "404 unknown_agent",
    );
    expect(await desk.refused("PUT", "agents/cyd/presence", { status: "here" })).toBe(
      "422 invalid_request",
    );
  });
});

describe("a message", () => {
  test("is answered with the conversation, and its repeat with what has become of it", async () => {
    const first = await desk.message("wa", "repeat", { id: "again" });
    expect(first).toEqual({
      conversation: first.conversation,
      state: "held",
      offline: true,
      version: 1,
      reason: "calendar_closed",
      duplicate: false,
    });
    const repeat = { id: "again", channel: "wa", customer: "someone else", text: "other" };
    const again = await desk.call("POST", "messages", repeat);
    expect([again.status, again.body]).toMatchObject([
      202,
      { conversation: first.conversation, state: "held", version: 1, duplicate: true },
    ]);
    const elsewhere = await desk.call("POST", "messages", { ...repeat, channel: "ig" });
    expect(elsewhere.body.duplicate).toBe(false);
  });

  test("on a channel, queue or tenant that nobody knows is 404", async () => {
    const message = { id: "x", channel: "wa", customer: "x", text: "x" };
    expect(await desk.refused("POST", "messages", { ...message, channel: "nope" })).toBe(
      "404 unknown_channel",
    );
    expect(await desk.refused("POST", "messages", { ...message, skillQueue: "nope" })).toBe(
      "404 unknown_skill_queue",
    );
    expect(await desk.refused("POST", "/v1/tenants/nobody/messages", message)).toBe(
      "404 unknown_tenant",
    );
  });

  test("of a stream is answered in its line", async () => {
    const lines = [
      { id: "s1", channel: "wa", customer: "stream", text: "one" },
      { id: "s2", channel: "nope", customer: "stream", text: "two" },
      { id: "s1", channel: "wa", customer: "stream", text: "one" },
    ];
    const answers = await desk.stream(lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(answers).toMatchObject([
      { state: "held", duplicate: false },
      { status: 404, code: "unknown_channel", line: 2 },
      { state: "held", duplicate: true },
    ]);
  });

  test("of a stream with too many lines ends it", async () => {
    const answers = await desk.stream("{}\n".repeat(10_002));
    const codes = answers.map(({ code }) => code);
    expect(codes.length).toBe(10_001);
    expect(codes.at(0)).toBe("invalid_request");
    expect(codes.at(-1)).toBe("too_many_lines");
    desk.codes.add("too_many_lines");
  });

  test("is erased with its customer", async () => {
    const { conversation } = await desk.message("wa", "+49 forget", { customerId: "person-1" });
    const erased = await desk.call("DELETE", `customers/${encodeURIComponent("+49 forget")}`);
    expect([erased.status, erased.body]).toEqual([202, { conversations: 1 }]);
    const shown = await desk.call("GET", `conversations/${conversation}`);
    expect(shown.body).toMatchObject({ state: "closed", customer: null });
    const { body } = await desk.call("GET", `conversations/${conversation}/timeline`);
    expect(JSON.stringify(body)).not.toContain("forget");
    expect((await desk.call("DELETE", "customers/nobody")).body).toEqual({ conversations: 0 });
  });
});

describe("a conversation", () => {
  test("is shown with its deadlines and who may write", async () => {
    const { conversation } = await desk.message("wa", "+49 show", { priority: 3 });
    const { body } = await desk.call("GET", `conversations/${conversation}`);
    expect(body).toEqual({
      id: conversation,
      state: "held",
      offline: true,
      version: 1,
      channel: "wa",
      customer: "+49 show",
      skillQueue: "office",
      priority: 3,
      age: mondayMorning,
      deadlines: [
        { timer: "replyWindow", dueAt: "2026-03-03T07:00:00.000Z" },
        { timer: "routingLimit", remainingMs: 30 * minute },
      ],
      mayWrite: { verdict: "allowed", until: "2026-03-03T07:00:00.000Z" },
    });
    const listed = await desk.call("GET", "conversations?customer=%2B49%20show&state=held,queued");
    expect(listed.body).toEqual({ items: [body], next: null });
    const pages = await desk.call("GET", "conversations?state=held&limit=1");
    expect(pages.body.items.length).toBe(1);
    const next = await desk.call(
      "GET",
      `conversations?state=held&limit=1&cursor=${pages.body.next}`,
    );
    expect(next.body.items[0]?.id).not.toBe(pages.body.items[0]?.id);
    expect(
      (await desk.call("GET", "conversations?queue=spare&agent=cyd&channel=web")).body,
    ).toEqual({
      items: [],
      next: null,
    });
  });

  test("that nobody knows is 404, whatever is asked of it", async () => {
    const everything = [
      ["GET", "", undefined],
      ["GET", "/timeline", undefined],
      ["POST", "/messages", { id: "w", from: { agent: "ana" }, text: "x" }],
      ["POST", "/accept", { agent: "ana" }],
      ["POST", "/decline", { agent: "ana" }],
      ["POST", "/assign", { agent: "ana" }],
      ["POST", "/release", {}],
      ["POST", "/handoff", { bot: true }],
      ["POST", "/close", {}],
    ] as const;
    for (const id of ["c999999", "nonsense"]) {
      for (const [method, path, body] of everything) {
        expect(await desk.refused(method, `conversations/${id}${path}`, body)).toBe(
          "404 unknown_conversation",
        );
      }
    }
  });

  test("is offered, declined, accepted, written in, released, assigned and closed", async () => {
    await desk.present("ana");
    const { conversation, state, version, agent } = await desk.message("desk", "offered");
    expect([state, agent]).toEqual(["offered", "ana"]);
    const path = `conversations/${conversation}`;
    expect(await desk.refused("POST", `${path}/accept`, { agent: "ben" })).toBe("409 not_owner");
    expect(await desk.refused("POST", `${path}/accept`, {})).toBe("409 not_owner");
    expect(await desk.refused("POST", `${path}/release`, { agent: "ana" })).toBe("409 wrong_state");
    expect(await desk.refused("POST", `${path}/accept`, { agent: "ana", version: 0 })).toBe(
      "409 stale_version",
    );
    const declined = await desk.call("POST", `${path}/decline`, { agent: "ana", version });
    expect(declined.status).toBe(200);
    expect(declined.body).toMatchObject({ conversation, state: "queued", reason: "declined" });
    expect(declined.body).not.toHaveProperty("duplicate");
    await desk.advance(minute);
    await desk.present("ana");
    const offered = await desk.call("GET", path);
    expect(offered.body).toMatchObject({ state: "offered", agent: "ana" });
    const accepted = await desk.call("POST", `${path}/accept`, { agent: "ana" });
    expect(accepted.body).toMatchObject({ state: "assigned", agent: "ana", reason: "accepted" });

    const write = { id: "reply", from: { agent: "ana" }, text: "Hello!" };
    expect(
      await desk.refused("POST", `${path}/messages`, { ...write, from: { agent: "ben" } }),
    ).toBe("409 not_owner");
    const written = await desk.call("POST", `${path}/messages`, write);
    expect([written.status, written.body]).toMatchObject([
      202,
      { state: "awaiting-customer", duplicate: false },
    ]);
    const again = await desk.call("POST", `${path}/messages`, write);
    expect([again.status, again.body.duplicate]).toEqual([202, true]);

    const released = await desk.call("POST", `${path}/release`, { agent: "ana" });
    expect(released.body).toMatchObject({ state: "dormant" });
    await desk.present("cyd", "offline");
    expect(await desk.refused("POST", `${path}/assign`, { agent: "cyd" })).toBe(
      "409 agent_not_available",
    );
    await desk.present("ben");
    expect(await desk.refused("POST", `${path}/assign`, { agent: "ben" })).toBe(
      "409 skill_missing",
    );
    const assigned = await desk.call("POST", `${path}/assign`, { agent: "ben", override: true });
    expect(assigned.body).toMatchObject({ state: "assigned", agent: "ben" });
    const busy = await desk.message("desk", "busy");
    const skill = await desk.call("PUT", "agents/ben", {
      skills: { always: 3, manual: 1 },
      capacity: 1,
    });
    expect(skill.body.units).toEqual({ capacity: 1, used: 1, free: 0 });
    expect(
      await desk.refused("POST", `conversations/${busy.conversation}/assign`, { agent: "ben" }),
    ).toBe("409 no_capacity");
    const handedOff = await desk.call("POST", `${path}/handoff`, {
      agent: "ben",
      skillQueue: "spare",
      reason: "not mine",
    });
    expect(handedOff.body).toMatchObject({ state: "queued" });
    const closed = await desk.call("POST", `${path}/close`, { reason: "done" });
    expect(closed.body).toMatchObject({ state: "closed", reason: "closed_by_supervisor" });
    expect(await desk.refused("POST", `${path}/close`, {})).toBe("409 wrong_state");
    const late = await desk.call("POST", `${path}/messages`, write);
    expect([late.status, late.body]).toMatchObject([202, { state: "closed", duplicate: true }]);
    await desk.call("POST", `conversations/${busy.conversation}/close`, { customer: true });
    await desk.present("ben", "offline");
  });

  test("tells its story with reasons", async () => {
    await desk.present("ana");
    const { conversation } = await desk.message("web", "story");
    await desk.call("POST", `conversations/${conversation}/messages`, {
      id: "story-reply",
      from: { agent: "ana" },
      text: "Hi!",
      attachments: [{ url: "https://files.example/a.png", type: "image/png" }],
    });
    const { body } = await desk.call("GET", `conversations/${conversation}/timeline`);
    const { entries } = body;
    expect(entries.filter((entry) => "text" in entry)).toMatchObject([
      { type: "messageReceived", from: { customer: "story" }, text: "hello from story" },
      { type: "messageSent", from: { agent: "ana" }, text: "Hi!", messageId: "story-reply" },
    ]);
    expect(entries.find(({ type }) => type === "conversationAssigned")).toMatchObject({
      agent: "ana",
      reason: { rule: "longest-idle", waitedMs: 0, eligible: 1 },
    });
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
  });

  test("is one of many that are assigned and released together", async () => {
    const one = await desk.message("wa", "bulk-1");
    const two = await desk.message("wa", "bulk-2");
    const items = [
      { conversation: one.conversation, agent: "ana" },
      { conversation: two.conversation, agent: "ana", version: 99 },
      { conversation: "c999999", agent: "ana" },
      { conversation: two.conversation },
    ];
    const assigned = await desk.call("POST", "conversations/assign", { items });
    expect(assigned.body.items).toMatchObject([
      { status: 200, conversation: one.conversation, state: "assigned", agent: "ana" },
      { status: 409, code: "stale_version", conversation: two.conversation },
      { status: 404, code: "unknown_conversation", conversation: "c999999" },
      { status: 422, code: "invalid_request", conversation: two.conversation },
    ]);
    const released = await desk.call("POST", "conversations/release", {
      items: [{ conversation: one.conversation }],
    });
    expect(released.body.items).toMatchObject([
      { status: 200, state: "held", reason: "released_by_supervisor" },
    ]);
  });
});

describe("a contact", () => {
  const contact = (id: string, channel: string, change: object = {}) => ({
    id,
    agent: "ana",
    channel,
    customer: id,
    text: "Good news.",
    ...change,
  });

  test("begins a conversation, and its repeat means the same one", async () => {
    await desk.present("ana");
    const made = await desk.call("POST", "conversations", contact("contact-1", "desk"));
    expect([made.status, made.body]).toMatchObject([
      201,
      { state: "awaiting-customer", offline: true, version: 1, agent: "ana", duplicate: false },
    ]);
    expect(made.headers.get("location")).toBe(
      `/v1/tenants/acme/conversations/${made.body.conversation}`,
    );
    const again = await desk.call("POST", "conversations", contact("contact-1", "desk"));
    expect([again.status, again.body.duplicate]).toEqual([201, true]);
    await desk.call("POST", `conversations/${made.body.conversation}/close`, { agent: "ana" });
  });

  test("is refused where it may not be", async () => {
    await desk.present("ana");
    const refused = (body: object) => desk.refused("POST", "conversations", body);
    expect(await refused(contact("k1", "web"))).toBe("409 offline_messages_disabled");
    expect(await refused(contact("k2", "nope"))).toBe("404 unknown_channel");
    expect(await refused(contact("k3", "desk", { agent: "nobody" }))).toBe("404 unknown_agent");
    expect(await refused(contact("k4", "tg"))).toBe("403 cannot_start");
    expect(await refused(contact("k5", "wa"))).toBe("403 template_required");
    expect(await refused(contact("k6", "sms"))).toBe("403 replies_not_allowed");
    await desk.present("cyd", "away");
    expect(await refused(contact("k7", "desk", { agent: "cyd" }))).toBe("409 agent_not_available");
    const templated = contact("k8", "wa", { template: { name: "news", language: "de" } });
    const made = await desk.call("POST", "conversations", templated);
    expect(made.status).toBe(201);
    await desk.present("ben");
    expect(await refused({ ...templated, id: "k9", agent: "ben" })).toBe("409 conversation_owned");
    await desk.call("POST", `conversations/${made.body.conversation}/close`, {});
  });
});

describe("the bot", () => {
  test("writes, hands off and closes, each only while it has the conversation", async () => {
    const { conversation, state } = await desk.message("bot", "bot-1");
    expect(state).toBe("with-bot");
    const path = `conversations/${conversation}`;
    const write = { id: "bot-write", from: { bot: true }, text: "Hello, human." };
    expect((await desk.call("POST", `${path}/messages`, write)).status).toBe(202);
    const byAgent = { id: "agent-write", from: { agent: "ana" }, text: "Mine!" };
    expect(await desk.refused("POST", `${path}/messages`, byAgent)).toBe("409 wrong_state");
    expect(await desk.refused("POST", `${path}/accept`, { bot: true })).toBe("409 wrong_state");
    const handedOff = await desk.call("POST", `${path}/handoff`, { bot: true });
    expect(handedOff.body).toMatchObject({ state: "held", reason: "bot_handed_off" });
    expect(await desk.refused("POST", `${path}/close`, { bot: true })).toBe("409 wrong_state");
    const other = await desk.message("bot", "bot-2");
    const closed = await desk.call("POST", `conversations/${other.conversation}/close`, {
      bot: true,
    });
    expect(closed.body).toMatchObject({ state: "closed", reason: "closed_by_bot" });
  });
});

describe("the customer side", () => {
  test("polls its entries in order, and acknowledges by its cursor", async () => {
    const { conversation } = await desk.message("wa", "+49/poll", { id: "poll-1" });
    const path = `channels/wa/customers/${encodeURIComponent("+49/poll")}/poll?waitMs=0`;
    const first = await desk.call("GET", path);
    expect(first.body.entries).toEqual([
      {
        id: first.body.next,
        conversation,
        at: first.body.entries[0]?.at,
        kind: "prompt",
        offline: true,
        text: "We are closed.",
        inReplyTo: "poll-1",
      },
    ]);
    const second = await desk.call("GET", `${path}&after=${first.body.next}`);
    expect(second.body).toEqual({ entries: [], next: first.body.next });
    await desk.call("POST", `conversations/${conversation}/close`, {});
    const third = await desk.call("GET", path);
    expect(third.body.entries).toMatchObject([
      { kind: "prompt" },
      { kind: "status", status: "closed", reason: "closed_by_supervisor" },
    ]);
  });

  test("never sees a prompt that was not acknowledged before the episode ended", async () => {
    const { conversation } = await desk.message("wa", "withdrawn");
    const path = "channels/wa/customers/withdrawn/poll?waitMs=0";
    expect((await desk.call("GET", path)).body.entries).toMatchObject([{ kind: "prompt" }]);
    await desk.call("POST", `conversations/${conversation}/close`, {});
    expect((await desk.call("GET", path)).body.entries).toMatchObject([{ kind: "status" }]);
  });

  test("reports deliveries, of which the failed ones are listed and sent again", async () => {
    await desk.message("wa", "delivery");
    const { body } = await desk.call("GET", "channels/wa/customers/delivery/poll?waitMs=0");
    const id = body.entries[0]?.id;
    const report = { status: "failed", reason: "no such number" };
    expect((await desk.call("POST", `channels/wa/deliveries/${id}`, report)).status).toBe(204);
    const failed = await desk.call("GET", "channels/wa/deliveries?status=failed");
    expect(failed.body).toMatchObject({
      items: [{ id, delivery: "failed", deliveryReason: "no such number", customer: "delivery" }],
      next: null,
    });
    expect((await desk.call("POST", `channels/wa/deliveries/${id}/resend`)).status).toBe(204);
    expect((await desk.call("GET", "channels/wa/deliveries")).body.items).toEqual([]);
    const path = "channels/wa/deliveries/e99999999";
    expect(await desk.refused("POST", path, { status: "read" })).toBe("404 unknown_entry");
    expect(await desk.refused("POST", `channels/ig/deliveries/${id}`, { status: "read" })).toBe(
      "404 unknown_entry",
    );
    expect(await desk.refused("POST", `channels/wa/deliveries/${id}`, { status: "lost" })).toBe(
      "422 invalid_request",
    );
  });
});

describe("events", () => {
  test("tell an agent what happens, and the tenant what happens to all", async () => {
    await desk.present("ana");
    const before = await desk.call("GET", "agents/ana/events?waitMs=0");
    let { next } = before.body;
    for (let more = true; more;) {
      const { body } = await desk.call("GET", `agents/ana/events?waitMs=0&after=${next}`);
      more = body.events.length > 0;
      next = body.next;
    }
    const poll = desk.call("GET", `agents/ana/events?after=${next}&waitMs=30000`);
    const { conversation } = await desk.message("web", "eventful", { subject: "Hi" });
    const { body } = await poll;
    expect(body.events[0]).toMatchObject({
      type: "conversationAssigned",
      conversation,
      customer: "eventful",
      channel: "web",
      skillQueue: "always",
      messages: [{ text: "hello from eventful", subject: "Hi" }],
      reason: { rule: "longest-idle", waitedMs: 0, passedOver: {}, agents: [] },
    });
    const all = await desk.call("GET", `events?after=${next}&waitMs=0`);
    expect(all.body.events.at(-1)).toEqual({ ...body.events[0], agent: "ana" });
    expect(await desk.refused("GET", "agents/nobody/events")).toBe("404 unknown_agent");
  });
});

describe("the queues", () => {
  test("say who waits and who is there", async () => {
    const { body } = await desk.call("GET", "queues");
    const held = await desk.call("GET", "conversations?state=held&queue=office&limit=1000");
    const heldCount = held.body.items.length;
    const ana = await desk.call("GET", "agents/ana");
    const { used: usedUnits } = ana.body.units;
    const office = body.items.find(({ id }) => id === "office");
    expect(office).toEqual({
      id: "office",
      open: false,
      nextChangeAt: "2026-03-02T08:00:00.000Z",
      waiting: { live: 0, offline: 0 },
      reserved: 0,
      offered: 0,
      parked: 0,
      held: heldCount,
      oldestAge: mondayMorning,
      oldestTooCostly: null,
      agents: { signedIn: 1, available: 1, free: 1 },
      freeUnits: 50 - usedUnits,
    });
  });
});

describe("the time to reply", () => {
  test("is over after the tenant's limit, and never begins under limit 0", async () => {
    const limited = await desk.message("limited", "limited");
    const never = await desk.message("sms", "never");
    await desk.advanceTo("2026-03-02T08:00:00.000Z");
    await desk.present("ana");
    const assignTo = (conversation: string) =>
      desk.call("POST", `conversations/${conversation}/assign`, { agent: "ana", override: true });
    await assignTo(limited.conversation);
    await assignTo(never.conversation);
    await desk.advance(hour);
    await desk.present("ana");
    await assignTo(limited.conversation);
    await assignTo(never.conversation);
    const write = (id: string) => ({ id, from: { agent: "ana" }, text: "late" });
    const to = ({ conversation }: { readonly conversation: string }) =>
      `conversations/${conversation}/messages`;
    expect(await desk.refused("POST", to(limited), write("late-1"))).toBe(
      "403 reply_window_closed",
    );
    expect(await desk.refused("POST", to(never), write("late-2"))).toBe("403 replies_not_allowed");
  });

  test("is over after the platform's window, but for a template or a tag", async () => {
    const whatsapp = await desk.message("wa", "window");
    const instagram = await desk.message("ig", "window");
    await desk.advance(25 * hour);
    await desk.present("ana");
    const write = (id: string, change: object = {}) => ({
      id,
      from: { agent: "ana" },
      text: "after a day",
      ...change,
    });
    for (const { conversation } of [whatsapp, instagram]) {
      await desk.call("POST", `conversations/${conversation}/assign`, {
        agent: "ana",
        override: true,
      });
    }
    const wa = `conversations/${whatsapp.conversation}/messages`;
    expect(await desk.refused("POST", wa, write("w1"))).toBe("403 template_required");
    expect((await desk.call("POST", wa, write("w1", { template: "hello" }))).status).toBe(202);
    const ig = `conversations/${instagram.conversation}/messages`;
    expect(await desk.refused("POST", ig, write("i1"))).toBe("403 tag_required");
    expect((await desk.call("POST", ig, write("i1", { tag: "HUMAN_AGENT" }))).status).toBe(202);
  });
});

describe("the rest", () => {
  test("the test clock goes forward only", async () => {
    const clock = (body: object) => desk.refused("POST", "/v1/test-clock", body);
    expect(await clock({ to: mondayMorning })).toBe("422 invalid_request");
    expect(await clock({})).toBe("422 invalid_request");
    expect(await clock({ advanceMs: 1, to: mondayMorning })).toBe("422 invalid_request");
    expect(await clock({ advanceMs: -1 })).toBe("422 invalid_request");
  });

  test("operations answer", async () => {
    expect((await desk.call("GET", "/healthz")).status).toBe(200);
    expect((await desk.call("GET", "/readyz")).status).toBe(200);
    expect((await desk.call("GET", "/metrics")).body).toContain("nightdesk_http_seconds");
    expect((await desk.call("GET", "/openapi.json")).status).toBe(200);
  });

  test("what is no request is a problem", async () => {
    expect(await desk.refused("GET", "/nope")).toBe("404 not_found");
    expect(await desk.refused("DELETE", "messages")).toBe("405 method_not_allowed");
    expect(await desk.refused("POST", "messages", "{")).toBe("400 unreadable_body");
    expect(await desk.refused("POST", "messages", `"${"x".repeat(1_100_000)}"`)).toBe(
      "413 too_large",
    );
    const text = { "content-type": "text/plain" };
    expect(await desk.refused("POST", "messages", "x", text)).toBe("415 unsupported_media_type");
    expect(await desk.refused("GET", "/v1/tenants/%zz/queues")).toBe("400 bad_request");
  });

  test("every route of the document has been called", () => {
    expect(desk.described.operations.filter((id) => !desk.called.has(id))).toEqual([]);
  });

  test("every code has been answered that a client can bring about", () => {
    // Those of the machinery, and of connections that break, are shown in http-requests.test.ts.
    const others = ["request_timeout", "headers_too_large", "internal_error", "not_ready"];
    const codes = [...problemCodes, ...rejectionCodes].filter((code) => !others.includes(code));
    expect(codes.filter((code) => !desk.codes.has(code))).toEqual([]);
  });
});
