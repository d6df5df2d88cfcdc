import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { Endpoint, type Reply } from "./endpoint.ts";
import type { TenantDesk } from "./tenant.ts";
import type { State } from "./wire.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

interface BotCall {
  readonly tenant: string;
  readonly channel: string;
  readonly customer: string;
  readonly conversation: string;
  readonly message: { readonly id: string; readonly text: string };
}

let worker: ContractWorker;
let bot: Endpoint<BotCall>;
let secrets: string;
beforeAll(async () => {
  secrets = await mkdtemp(join(tmpdir(), "nightdesk-secrets-"));
  await writeFile(join(secrets, "bot-code"), "open-sesame\n");
  bot = await Endpoint.listen<BotCall>();
  worker = await ContractWorker.start(["--secrets", secrets]);
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await bot[Symbol.asyncDispose]();
  await rm(secrets, { recursive: true, force: true });
});

function chatbot(more: object = {}, url = bot.url): ReturnType<typeof document> {
  return document({
    queues: [{ id: "two" }],
    agents: [agent("ana", 3, { open: 1, office: 1, two: 1 })],
    offline: { routingMode: "chatbot", chatbot: { url, accessCode: "bot-code" }, ...more },
  });
}

/** Waits until the bot's answer has taken the conversation there; what the timeline gives as reason. */
async function reached(desk: TenantDesk, id: string, to: State): Promise<unknown> {
  await expect.poll(() => desk.state(id), { timeout: 10_000, interval: 10 }).toBe(to);
  const { body } = await desk.read<{ entries: readonly { reason?: unknown }[] }>(
    `/conversations/${id}/timeline`,
  );
  return body.entries.map(({ reason }) => reason).findLast((reason) => typeof reason === "string");
}

/** Waits until the customer has been told this many entries. */
async function told(desk: TenantDesk, count: number): Promise<readonly (string | undefined)[]> {
  let after = "";
  const texts: (string | undefined)[] = [];
  while (texts.length < count) {
    const { body } = await desk.read<{ entries: readonly { text?: string }[]; next: string }>(
      `/channels/web/customers/vera/poll?waitMs=10000${after}`,
    );
    expect(body.entries).not.toEqual([]);
    texts.push(...body.entries.map(({ text }) => text));
    after = `&after=${encodeURIComponent(body.next)}`;
  }
  return texts;
}

const mine = (desk: TenantDesk) => (call: BotCall) => call.tenant === desk.name;

test("3.diagram.4 3.15.1 F38 2.connect-to-chatbot.1 the bot is called with the access code and the message; `POST /messages` answers before the bot does", async () => {
  bot.reply = () => ({ silent: true });
  const desk = await worker.tenant(chatbot());
  const { conversation, ...outcome } = await desk.inbound({ id: "m1", text: "hello bot" });
  expect(outcome).toMatchObject({ state: "with-bot", offline: true });
  const [call] = await bot.until(1, mine(desk));
  expect(call?.headers["authorization"]).toBe("Bearer open-sesame");
  expect(call?.body).toEqual({
    tenant: desk.name,
    channel: "web",
    customer: "vera",
    conversation,
    message: { id: "m1", text: "hello bot" },
  });
  expect(await desk.due(conversation, "botAnswer")).toBe(worker.in(30_000));
});

test("3.bot-idle.1 F38 replies reach the customer, then the bot waits for the customer reply timeout, and the conversation goes dormant", async () => {
  bot.reply = () => ({ body: { replies: [{ text: "one" }, { text: "two" }] } });
  const desk = await worker.tenant(chatbot());
  const { conversation } = await desk.inbound();
  expect(await told(desk, 2)).toEqual(["one", "two"]);
  expect(await desk.due(conversation, "botIdle")).toBe(worker.in(20 * minuteMs));
  expect(await desk.due(conversation, "botAnswer")).toBeUndefined();
  await worker.advance(20 * minuteMs - 1);
  expect(await desk.state(conversation)).toBe("with-bot");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({ state: "dormant", age: null });
});

