import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ServiceOptions } from "../../worker/options.ts";
import { startService } from "../../worker/service.ts";
import { document, resolved, tenant } from "./partition-desk.ts";

let data = "";
let idsGiven = 0;

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), "nightdesk-service-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  data = join(made, "data");
});

const mondayNight = Date.parse("2026-03-02T21:00:00Z");

async function start(options: Partial<ServiceOptions> = {}) {
  const service = await startService({
    data,
    port: 0,
    partitions: 2,
    threads: 1,
    logLevel: "silent",
    configurations: [{ tenant, configuration: resolved() }],
    testClock: mondayNight,
    ...options,
  });
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${service.url}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Answer };
  };
  return {
    service,
    call,
    ofTenant: async (method: string, path: string, body?: unknown) =>
      call(method, `/v1/tenants/${tenant}${path}`, body),
    receive: async (customer: string, text: string, channel = "sms") =>
      call("POST", `/v1/tenants/${tenant}/messages`, {
        id: `id-${(idsGiven += 1)}`,
        channel,
        customer,
        text,
      }),
    advance: async (to: string) => call("POST", "/v1/test-clock", { to }),
    [Symbol.asyncDispose]: async () => {
      await service.stop();
    },
  };
}

type Answer = Readonly<Record<string, unknown>> & {
  readonly events?: readonly { readonly type: string; readonly at: string }[];
  readonly conversation?: string;
};

