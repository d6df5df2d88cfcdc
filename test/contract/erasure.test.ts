import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { Endpoint } from "./endpoint.ts";
import type { TenantDesk } from "./tenant.ts";
import { ContractWorker, hourMs } from "./worker.ts";

/** Part of every word of this customer, and of every word that was said to them. */
const mark = "zebra";
const customer = `${mark}@example.org`;

const attachments = [{ url: `https://files.example/${mark}.png`, type: "image/png" }];

test("3.20.2 F30 F47 what everybody said is at once in no answer, and within `journalHours` in no file, also over a power cut", async () => {
  const secrets = await mkdtemp(join(tmpdir(), "nightdesk-erasure-"));
  for (const name of ["bot", "push"]) await writeFile(join(secrets, name), "code\n");
  try {
    await using bot = await Endpoint.listen<object>();
    bot.reply = () => ({ body: { replies: [{ text: `the bot to ${mark}` }] } });
    await using push = await Endpoint.listen<object>();
    push.reply = () => ({ status: 500 });
    await using worker = await ContractWorker.start(["--secrets", secrets]);
    const chatbot = { routingMode: "chatbot", chatbot: { url: bot.url, accessCode: "bot" } };
    const desk = await worker.tenant(
      document({
        agents: [agent("ana", 9)],
        channels: [
          channel("pushed", "web", { push: { url: push.url, secret: "push" } }),
          channel("bot", "web", { skillQueue: "office" }, chatbot),
          channel("mail", "email"),
        ],
      }),
    );
    await desk.available("ana");
    await talk(desk);
    await bot.until(1);
    await push.until(1);
    await desk.inbound({ customer: "somebody", text: "to be kept" });
    expect(filesWith(worker.data, mark)).not.toEqual([]);

    const erased = await desk.call("DELETE", `/customers/id-of-${mark}`);
    expect(erased).toMatchObject({ status: 202, body: { conversations: 4 } });
    expect(await answers(desk)).not.toContain(mark);
    await worker.crash();
    expect(await answers(desk)).not.toContain(mark);
    await worker.advance(24 * hourMs);
    expect(filesWith(worker.data, mark)).toEqual([]);
    expect(filesWith(worker.data, "to be kept")).not.toEqual([]);
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
});

/** Every side says something on every channel, with all that a message can have. */
async function talk(desk: TenantDesk): Promise<void> {
  const who = { customer, customerId: `id-of-${mark}`, text: `here is ${mark}` };
  const headers = { "Return-Path": `<${customer}>` };
  await desk.inbound({ ...who, channel: "mail", subject: `of ${mark}`, headers, attachments });
  await desk.inbound({ ...who, channel: "bot" });
  const pushed = await desk.inbound({ ...who, channel: "pushed" });
  await desk.answer(pushed.conversation, "ana", `pushed to ${mark}`);
  const { conversation } = await desk.inbound(who);
  const template = { name: "greeting", values: [mark] };
  await desk.write(conversation, "ana", { text: `dear ${mark}`, template, attachments });
  const [entry] = await desk.told(customer);
  const report = { status: "failed", reason: `no such user: ${mark}` };
  const reported = await desk.call("POST", `/channels/web/deliveries/${entry?.id}`, report);
  expect(reported.status).toBe(204);
  await desk.act(conversation, "release", { agent: "ana", reason: `${mark} was rude` });
}

/** All that answers, as one text. */
async function answers(desk: TenantDesk): Promise<string> {
  const conversations = await desk.list();
  const parts = await Promise.all([
    desk.events(),
    desk.agentEvents("ana"),
    desk.told(customer),
    desk.told(customer, "pushed"),
    desk.call("GET", "/channels/web/deliveries?status=failed"),
    desk.call("GET", "/channels/pushed/deliveries?status=failed"),
    ...conversations.map(async ({ id }) => desk.call("GET", `/conversations/${id}/timeline`)),
  ]);
  return JSON.stringify([conversations, parts]);
}

function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .filter((path) => readFileSync(path, "latin1").includes(text));
}
