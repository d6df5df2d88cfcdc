import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agent, channel, document, office } from "./documents.ts";
import { Endpoint, type Received } from "./endpoint.ts";
import type { TenantDesk } from "./tenant.ts";
import type { CustomerEntry } from "./wire.ts";
import { ContractWorker, hourMs, minuteMs } from "./worker.ts";

interface Push {
  readonly type: string;
  readonly timestamp: string;
  readonly data: CustomerEntry & { readonly channel?: string; readonly customer?: string };
}

const key = Buffer.from("0123456789abcdef0123456789abcdef");
let worker: ContractWorker;
let endpoint: Endpoint<Push>;
let secrets: string;
beforeAll(async () => {
  secrets = await mkdtemp(join(tmpdir(), "nightdesk-secrets-"));
  await writeFile(join(secrets, "push-key"), `whsec_${key.toString("base64")}\n`);
  endpoint = await Endpoint.listen<Push>();
  worker = await ContractWorker.start(["--secrets", secrets]);
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
  await rm(secrets, { recursive: true, force: true });
});

function pushed(offline: object = {}): ReturnType<typeof document> {
  return document({
    agents: [agent("ana", 9)],
    channels: [
      channel(
        "p",
        "web",
        { push: { url: endpoint.url, secret: "push-key" } },
        { prompt: "closed", ...offline },
      ),
    ],
  });
}

function expectSigned({ headers, text }: Received<Push>): void {
  const id = String(headers["webhook-id"]);
  const at = String(headers["webhook-timestamp"]);
  const signature = createHmac("sha256", key).update(`${id}.${at}.${text}`).digest("base64");
  expect(String(headers["webhook-signature"]).split(" ")).toContain(`v1,${signature}`);
}

const of = (conversation: string) => (push: Push) => push.data.conversation === conversation;

test("5.push.1 5.customer-entries.1 3.17.1 2.channel.3 pushed entries are signed as in Standard Webhooks, and come in order", async () => {
  endpoint.reply = () => ({ status: 204 });
  const desk = await worker.tenant(pushed());
  const { conversation } = await desk.inbound({ channel: "p" });
  const [prompt] = await endpoint.until(1, of(conversation));
  expect(prompt?.body).toMatchObject({
    data: { kind: "prompt", text: "closed", offline: true, conversation },
  });
  expect(Object.keys(prompt?.body ?? {})).toEqual(
    expect.arrayContaining(["type", "timestamp", "data"]),
  );
  await desk.available("ana");
  for (const text of ["1", "2", "3"]) await desk.answer(conversation, "ana", text);
  await worker.advance(3 * minuteMs);
  const all = await endpoint.until(5, of(conversation));
  for (const one of all) expectSigned(one);
  expect(new Set(all.map(({ headers }) => headers["webhook-id"])).size).toBe(5);
  expect(all.map(({ body }) => body.data.text ?? body.data.status)).toEqual([
    "closed",
    "1",
    "2",
    "3",
    "dormant",
  ]);
  const polled = await desk.told("vera", "p");
  for (const entry of polled) {
    const same = all.find(({ body }) => body.data.id === entry.id);
    expect(same?.body.data).toMatchObject(entry);
  }
});

test("3.17.3 3.17.2 F41 5.push.1 what the endpoint refuses stays pollable, marked `failed`, changes no routing, and can be sent again", async () => {
  endpoint.reply = () => ({ status: 410 });
  const desk = await worker.tenant(pushed());
  await desk.available("ana");
  const { conversation, state } = await desk.inbound({ channel: "p" });
  expect(state).toBe("assigned");
  await desk.answer(conversation, "ana", "try this");
  await endpoint.until(1, of(conversation));
  interface Failed {
    readonly items: readonly { readonly id: string; readonly text?: string }[];
  }
  let failed: Failed = { items: [] };
  await expect
    .poll(
      async () => {
        failed = (await desk.read<Failed>("/channels/p/deliveries?status=failed")).body;
        return failed.items.length;
      },
      { timeout: 10_000, interval: 20 },
    )
    .toBe(1);
  expect(failed.items[0]).toMatchObject({ text: "try this", conversation });
  expect(await desk.state(conversation)).toBe("live");
  expect((await desk.told("vera", "p")).map(({ text }) => text)).toContain("try this");
  endpoint.reply = () => ({ status: 204 });
  const id = failed.items[0]?.id ?? "";
  expect((await desk.call("POST", `/channels/p/deliveries/${id}/resend`)).status).toBe(204);
  await endpoint.until(2, of(conversation));
  expect(await desk.call("POST", "/channels/p/deliveries/nope/resend")).toMatchObject({
    status: 404,
    body: { code: "unknown_entry" },
  });
});

