import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import type { MayWrite } from "./wire.ts";
import { ContractWorker, dayMs, minuteMs } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const kinds = ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"];
const patient = { customerReplyTimeoutMinutes: null };

function every(offline: object = {}): ReturnType<typeof document> {
  return document({
    agents: [agent("ana", 99)],
    channels: kinds.map((kind) => channel(`c-${kind}`, kind, patient, { ...offline })),
  });
}

async function verdict(desk: TenantDesk, id: string): Promise<MayWrite> {
  return (await desk.conversation(id)).mayWrite;
}

/** An unanswered offline conversation on this kind. */
async function unanswered(desk: TenantDesk, kind: string): Promise<string> {
  return (await desk.inbound({ channel: `c-${kind}` })).conversation;
}

/** ana owns it now, whatever became of it; then she writes. */
async function writes(desk: TenantDesk, id: string, more: object = {}): Promise<unknown> {
  await desk.presence("ana", "away");
  await desk.act(id, "assign", { agent: "ana" });
  const answer = await desk.write(id, "ana", { ...more });
  await desk.presence("ana", "offline");
  return answer;
}

test("3.11.1 3.11.3 3.11.10 F25 whatsapp: allowed for 24 h, exactly, then template only", async () => {
  const desk = await worker.tenant(every());
  const id = await unanswered(desk, "whatsapp");
  const end = worker.nowMs + dayMs;
  expect(await verdict(desk, id)).toEqual({
    verdict: "allowed",
    until: new Date(end).toISOString(),
  });
  await worker.moveTo(end - 1);
  expect((await verdict(desk, id)).verdict).toBe("allowed");
  await worker.moveTo(end);
  expect((await verdict(desk, id)).verdict).toBe("template-only");
  expect(await writes(desk, id)).toMatchObject({
    status: 403,
    body: { code: "template_required" },
  });
  expect((await desk.told("vera", "c-whatsapp")).filter(({ kind }) => kind === "message")).toEqual(
    [],
  );
  expect(await writes(desk, id, { template: { name: "hello" } })).toMatchObject({ status: 202 });
  expect((await desk.told("vera", "c-whatsapp")).at(-1)).toMatchObject({
    kind: "message",
    template: { name: "hello" },
  });
});

test("3.11.4 F25 3.11.1 instagram: 24 h, then to 7 d with the human-agent tag, then blocked", async () => {
  const desk = await worker.tenant(every());
  const id = await unanswered(desk, "instagram");
  const start = worker.nowMs;
  expect(await verdict(desk, id)).toEqual({
    verdict: "allowed",
    until: new Date(start + dayMs).toISOString(),
  });
  await worker.moveTo(start + dayMs);
  expect(await verdict(desk, id)).toMatchObject({
    verdict: "allowed-with-tag",
    until: new Date(start + 7 * dayMs).toISOString(),
  });
  expect(await writes(desk, id)).toMatchObject({ status: 403, body: { code: "tag_required" } });
  await worker.moveTo(start + 7 * dayMs - 1);
  expect((await verdict(desk, id)).verdict).toBe("allowed-with-tag");
  await worker.moveTo(start + 7 * dayMs);
  expect(await verdict(desk, id)).toMatchObject({
    verdict: "blocked",
    reason: "reply_window_closed",
  });
  expect(await writes(desk, id, { tag: "human_agent" })).toMatchObject({
    status: 403,
    body: { code: "reply_window_closed" },
  });
});

test("3.11.4 instagram: with the tag a message goes between 24 h and 7 d", async () => {
  const desk = await worker.tenant(every());
  const id = await unanswered(desk, "instagram");
  await worker.moveTo(worker.nowMs + dayMs);
  expect(await writes(desk, id, { tag: "human_agent" })).toMatchObject({ status: 202 });
  expect((await desk.told("vera", "c-instagram")).at(-1)).toMatchObject({ tag: "human_agent" });
});

test("3.11.6 other kinds have no platform window", async () => {
  const desk = await worker.tenant(every());
  const ids = new Map<string, string>();
  for (const kind of ["web", "rcs", "email", "sms", "telegram"])
    ids.set(kind, await unanswered(desk, kind));
  await worker.moveTo(worker.nowMs + 2 * dayMs);
  for (const id of ids.values()) expect(await verdict(desk, id)).toEqual({ verdict: "allowed" });
});

test("3.11.2 3.11.7 F26 2.agent-outbound-call-time.1 the tenant limit binds agents in offline conversations, from the last customer message, exactly", async () => {
  const desk = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 30 }));
  const id = await unanswered(desk, "web");
  await worker.advance(10 * minuteMs);
  await desk.inbound({ channel: "c-web" });
  expect(await verdict(desk, id)).toEqual({ verdict: "allowed", until: worker.in(30 * minuteMs) });
  await worker.advance(30 * minuteMs - 1);
  expect(await writes(desk, id)).toMatchObject({ status: 202 });
  await worker.advance(1);
  expect(await verdict(desk, id)).toMatchObject({
    verdict: "blocked",
    reason: "reply_window_closed",
  });
  expect(await writes(desk, id)).toMatchObject({
    status: 403,
    body: { code: "reply_window_closed" },
  });
});