describe("a service", () => {
  test("serves until it is stopped, and leaves a sealed journal behind", async () => {
    const first = await start();
    expect((await first.call("GET", "/readyz")).status).toBe(200);
    await first.receive("+49 1", "Hello?");
    expect(await first.service.stop()).toEqual({ left: [] });
    await expect(first.call("GET", "/readyz")).rejects.toThrow("fetch failed");
    const files = readdirSync(data, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith(".snapshot"))).toHaveLength(1);

    await using second = await start();
    const { body } = await second.ofTenant("GET", "/conversations");
    expect(body).toMatchObject({ items: [{ customer: "+49 1", state: "held" }] });
  });

  test("is the only one on its data folder", async () => {
    await using running = await start();
    await expect(start()).rejects.toMatchObject({ code: "data_in_use" });
    expect((await running.call("GET", "/readyz")).status).toBe(200);
  });

  test("refuses a data folder of the other kind of clock", async () => {
    await (await start()).service.stop();
    await expect(start({ testClock: undefined })).rejects.toMatchObject({
      code: "data_test_clock_differs",
    });
  });

  test("refuses to start behind its journal, unless the clock is accepted", async () => {
    // A folder of real time whose last instant is far ahead of the machine's clock.
    const ahead = Date.now() + 600_000;
    const realNow = Date.now;
    Date.now = () => ahead;
    try {
      const early = await start({ testClock: undefined });
      await early.receive("+49 1", "Hello?");
      await early.service.stop();
    } finally {
      Date.now = realNow;
    }
    await expect(start({ testClock: undefined })).rejects.toMatchObject({
      code: "clock_behind_journal",
    });
    await using accepted = await start({ testClock: undefined, acceptClock: true });
    expect((await accepted.receive("+49 2", "Hello?")).status).toBe(202);
  });

  test("gives a port and the folder back where it cannot start", async () => {
    await using running = await start();
    const port = Number(new URL(running.service.url).port);
    const other = join(data, "..", "other");
    await expect(start({ data: other, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await using again = await start({ data: other });
    expect((await again.call("GET", "/readyz")).status).toBe(200);
  });

  test("puts the same configuration in force only once", async () => {
    const first = await start();
    const before = await first.ofTenant("GET", "/configuration");
    await first.service.stop();
    await using second = await start();
    expect(await second.ofTenant("GET", "/configuration")).toEqual(before);
    const changed = { ...document, agents: document.agents.slice(0, 1) };
    await second.service.stop();
    await using third = await start({
      configurations: [{ tenant, configuration: resolved(changed) }],
    });
    const { body } = await third.ofTenant("GET", "/agents");
    expect(body["items"]).toHaveLength(1);
  });

  test("begins with a sample where there is no tenant yet, and leaves it alone from then on", async () => {
    const sample = { tenant, configuration: resolved() };
    const options = { configurations: [], sample };
    const first = await start(options);
    expect(first.service.tenants).toEqual([tenant]);
    const changed = { ...document, agents: document.agents.slice(0, 1) };
    expect((await first.ofTenant("PUT", "/configuration", changed)).status).toBe(200);
    await first.service.stop();
    await using second = await start(options);
    const { body } = await second.ofTenant("GET", "/agents");
    expect(body["items"]).toHaveLength(1);
  });

  test("says why a configuration cannot be put in force", async () => {
    const first = await start();
    await first.receive("+49 1", "Hello?");
    await first.service.stop();
    const without = { ...document, channels: document.channels.slice(0, 1) };
    const configurations = [{ tenant, configuration: resolved(without) }];
    await expect(start({ configurations })).rejects.toMatchObject({ code: "in_use" });
  });

  test("stops within its bound although readers wait", async () => {
    const { service, ofTenant } = await start({ stopTimeoutSeconds: 5 });
    const poll = ofTenant("GET", "/agents/ana/events?waitMs=30000");
    await ofTenant("GET", "/agents");
    const startedAt = performance.now();
    expect(await service.stop()).toEqual({ left: [] });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect((await poll).status).toBe(200);
  });
});

describe("a test clock", () => {
  test("walks through a night in order, each thing at its own instant", async () => {
    await using desk = await start();
    const held = await desk.receive("+49 1", "Are you there?");
    expect(held.body).toMatchObject({ state: "held", offline: true, reason: "calendar_closed" });
    await desk.advance("2026-03-03T07:30:00Z");
    await desk.ofTenant("PUT", "/agents/ana/presence", { status: "available" });
    expect((await desk.ofTenant("GET", "/queues")).body).toMatchObject({
      items: [{ id: "always" }, { id: "billing", open: false, held: 1 }],
    });
    // The heartbeat is due after two minutes, the office opens at eight.
    const walked = await desk.advance("2026-03-03T09:00:00Z");
    expect(walked.body).toEqual({ now: "2026-03-03T09:00:00.000Z" });
    const { body } = await desk.ofTenant("GET", "/events?waitMs=0");
    expect(body.events?.map(({ type, at }) => [type, at])).toEqual([
      ["conversationWentOffline", "2026-03-02T21:00:00.000Z"],
      ["presenceChanged", "2026-03-03T07:30:00.000Z"],
      ["presenceChanged", "2026-03-03T07:32:00.000Z"],
      ["routingTimedOut", "2026-03-03T08:30:00.000Z"],
    ]);
  });

  test("hands the night's messages to whoever is there in the morning", async () => {
    await using desk = await start();
    await desk.receive("+49 1", "Are you there?");
    await desk.advance("2026-03-03T07:59:00Z");
    await desk.ofTenant("PUT", "/agents/ana/presence", { status: "available" });
    await desk.advance("2026-03-03T08:00:00Z");
    const { body } = await desk.ofTenant("GET", "/agents/ana/events?waitMs=0");
    expect(body.events).toMatchObject([
      { type: "presenceChanged" },
      { type: "conversationAssigned", at: "2026-03-03T08:00:00.000Z", customer: "+49 1" },
    ]);
  });

  test("stands after a restart where it stood, or at the time given if that is later", async () => {
    const first = await start();
    await first.advance("2026-03-04T12:00:00Z");
    await first.service.stop();
    const second = await start();
    expect((await second.call("POST", "/v1/test-clock", { advanceMs: 0 })).body).toEqual({
      now: "2026-03-04T12:00:00.000Z",
    });
    await second.service.stop();
    await using third = await start({ testClock: Date.parse("2026-03-05T00:00:00Z") });
    expect((await third.call("POST", "/v1/test-clock", { advanceMs: 1 })).body).toEqual({
      now: "2026-03-05T00:00:00.001Z",
    });
  });

  test("does not go back", async () => {
    await using desk = await start();
    const { status, body } = await desk.advance("2026-03-02T20:59:59Z");
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "invalid_request" });
  });

  test("passes retention: what was closed is gone after closedDays", async () => {
    const configuration = resolved({ ...document, retention: { closedDays: 2 } });
    await using desk = await start({ configurations: [{ tenant, configuration }] });
    const { body } = await desk.receive("+49 1", "Hello?");
    await desk.ofTenant("POST", `/conversations/${body.conversation}/close`, {});
    await desk.advance("2026-03-04T20:00:00Z");
    const find = async () => desk.ofTenant("GET", `/conversations/${body.conversation}`);
    expect((await find()).status).toBe(200);
    await desk.advance("2026-03-05T06:00:00Z");
    expect((await find()).status).toBe(404);
  });

  test("passes the journal's hours: an erased text is in no file of the data folder any more", async () => {
    const secret = "an unmistakable sentence";
    await using desk = await start();
    const { body: received } = await desk.receive("+49 1234", secret);
    await desk.receive("+49 777", "of somebody else");
    const again = { id: "again", channel: "sms", customer: "+49 1234", customerId: "id-of-1234" };
    const attachments = [{ url: "https://files.example/1234.png", type: "image/png" }];
    await desk.ofTenant("POST", "/messages", { ...again, text: `${secret} again`, attachments });
    const closing = { reason: `the customer said ${secret}` };
    await desk.ofTenant("POST", `/conversations/${received.conversation}/close`, closing);
    await desk.receive("+49 1234", `${secret}, now in another conversation`);
    const found = () =>
      readdirSync(data, { recursive: true })
        .map((name) => join(data, String(name)))
        .filter((path) => statSync(path).isFile())
        .filter((path) => /1234|unmistakable/u.test(readFileSync(path, "latin1")));
    expect(found()).not.toEqual([]);
    expect((await desk.ofTenant("DELETE", "/customers/%2B49%201234")).status).toBe(202);
    await desk.call("POST", "/v1/test-clock", { advanceMs: 24 * 3_600_000 });
    expect(found()).toEqual([]);
    const { body } = await desk.ofTenant("GET", "/conversations");
    expect(body).toMatchObject({
      items: [{ customer: null }, { customer: "+49 777" }, { customer: null }],
    });
  });
});