test("5.post-channels-channel-deliveries.1 F30 F31 the adapter reports delivered, read or failed: 204", async () => {
  const desk = await worker.tenant(document());
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana");
  const [entry] = await desk.told();
  const report = (body: object, id = entry?.id): Promise<unknown> =>
    desk.call("POST", `/channels/web/deliveries/${id}`, body);
  expect(await report({ status: "delivered" })).toMatchObject({ status: 204 });
  expect(await report({ status: "read" })).toMatchObject({ status: 204 });
  expect(await report({ status: "failed", reason: "no such number" })).toMatchObject({
    status: 204,
  });
  expect(await report({ status: "lost" })).toMatchObject({
    status: 422,
    body: { code: "invalid_request" },
  });
  expect(await report({ status: "read" }, "nope")).toMatchObject({
    status: 404,
    body: { code: "unknown_entry" },
  });
});

test("3.17.1 5.get-channels-channel-customers.1 F35 the poll is in order, resumes after `next`, and acknowledges nothing but what `after` passes", async () => {
  const desk = await worker.tenant(document());
  await desk.available("ana");
  const { conversation } = await desk.inbound();
  for (const text of ["1", "2"]) await desk.answer(conversation, "ana", text);
  const path = "/channels/web/customers/vera/poll";
  interface Page {
    readonly entries: readonly CustomerEntry[];
    readonly next: string;
  }
  const first = (await desk.read<Page>(`${path}?waitMs=0`)).body;
  expect(first.entries.map(({ text }) => text)).toEqual(["1", "2"]);
  expect((await desk.read<Page>(`${path}?waitMs=0`)).body).toEqual(first);
  const waiting = desk.read<Page>(`${path}?waitMs=10000&after=${encodeURIComponent(first.next)}`);
  await desk.answer(conversation, "ana", "3");
  const second = (await waiting).body;
  expect(second.entries.map(({ text }) => text)).toEqual(["3"]);
  const empty = (await desk.read<Page>(`${path}?waitMs=0&after=${encodeURIComponent(second.next)}`))
    .body;
  expect(empty.entries).toEqual([]);
  expect(empty.next).toEqual(expect.any(String));
  expect(await desk.call("GET", "/channels/none/customers/vera/poll?waitMs=0")).toMatchObject({
    status: 404,
    body: { code: "unknown_channel" },
  });
});

test("3.17.4 F24 an undelivered prompt is withdrawn once an agent has written", async () => {
  const desk = await worker.tenant(document({ offline: { prompt: "closed" } }));
  const { conversation } = await desk.inbound();
  await desk.available("ana");
  await desk.answer(conversation, "ana", "here I am");
  expect((await desk.told()).map(({ text }) => text)).toEqual(["here I am"]);
});

test("3.17.4 F24 a prompt is withdrawn when the episode ends, but `parked` is not an end", async () => {
  const desk = await worker.tenant(
    document({ offline: { prompt: "closed", routingTimeLimit: 1 } }),
  );
  const { conversation } = await desk.inbound();
  await worker.advance(minuteMs);
  expect(await desk.state(conversation)).toBe("parked");
  expect((await desk.told()).map(({ kind }) => kind)).toEqual(["prompt"]);
  await desk.act(conversation, "close");
  expect((await desk.told()).map(({ kind }) => kind)).toEqual(["status"]);
});

test("3.17.4 a prompt that the poll's `after` has passed is delivered, and stays", async () => {
  const desk = await worker.tenant(document({ offline: { prompt: "closed" } }));
  const { conversation } = await desk.inbound();
  const path = "/channels/web/customers/vera/poll?waitMs=0";
  const first = (await desk.read<{ entries: readonly CustomerEntry[]; next: string }>(path)).body;
  expect(first.entries).toHaveLength(1);
  await desk.read(`${path}&after=${encodeURIComponent(first.next)}`);
  await desk.available("ana");
  await desk.answer(conversation, "ana", "now");
  const { body } = await desk.read<{ entries: readonly { text?: string }[] }>(
    `${path}&after=${encodeURIComponent(first.next)}`,
  );
  expect(body.entries.map(({ text }) => text)).toEqual(["now"]);
});