test("3.11.7 the tenant limit does not bind a live conversation", async () => {
  const desk = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 0 }));
  await desk.available("ana");
  const { conversation, offline } = await desk.inbound({ channel: "c-web" });
  expect(offline).toBe(false);
  expect(await verdict(desk, conversation)).toEqual({ verdict: "allowed" });
  expect(await desk.write(conversation, "ana")).toMatchObject({
    status: 202,
    body: { state: "live" },
  });
});

test("3.11.2 F26 the window is the smaller of both; after the tenant limit it is blocked, whatever the platform allows", async () => {
  const desk = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 2 * 24 * 60 }));
  const id = await unanswered(desk, "whatsapp");
  const start = worker.nowMs;
  expect(await verdict(desk, id)).toMatchObject({ until: new Date(start + dayMs).toISOString() });
  await worker.moveTo(start + dayMs);
  expect(await verdict(desk, id)).toEqual({
    verdict: "template-only",
    until: new Date(start + 2 * dayMs).toISOString(),
  });
  await worker.moveTo(start + 2 * dayMs);
  expect(await verdict(desk, id)).toMatchObject({ verdict: "blocked" });
  expect(await writes(desk, id, { template: { name: "t" } })).toMatchObject({
    status: 403,
    body: { code: "reply_window_closed" },
  });
});

test("3.11.8 2.agent-outbound-call-time.2 F21 limit 0: such work is assigned read-only, without a first-reply timer, and close ends it", async () => {
  const desk = await worker.tenant(
    document({ open: { reassignAfterMinutes: 5 }, offline: { agentOutboundTimeLimitMinutes: 0 } }),
  );
  const { conversation } = await desk.inbound();
  expect(await verdict(desk, conversation)).toMatchObject({
    verdict: "blocked",
    reason: "replies_not_allowed",
  });
  await desk.available("ana");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
  expect(await desk.due(conversation, "firstReply")).toBeUndefined();
  expect(await desk.write(conversation, "ana")).toMatchObject({
    status: 403,
    body: { code: "replies_not_allowed" },
  });
  await worker.advance(20 * minuteMs);
  expect(await desk.state(conversation)).toBe("assigned");
  expect(await desk.act(conversation, "close", { agent: "ana" })).toMatchObject({
    status: 200,
    body: { state: "closed" },
  });
  expect((await desk.told()).filter(({ kind }) => kind === "message")).toEqual([]);
});

test("4.law.9 3.11.10 a blocked message is refused, never sent, and its id is free", async () => {
  const desk = await worker.tenant(document({ offline: { agentOutboundTimeLimitMinutes: 1 } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await worker.advance(minuteMs);
  expect(await desk.write(conversation, "ana", { id: "w" })).toMatchObject({ status: 403 });
  expect(await desk.told()).toEqual([]);
  await desk.inbound();
  expect(await desk.write(conversation, "ana", { id: "w" })).toMatchObject({ status: 202 });
});

test("3.11.1 3.reply-window-one-a.1 F25 `mayWriteChanged` comes at each change of the verdict, and only then; each customer message re-arms", async () => {
  const desk = await worker.tenant(
    document({ agents: [agent("ana", 9)], offline: { agentOutboundTimeLimitMinutes: 10 } }),
  );
  const { conversation } = await desk.inbound();
  await desk.presence("ana", "away");
  await desk.act(conversation, "assign", { agent: "ana" });
  const changes = async (): Promise<readonly unknown[]> =>
    (await desk.agentEvents("ana"))
      .filter(({ type }) => type === "mayWriteChanged")
      .map((event) => event.mayWrite?.verdict);
  await worker.advance(9 * minuteMs);
  await desk.inbound();
  await worker.advance(9 * minuteMs);
  expect(await changes()).toEqual([]);
  const { version } = await desk.conversation(conversation);
  await worker.advance(minuteMs);
  expect(await changes()).toEqual(["blocked"]);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", version });
  await desk.inbound();
  expect(await changes()).toEqual(["blocked", "allowed"]);
});

test("F25 a change of configuration moves the window at once", async () => {
  const desk = await worker.tenant(document({ offline: { agentOutboundTimeLimitMinutes: 60 } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await worker.advance(10 * minuteMs);
  await desk.configure(document({ offline: { agentOutboundTimeLimitMinutes: 5 } }));
  expect(await verdict(desk, conversation)).toMatchObject({
    verdict: "blocked",
    reason: "reply_window_closed",
  });
  expect((await desk.agentEvents("ana")).at(-1)).toMatchObject({
    type: "mayWriteChanged",
    mayWrite: { verdict: "blocked" },
  });
});

test("3.11.7 3.11.9 F24 a prompt goes although agents may never reply", async () => {
  const desk = await worker.tenant(
    document({ offline: { agentOutboundTimeLimitMinutes: 0, prompt: "closed" } }),
  );
  await desk.inbound();
  expect(await desk.told()).toMatchObject([{ kind: "prompt", text: "closed" }]);
});

test("3.11.5 F26 a first contact: `cannot_start` on telegram and instagram, `template_required` on whatsapp, else allowed", async () => {
  const desk = await worker.tenant(every());
  await desk.available("ana");
  const at = (kind: string, more: object = {}): Promise<unknown> =>
    desk.contact("ana", { channel: `c-${kind}`, ...more });
  for (const kind of ["telegram", "instagram"]) {
    expect(await at(kind)).toMatchObject({ status: 403, body: { code: "cannot_start" } });
    expect(await at(kind, { tag: "human_agent", template: { name: "t" } })).toMatchObject({
      status: 403,
      body: { code: "cannot_start" },
    });
  }
  expect(await at("whatsapp")).toMatchObject({ status: 403, body: { code: "template_required" } });
  expect(await at("whatsapp", { template: { name: "t" } })).toMatchObject({ status: 201 });
  for (const kind of ["web", "rcs", "email", "sms"])
    expect(await at(kind)).toMatchObject({ status: 201 });
});

test("F26 the tenant limit counts from the customer's last message in any conversation; if there is none, only 0 blocks", async () => {
  const desk = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 10 }));
  await desk.available("ana");
  expect(await desk.contact("ana", { channel: "c-web", customer: "new" })).toMatchObject({
    status: 201,
  });
  const { conversation } = await desk.inbound({ channel: "c-web" });
  await desk.act(conversation, "close");
  await worker.advance(10 * minuteMs - 1);
  const body = { channel: "c-web" };
  const first = await desk.contact("ana", body);
  expect(first).toMatchObject({ status: 201 });
  await desk.act(first.body.conversation, "close");
  await worker.advance(1);
  expect(await desk.contact("ana", body)).toMatchObject({
    status: 403,
    body: { code: "reply_window_closed" },
  });
  const zero = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 0 }));
  await zero.available("ana");
  expect(await zero.contact("ana", { channel: "c-web", customer: "new" })).toMatchObject({
    status: 403,
    body: { code: "replies_not_allowed" },
  });
});

