import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import type { AgentState } from "./wire.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

const yaml = { "content-type": "application/yaml" };

const example = `
calendars:
  - id: office
    timeZone: Europe/Berlin
    weekly: { mon: ["09:00-18:00"], tue: ["09:00-18:00"], wed: ["09:00-18:00"], thu: ["09:00-18:00"], fri: ["09:00-16:00"] }
    restDates: ["2026-12-25"]                                   # closed all day
    workDates: [{ date: "2026-12-19", hours: ["10:00-14:00"] }] # wins over a rest date, which wins over weekly
skillQueues:
  - { id: billing, calendar: office, agentSelection: longest-idle, acceptance: automatic }
agents:
  - { id: ana, skills: { billing: 8 }, capacity: 6 }
channelCosts: { email: 1, whatsapp: 2 }
channels:
  - id: wa-main
    kind: whatsapp
    skillQueue: billing
    customerReplyTimeoutMinutes: 20
    push: { url: "https://hooks.example/wa", secret: wa-push }
    lastAgentMode: { enabled: true, validityMinutes: 10080, waitMinutes: 10 }
    offlineMessages:
      enabled: true
      prompt: "We are closed and will answer in the morning."
      routingTimeLimit: 30
      agentOutboundTimeLimitMinutes: null
      calledCustomerReplyTimeoutMinutes: 3
      routingMode: last-agent
  - id: mail
    kind: email
    skillQueue: billing
    offlineMessages: { enabled: true, automaticReplyToEachEmail: true }
    autoReply: { workingHours: { subject: "…", body: "…" }, nonWorkingHours: { subject: "…", body: "…" } }
`;

async function etag(desk: TenantDesk): Promise<string> {
  const value = (await desk.read("/configuration")).headers.get("etag");
  expect(value).toMatch(/^(?:W\/)?".+"$/u);
  return value ?? "";
}

test("2.example.1 2.0.1 5.put-configuration.1 the example document is valid, as YAML and as JSON", async () => {
  const first = worker.unused();
  const answer = await first.configure(example, "", yaml);
  expect(answer).toMatchObject({ status: 200, body: { warnings: [] } });
  const { body } = await first.read("/configuration");
  const second = worker.unused();
  expect(await second.configure(body as Record<string, unknown>)).toMatchObject({ status: 200 });
  expect((await second.read("/configuration")).body).toEqual(body);
});

test("5.0.4 2.0.1 what is no JSON or no YAML is 400", async () => {
  const desk = worker.unused();
  expect(await desk.configure("{ not json", "")).toMatchObject({ status: 400 });
  expect(await desk.configure("a: [1", "", yaml)).toMatchObject({ status: 400 });
  expect(await desk.call("GET", "/configuration")).toMatchObject({ status: 404 });
});

test("5.put-configuration.1 F44 `PUT /configuration` on an unknown tenant creates it", async () => {
  const desk = worker.unused();
  expect(await desk.call("GET", "/configuration")).toMatchObject({
    status: 404,
    body: { code: "unknown_tenant" },
  });
  expect(await desk.configure(document())).toMatchObject({ status: 200, body: { warnings: [] } });
  expect((await desk.read("/configuration")).status).toBe(200);
});

test("5.put-configuration.1 with `dryRun=true` it only validates", async () => {
  const desk = worker.unused();
  expect(await desk.configure(document(), "?dryRun=true")).toMatchObject({ status: 200 });
  expect(await desk.call("GET", "/configuration")).toMatchObject({ status: 404 });
  await desk.configure(document());
  const before = await etag(desk);
  const other = document({ agents: [agent("ben", 1)] });
  expect(await desk.configure(other, "?dryRun=true")).toMatchObject({ status: 200 });
  expect(await etag(desk)).toBe(before);
  expect((await desk.agent("ana")).id).toBe("ana");
});