test("3.bot-idle.1 3.15.1 the customer stops it; every message goes to the bot, in order", async () => {
  bot.reply = (call) => ({ body: { replies: [{ text: `re ${call.message.text}` }] } });
  const desk = await worker.tenant(chatbot());
  const { conversation } = await desk.inbound({ text: "1" });
  await told(desk, 1);
  await worker.advance(19 * minuteMs);
  for (const text of ["2", "3", "4"]) {
    expect(await desk.inbound({ text })).toMatchObject({ conversation, state: "with-bot" });
  }
  expect(await told(desk, 4)).toEqual(["re 1", "re 2", "re 3", "re 4"]);
  expect((await bot.until(4, mine(desk))).map(({ body }) => body.message.text)).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
  await worker.advance(19 * minuteMs);
  expect(await desk.state(conversation)).toBe("with-bot");
});

test("3.bot-answer.1 F38 a bot that is silent hands off after 30 s, exactly; an empty 2xx acknowledges only", async () => {
  bot.reply = () => ({});
  const desk = await worker.tenant(chatbot());
  const { conversation } = await desk.inbound();
  const { age } = await desk.conversation(conversation);
  await bot.until(1, mine(desk));
  await worker.advance(30_000 - 1);
  expect(await desk.state(conversation)).toBe("with-bot");
  await worker.advance(1);
  expect(await desk.conversation(conversation)).toMatchObject({
    state: "queued",
    offline: true,
    age,
  });
  expect(await reached(desk, conversation, "queued")).toBe("bot_silent");
});

test("F20 3.routing-limit.1 the routing limit starts whole at hand-off, on both clocks", async () => {
  bot.reply = () => ({});
  for (const routingClock of ["working", "wall"]) {
    const desk = await worker.tenant(chatbot({ routingClock, routingTimeLimit: 10 }));
    const { conversation } = await desk.inbound();
    expect(await desk.due(conversation, "routingLimit")).toBeUndefined();
    await worker.advance(30_000);
    expect(await desk.due(conversation, "routingLimit")).toBe(worker.in(10 * minuteMs));
  }
});

const failures: readonly (readonly [string, Reply])[] = [
  ["bot_refused", { status: 404 }],
  ["bot_refused", { status: 500, body: { replies: [{ text: "no" }] } }],
  ["bot_malformed", { body: "not json" }],
  ["bot_malformed", { body: { replies: "no list" } }],
  ["bot_malformed", { body: { replies: [{ text: 5 }] } }],
];

test.each(failures)(
  "3.15.2 F38 a failing call hands off to the skill queue: %s",
  async (reason, reply) => {
    bot.reply = () => reply;
    const desk = await worker.tenant(chatbot());
    const { conversation } = await desk.inbound();
    expect(await reached(desk, conversation, "queued")).toBe(reason);
    await desk.available("ana");
    expect(await desk.conversation(conversation)).toMatchObject({
      state: "assigned",
      offline: true,
    });
    expect((await desk.agentEvents("ana")).at(-1)).toMatchObject({ messages: [{ text: "hello" }] });
  },
);

test("3.15.2 an unreachable bot hands off", async () => {
  const desk = await worker.tenant(chatbot({}, "http://127.0.0.1:9/"));
  const { conversation } = await desk.inbound();
  await reached(desk, conversation, "queued");
});

test("F38 3.14.6 `handoff` in the answer: to its queue, or to another one named", async () => {
  for (const handoff of [true, { skillQueue: "two" }]) {
    bot.reply = () => ({ body: { replies: [{ text: "a person will help" }], handoff } });
    const desk = await worker.tenant(chatbot());
    const { conversation } = await desk.inbound();
    const { age } = await desk.conversation(conversation);
    expect(await reached(desk, conversation, "queued")).toBe("bot_handed_off");
    expect(await desk.conversation(conversation)).toMatchObject({
      skillQueue: handoff === true ? "open" : "two",
      age,
    });
    expect(await told(desk, 1)).toEqual(["a person will help"]);
  }
});

test("F38 `close: true` ends it", async () => {
  bot.reply = () => ({ body: { replies: [{ text: "bye" }], close: true } });
  const desk = await worker.tenant(chatbot());
  const { conversation } = await desk.inbound();
  expect(await reached(desk, conversation, "closed")).toBe("closed_by_bot");
  expect(await told(desk, 2)).toEqual(["bye", undefined]);
});