test("3.12.1 3.12.2 F27 contact only where offline messages are enabled, by an available agent with free units; refusals in that order", async () => {
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 1), agent("ben", 1)],
      web: { offlineMessages: { enabled: true, agentOutboundTimeLimitMinutes: 0 } },
      channels: [channel("off", "web", {}, { enabled: false }), channel("c", "web")],
    }),
  );
  const refused = async (code: string, body: object): Promise<void> => {
    const status = code === "replies_not_allowed" ? 403 : 409;
    expect(await desk.contact("ana", { ...body })).toMatchObject({ status, body: { code } });
  };
  await desk.presence("ben", "away");
  const owned = await desk.inbound({ channel: "web" });
  await desk.act(owned.conversation, "assign", { agent: "ben" });
  await refused("offline_messages_disabled", { channel: "off" });
  await refused("conversation_owned", {});
  await refused("agent_not_available", { customer: "x" });
  await desk.presence("ana", "away");
  await refused("agent_not_available", { customer: "x" });
  await desk.available("ana");
  await refused("replies_not_allowed", { customer: "x" });
  expect(await desk.contact("ana", { channel: "c", customer: "x" })).toMatchObject({ status: 201 });
  await refused("no_capacity", { customer: "y" });
  await refused("no_capacity", { channel: "c", customer: "y" });
});

test("3.12.3 the slot is used until the customer or the timeout answers", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 2)] }));
  await desk.available("ana");
  const { body } = await desk.contact("ana");
  expect((await desk.agent("ana")).units).toEqual({ capacity: 2, used: 1, free: 1 });
  expect(await desk.due(body.conversation, "calledCustomerReply")).toBe(worker.in(3 * minuteMs));
  await worker.advance(3 * minuteMs);
  expect(await desk.state(body.conversation)).toBe("dormant");
  expect((await desk.agent("ana")).units.used).toBe(0);
  const again = await desk.contact("ana", { customer: "two" });
  expect(await desk.inbound({ customer: "two" })).toMatchObject({
    conversation: again.body.conversation,
    state: "live",
    offline: false,
  });
});

test("F27 contact needs no skill, carries tag and attachments, and answers what was unanswered", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 2, { office: 1 })] }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  const attachments = [{ url: "https://files.example/a.png", type: "image/png" }];
  const answer = await desk.contact("ana", { tag: "human_agent", attachments });
  expect(answer).toMatchObject({ status: 201, body: { conversation, state: "awaiting-customer" } });
  expect((await desk.conversation(conversation)).age).toBeNull();
  expect(await desk.told()).toMatchObject([{ kind: "message", tag: "human_agent", attachments }]);
  expect((await desk.eventsOf("conversationAssigned", conversation)).at(-1)?.reason).toMatchObject({
    rule: "contact",
  });
});

test("F25 `mayWrite` of a conversation without an owner is that of an agent who would own it", async () => {
  const desk = await worker.tenant(every({ agentOutboundTimeLimitMinutes: 20 }));
  const { conversation } = await desk.inbound({ channel: "c-whatsapp" });
  expect(await verdict(desk, conversation)).toEqual({
    verdict: "allowed",
    until: worker.in(20 * minuteMs),
  });
});