test("5.put-configuration.1 an invalid document changes nothing", async () => {
  const desk = await worker.tenant(document());
  const before = await etag(desk);
  expect(await desk.configure({ agents: 5 })).toMatchObject({
    status: 422,
    body: { code: "invalid_configuration" },
  });
  expect(await etag(desk)).toBe(before);
});

test("5.put-configuration.1 5.0.4 `If-Match` with the present `ETag` replaces, with another is 412", async () => {
  const desk = await worker.tenant(document());
  const first = await etag(desk);
  const other = document({ agents: [agent("ana", 4)] });
  const answer = await desk.configure(other, "", { "if-match": first });
  expect(answer.status).toBe(200);
  const second = await etag(desk);
  expect(second).not.toBe(first);
  expect(answer.headers.get("etag")).toBe(second);
  const stale = await desk.configure(document(), "", { "if-match": first });
  expect(stale).toMatchObject({
    status: 412,
    type: expect.stringContaining("problem+json") as unknown,
  });
  expect(await etag(desk)).toBe(second);
});

test("F40 2.offline-message-prompt.4 warnings have the shape of violations", async () => {
  const desk = worker.unused();
  const doc = document({ channels: [channel("sms", "sms", {}, { prompt: "closed" })] });
  const { body } = await desk.configure(doc);
  expect(body.warnings).toEqual([
    {
      path: "/channels/1/offlineMessages/prompt",
      code: "prompt_unused",
      message: expect.any(String) as unknown,
      value: "closed",
      limit: null,
    },
  ]);
});

test("5.put-get-delete-agents.1 F40 a single-agent `PUT` answers 200 with the agent, and appends it", async () => {
  const desk = await worker.tenant(document());
  const answer = await desk.call<AgentState>("PUT", "/agents/ben", {
    skills: { open: 3 },
    capacity: 2,
  });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      id: "ben",
      skills: { open: 3 },
      capacity: 2,
      status: "offline",
      units: { capacity: 2, used: 0, free: 2 },
      conversations: [],
    },
  });
  expect(await desk.agent("ben")).toEqual(answer.body);
  const all = await desk.read<{ items: readonly AgentState[] }>("/agents");
  expect(all.body.items.map(({ id }) => id)).toEqual(["ana", "ben"]);
  const { body } = await desk.read<{ agents: readonly { id: string }[] }>("/configuration");
  expect(body.agents.map(({ id }) => id)).toEqual(["ana", "ben"]);
});

test("F40 `id` in the body of a single-agent `PUT` is optional and must match", async () => {
  const desk = await worker.tenant(document());
  const put = (id: string): Promise<unknown> =>
    desk.call("PUT", "/agents/ben", { id, skills: { open: 3 }, capacity: 2 });
  expect(await put("ben")).toMatchObject({ status: 200 });
  expect(await put("bob")).toMatchObject({
    status: 422,
    body: { code: expect.stringMatching(/^invalid_/u) as unknown },
  });
});

test("F6 a single-agent `PUT` validates the whole document, and its `ETag` is the document's", async () => {
  const desk = await worker.tenant(document({ tenant: { channelCosts: { web: 3 } } }));
  const before = await etag(desk);
  const invalid = await desk.call<{ violations: readonly { code: string }[] }>(
    "PUT",
    "/agents/ana",
    {
      skills: { open: 3 },
      capacity: 2,
    },
  );
  expect(invalid).toMatchObject({ status: 422, body: { code: "invalid_configuration" } });
  expect(invalid.body.violations.map(({ code }) => code)).toEqual(["cost_above_capacity"]);
  const unknown = await desk.call("PUT", "/agents/ben", { skills: { none: 3 }, capacity: 2 });
  expect(unknown).toMatchObject({
    status: 422,
    body: { violations: [{ code: "unknown_reference" }] },
  });
  expect(await etag(desk)).toBe(before);
  const stale = await desk.call(
    "PUT",
    "/agents/ben",
    { skills: { open: 1 }, capacity: 9 },
    { "if-match": '"x"' },
  );
  expect(stale.status).toBe(412);
  const done = await desk.call(
    "PUT",
    "/agents/ben",
    { skills: { open: 1 }, capacity: 9 },
    { "if-match": before },
  );
  expect(done.status).toBe(200);
  const after = await etag(desk);
  expect(after).not.toBe(before);
  expect((await desk.call("DELETE", "/agents/ben", undefined, { "if-match": before })).status).toBe(
    412,
  );
  expect((await desk.call("DELETE", "/agents/ben", undefined, { "if-match": after })).status).toBe(
    204,
  );
});