const templates = {
  workingHours: { subject: "Got it", body: "We are open" },
  nonWorkingHours: { subject: "Closed", body: "We are closed" },
};

function mail(
  more: object = {},
  offline: object = {},
  autoReply: object = {},
): ReturnType<typeof document> {
  return {
    ...document({
      channels: [
        channel(
          "mail",
          "email",
          {
            skillQueue: "office",
            addresses: ["help@acme.example"],
            autoReply: { ...templates, ...autoReply },
            ...more,
          },
          { automaticReplyToEachEmail: true, ...offline },
        ),
      ],
    }),
    calendars: [office],
  };
}

async function replies(
  desk: TenantDesk,
  customer: string,
): Promise<readonly (string | undefined)[]> {
  return (await desk.told(customer, "mail"))
    .filter(({ kind }) => kind === "auto-reply")
    .map(({ text }) => text);
}

test("3.13.1 F24 each inbound email gets the template of its calendar's state at that moment", async () => {
  await worker.next("08:59");
  const desk = await worker.tenant(mail());
  const { conversation } = await desk.inbound({
    channel: "mail",
    customer: "v@x.example",
    subject: "My bill",
    id: "m1",
  });
  await worker.next("09:00");
  await desk.inbound({ channel: "mail", customer: "v@x.example" });
  const told = await desk.told("v@x.example", "mail");
  expect(told).toMatchObject([
    { kind: "auto-reply", conversation, subject: "Closed", text: "We are closed", inReplyTo: "m1" },
    { kind: "auto-reply", conversation, subject: "Got it", text: "We are open" },
  ]);
});

test("2.automatically-reply-to-each.2 F24 off, or offline messages off: no automatic reply", async () => {
  for (const offline of [{ automaticReplyToEachEmail: false }, { enabled: false }]) {
    const desk = await worker.tenant(mail({}, offline));
    await desk.inbound({ channel: "mail", customer: "v@x.example" });
    expect(await replies(desk, "v@x.example")).toEqual([]);
  }
});

const automatic = [
  { "Auto-Submitted": "auto-replied" },
  { "auto-submitted": "auto-generated; x=1" },
  { Precedence: "bulk" },
  { Precedence: "list" },
  { precedence: "junk" },
  { "List-Id": "<news.acme.example>" },
  { "Return-Path": "" },
  { "Return-Path": "<>" },
];

test("3.13.2 never to automatic mail, never to the channel's own addresses", async () => {
  const desk = await worker.tenant(mail());
  for (const [index, headers] of automatic.entries()) {
    const customer = `robot${index}@x.example`;
    await desk.inbound({ channel: "mail", customer, headers });
    expect(await replies(desk, customer), JSON.stringify(headers)).toEqual([]);
  }
  for (const customer of ["help@acme.example", "HELP@acme.example"]) {
    await desk.inbound({ channel: "mail", customer });
    expect(await replies(desk, customer)).toEqual([]);
  }
  for (const headers of [
    { "Auto-Submitted": "no" },
    { Precedence: "first-class" },
    { "Return-Path": "<p@x.example>" },
  ]) {
    const customer = `person-${Object.keys(headers)[0]}@x.example`;
    await desk.inbound({ channel: "mail", customer, headers });
    expect(await replies(desk, customer)).toHaveLength(1);
  }
});

test("3.13.2 F18 F24 2.channel.5 at most `maxPerSenderPerHour`, in a sliding hour, half-open", async () => {
  const desk = await worker.tenant(
    mail({}, { routingTimeLimit: 60, routingTimeLimitUnit: "hours" }, { maxPerSenderPerHour: 2 }),
  );
  const customer = "v@x.example";
  const count = async (): Promise<number> => {
    await desk.inbound({ channel: "mail", customer });
    return (await replies(desk, customer)).length;
  };
  expect(await count()).toBe(1);
  await worker.advance(10 * minuteMs);
  expect(await count()).toBe(2);
  await worker.advance(50 * minuteMs - 1);
  expect(await count()).toBe(2);
  await desk.inbound({ channel: "mail", customer: "other@x.example" });
  expect(await replies(desk, "other@x.example")).toHaveLength(1);
  await worker.advance(1);
  expect(await count()).toBe(3);
  expect(await count()).toBe(3);
  await worker.advance(hourMs);
  expect(await count()).toBe(4);
});