test("3.14.8 3.14.9 F28 the bot writes, hands off and closes through the API; an agent's write is `wrong_state`; contact too", async () => {
  bot.reply = () => ({});
  const desk = await worker.tenant(chatbot());
  await desk.presence("ana", "offline");
  const { conversation } = await desk.inbound();
  expect(await desk.write(conversation, "ana")).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
  expect(await desk.write(conversation, { bot: true }, { text: "beep" })).toMatchObject({
    status: 202,
    body: { state: "with-bot" },
  });
  expect((await desk.told()).map(({ text }) => text)).toEqual(["beep"]);
  expect(await desk.due(conversation, "botIdle")).toBe(worker.in(20 * minuteMs));
  const away = await desk.inbound({ customer: "away" });
  expect(away.state).toBe("with-bot");
  await desk.presence("ana", "available");
  expect(await desk.contact("ana", { customer: "away" })).toMatchObject({
    status: 409,
    body: { code: "wrong_state" },
  });
  expect(await desk.act(conversation, "handoff", { bot: true })).toMatchObject({
    status: 200,
    body: { state: "assigned", agent: "ana" },
  });
  expect(await desk.act(away.conversation, "close", { bot: true })).toMatchObject({
    status: 200,
    body: { state: "closed" },
  });
});

test("3.diagram.4 handed off while closed, it is held", async () => {
  await worker.next("20:00");
  bot.reply = () => ({ body: { handoff: true } });
  const desk = await worker.tenant(
    document({
      web: {
        skillQueue: "office",
        offlineMessages: {
          enabled: true,
          routingMode: "chatbot",
          chatbot: { url: bot.url, accessCode: "bot-code" },
        },
      },
    }),
  );
  const { conversation } = await desk.inbound();
  await reached(desk, conversation, "held");
  expect(await desk.conversation(conversation)).toMatchObject({ state: "held", offline: true });
});

test("F38 on entering `with-bot` every unanswered message is given, in order, the next when the call before has been answered", async () => {
  bot.reply = () => ({});
  const desk = await worker.tenant({ ...chatbot() });
  await desk.presence("ana", "away");
  for (const text of ["a", "b", "c"]) await desk.inbound({ text });
  expect(bot.received.filter(({ body }) => body.tenant === desk.name)).toEqual([]);
  await worker.advance(minuteMs);
  const calls = await bot.until(3, mine(desk));
  expect(calls.map(({ body }) => body.message.text)).toEqual(["a", "b", "c"]);
});

test("3.11.7 the bot is not bound by the tenant limit", async () => {
  bot.reply = () => ({ body: { replies: [{ text: "beep" }] } });
  const desk = await worker.tenant(chatbot({ agentOutboundTimeLimitMinutes: 0 }));
  await desk.inbound();
  expect(await told(desk, 1)).toEqual(["beep"]);
});

test("2.0.4 secrets are names in the document, and never returned", async () => {
  const desk = await worker.tenant(chatbot());
  const { body } = await desk.read("/configuration");
  expect(JSON.stringify(body)).toContain("bot-code");
  expect(JSON.stringify(body)).not.toContain("open-sesame");
});

test("F38 3.15.2 a secret that is missing hands off: never a drop", async () => {
  const desk = await worker.tenant(
    document({
      offline: { routingMode: "chatbot", chatbot: { url: bot.url, accessCode: "nobody-has-it" } },
      channels: [channel("x", "web")],
    }),
  );
  const { conversation } = await desk.inbound();
  await reached(desk, conversation, "queued");
});

test("3.11.9 the platform policy binds the bot: after 24 h on whatsapp it needs a template", async () => {
  bot.reply = () => ({ body: { replies: [{ text: "hello" }] } });
  const desk = await worker.tenant(
    document({
      channels: [
        channel(
          "wa",
          "whatsapp",
          { customerReplyTimeoutMinutes: null },
          { routingMode: "chatbot", chatbot: { url: bot.url, accessCode: "bot-code" } },
        ),
      ],
    }),
  );
  const { conversation } = await desk.inbound({ channel: "wa" });
  await expect
    .poll(async () => (await desk.told("vera", "wa")).length, { timeout: 10_000, interval: 10 })
    .toBe(1);
  await worker.advance(24 * 60 * minuteMs - 1);
  expect(await desk.write(conversation, { bot: true })).toMatchObject({ status: 202 });
  await worker.advance(1);
  expect(await desk.write(conversation, { bot: true })).toMatchObject({
    status: 403,
    body: { code: "template_required" },
  });
});
