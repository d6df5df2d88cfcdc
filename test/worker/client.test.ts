import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type NightdeskClient,
  NightdeskError,
  answerOf,
  createNightdeskClient,
  createWorkerClient,
} from "../../worker/client/client.ts";
import { type Service, startService } from "../../worker/index.ts";
import { read } from "../repository.ts";
import { serve } from "./http/http-fixture.ts";

test("the client is made from the document that the worker serves", async () => {
  await using http = serve({ testClock: { advance: () => Promise.resolve(0) } });
  const { body } = await http.call("GET", "/openapi.json");
  expect(body, "not current: npm run client").toEqual(
    JSON.parse(read("worker/client/openapi.json")),
  );
});

test("the client's types name every call of the document", () => {
  const { paths } = JSON.parse(read("worker/client/openapi.json")) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;
  };
  const named = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  const types = read("worker/client/schema.ts");
  const operations = types.slice(types.indexOf("export interface operations"));
  const typed = [...operations.matchAll(/^ {2}(\w+): \{$/gmu)].map(([, name = ""]) => name);
  expect(typed.toSorted()).toEqual(named.toSorted());
});

describe("the client", () => {
  const opened = Date.UTC(2026, 0, 5, 9);
  let service: Service;
  let nightdesk: NightdeskClient;
  const undo = new AsyncDisposableStack();
  beforeAll(async () => {
    const folder = undo.use(await mkdtempDisposable(join(tmpdir(), "nightdesk-client-")));
    const options = { data: folder.path, port: 0, testClock: opened, logLevel: "silent" };
    service = undo.use(await startService(options));
    nightdesk = createNightdeskClient({ baseUrl: `${service.url}/`, tenant: "night desk/1" });
    const body = {
      skillQueues: [{ id: "orders" }],
      agents: [{ id: "ana", skills: { orders: 5 }, capacity: 3 }],
      channels: [{ id: "web", kind: "web" as const, skillQueue: "orders" }],
    };
    answerOf(await nightdesk.PUT("/configuration", { body }));
  });
  afterAll(async () => undo.disposeAsync());

  test("calls for one tenant, whose id it encodes", async () => {
    const message = { id: "m-1", channel: "web", customer: "kim@example.org", text: "Good day" };
    const taken = answerOf(await nightdesk.POST("/messages", { body: message }));
    const path = { conversation: taken.conversation };
    const known = answerOf(
      await nightdesk.GET("/conversations/{conversation}", { params: { path } }),
    );
    expect(known).toMatchObject({ id: taken.conversation, customer: "kim@example.org" });
    expect(service.tenants).toEqual([]);
  });

  test("calls the worker as a whole", async () => {
    const worker = createWorkerClient({ baseUrl: service.url });
    const { now } = answerOf(await worker.POST("/v1/test-clock", { body: { advanceMs: 60_000 } }));
    expect(Date.parse(now)).toBe(opened + 60_000);
    expect(answerOf(await worker.GET("/readyz"))).toEqual({ status: "ok" });
  });

  test("says a refusal with its code, its status and all that is wrong", async () => {
    const path = { conversation: "c999" };
    const asked = nightdesk.POST("/conversations/{conversation}/close", {
      params: { path },
      body: { agent: "ana" },
    });
    const error: unknown = await asked.then(answerOf).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NightdeskError);
    expect(error).toMatchObject({ code: "unknown_conversation", status: 404 });
  });

  test("leaves to its caller how a request is sent", async () => {
    const sent: string[] = [];
    const other = createNightdeskClient({
      baseUrl: service.url,
      tenant: "t",
      fetch: async (request) => {
        sent.push(`${request.method} ${new URL(request.url).pathname}`);
        return new Response("gone fishing", { status: 502 });
      },
    });
    const error: unknown = await other
      .GET("/queues", {})
      .then(answerOf)
      .catch((reason: unknown) => reason);
    expect(sent).toEqual(["GET /v1/tenants/t/queues"]);
    expect(error).toMatchObject({ code: "unknown", status: 502 });
  });
});
