import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document } from "./documents.ts";
import { Endpoint } from "./endpoint.ts";
import type { TenantDesk } from "./tenant.ts";
import type { CustomerEntry } from "./wire.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

let worker: ContractWorker;
let bot: Endpoint<unknown>;
let adapter: Endpoint<{ readonly data: CustomerEntry }>;
let secrets: string;
beforeAll(async () => {
  secrets = await mkdtemp(join(tmpdir(), "nightdesk-secrets-"));
  await writeFile(join(secrets, "code"), "a-code");
  bot = await Endpoint.listen();
  bot.reply = () => ({ body: { replies: [{ text: "a person will answer" }], handoff: true } });
  adapter = await Endpoint.listen();
  worker = await ContractWorker.start(["--secrets", secrets]);
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await bot[Symbol.asyncDispose]();
  await adapter[Symbol.asyncDispose]();
  await rm(secrets, { recursive: true, force: true });
});

const kinds = ["web", "rcs", "email", "whatsapp", "sms", "instagram", "telegram"];
const modes = ["skill-queue", "last-agent", "chatbot"];
const nights = kinds.flatMap((kind) =>
  modes.map((mode, index) => ({ kind, mode, pushed: index % 2 === 0 })),
);

test("3.0.1 3.2.1 2.routing-mode.1 5.post-v-test-clock.2 a whole night for each kind of channel, routing mode and way of delivery: asked at night, answered in the morning by the right agent", async () => {
  await worker.next("20:00");
  const desk = await worker.tenant(
    document({
      agents: [agent("ana", 99), agent("ben", 99)],
      channels: nights.map(({ kind, mode, pushed }) =>
        channel(
          `${kind}-${mode}`,
          kind,
          {
            skillQueue: "office",
            lastAgentMode: { enabled: mode === "last-agent" },
            ...(pushed ? { push: { url: adapter.url, secret: "code" } } : {}),
          },
          {
            prompt: "We are closed",
            routingMode: mode,
            ...(mode === "chatbot" ? { chatbot: { url: bot.url, accessCode: "code" } } : {}),
          },
        ),
      ),
    }),
  );
  await remembered(desk);
  const ids: string[] = [];
  for (const { kind, mode } of nights) {
    const { conversation, state, offline } = await desk.inbound({ channel: `${kind}-${mode}` });
    expect([state, offline]).toEqual([mode === "chatbot" ? "with-bot" : "held", true]);
    ids.push(conversation);
  }
  for (const id of ids) {
    await expect.poll(() => desk.state(id), { timeout: 10_000, interval: 10 }).toBe("held");
  }
  await worker.next("08:59");
  await desk.available("ben", "ana");
  expect((await desk.list("?state=assigned")).length).toBe(0);
  await worker.next("09:00");
  for (const [index, { kind, mode, pushed }] of nights.entries()) {
    const id = ids[index] ?? "";
    const now = await desk.conversation(id);
    expect(now.state, `${kind} ${mode}`).toBe("assigned");
    if (mode === "last-agent") expect(now.agent).toBe("ana");
    await desk.answer(id, now.agent ?? "", `good morning, ${kind}`);
    expect(await desk.state(id)).toBe("awaiting-customer");
    if (pushed) {
      const [last] = await adapter.until(
        1,
        ({ data }) =>
          data.conversation === id &&
          data.kind === "message" &&
          data.text?.startsWith("good") === true,
      );
      expect(last?.body.data.text).toBe(`good morning, ${kind}`);
    } else {
      expect((await desk.told("vera", `${kind}-${mode}`)).at(-1)?.text).toBe(
        `good morning, ${kind}`,
      );
    }
  }
  await worker.advance(5 * minuteMs);
  for (const id of ids)
    expect(await desk.conversation(id)).toMatchObject({ state: "dormant", offline: true });
  expect((await desk.agent("ana")).units.used).toBe(0);
});

/** ana has answered every customer before. */
async function remembered(desk: TenantDesk): Promise<void> {
  await desk.presence("ana", "away");
  for (const { kind, mode } of nights.filter((night) => night.mode === "last-agent")) {
    const { conversation } = await desk.inbound({ channel: `${kind}-${mode}` });
    await desk.act(conversation, "assign", { agent: "ana" });
    await desk.answer(conversation, "ana");
    await desk.act(conversation, "close", { agent: "ana" });
  }
  await desk.presence("ana", "offline");
}