test("5.put-get-delete-agents.1 F30 F31 `DELETE /agents/{agent}` answers 204, then the agent is unknown", async () => {
  const desk = await worker.tenant(document({ agents: [agent("ana", 1), agent("ben", 1)] }));
  expect((await desk.call("DELETE", "/agents/ben")).status).toBe(204);
  const gone = { status: 404, body: { code: "unknown_agent" } };
  expect(await desk.call("GET", "/agents/ben")).toMatchObject(gone);
  expect(await desk.call("DELETE", "/agents/ben")).toMatchObject(gone);
  expect(await desk.call("PUT", "/agents/ben/presence", { status: "away" })).toMatchObject(gone);
});

test("3.18.7 F7 removing a queue with open conversations is refused `in_use`, whatever their state but `closed`", async () => {
  const two = document({
    queues: [{ id: "extra" }],
    agents: [agent("ana", 3, { open: 1, extra: 1 })],
    web: { skillQueue: "extra" },
  });
  const desk = await worker.tenant(two);
  const one = document({ agents: [agent("ana", 3, { open: 1 })] });
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  await desk.answer(conversation, "ana");
  expect(await desk.configure(one)).toMatchObject({ status: 409, body: { code: "in_use" } });
  await worker.advance(20 * 60_000);
  expect(await desk.state(conversation)).toBe("dormant");
  expect(await desk.configure(one)).toMatchObject({ status: 409, body: { code: "in_use" } });
  await desk.act(conversation, "close");
  expect(await desk.configure(one)).toMatchObject({ status: 200 });
});

test("3.18.7 F7 `?replace=old:new` names another queue and another channel, in one map", async () => {
  const before = document({
    queues: [{ id: "q1" }, { id: "q2" }],
    agents: [agent("ana", 3, { q2: 1 })],
    channels: [
      channel("a", "web", { skillQueue: "q1" }),
      channel("b", "web", { skillQueue: "q2" }),
    ],
  });
  const after = document({
    queues: [{ id: "q2" }],
    agents: [agent("ana", 3, { q2: 1 })],
    channels: [channel("b", "web", { skillQueue: "q2" })],
  });
  const desk = await worker.tenant(before);
  const { conversation } = await desk.inbound({ channel: "a" });
  expect(await desk.state(conversation)).toBe("queued");
  expect(await desk.configure(after)).toMatchObject({ status: 409, body: { code: "in_use" } });
  expect(await desk.configure(after, "?replace=q1:q2")).toMatchObject({ status: 409 });
  expect(await desk.configure(after, "?replace=q1:q2&replace=a:b")).toMatchObject({ status: 200 });
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "queued",
    skillQueue: "q2",
    channel: "b",
  });
  await desk.available("ana");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "assigned", agent: "ana" });
});

test("F7 where both channels hold an open conversation of one customer it is `in_use` still", async () => {
  const desk = await worker.tenant(document({ channels: [channel("a", "web")] }));
  await desk.inbound({ channel: "a" });
  const kept = await desk.inbound({ channel: "web" });
  expect(await desk.configure(document(), "?replace=a:web")).toMatchObject({
    status: 409,
    body: { code: "in_use" },
  });
  await desk.act(kept.conversation, "close");
  expect(await desk.configure(document(), "?replace=a:web")).toMatchObject({ status: 200 });
});
