import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { RejectionCode } from "../../core/rejections.ts";
import { rejectionCodes } from "../../core/rejections.ts";
import { ClockRefusal } from "../../worker/clock.ts";
import { OperatingError, operatingErrorCodes } from "../../worker/shards/routing.ts";
import { serve, violationsOf } from "./http/http-fixture.ts";

const acme = "/v1/tenants/acme";
const message = { id: "m1", channel: "web", customer: "+49", text: "hello" };

describe("a request is refused in the order of the contract", () => {
  test("413 comes before everything", async () => {
    await using http = serve();
    const body = `{"text":"${"x".repeat(1024 * 1024)}`;
    const answer = await http.call("POST", "/v1/tenants/nobody/messages", body);
    expect([answer.status, answer.body["code"]]).toEqual([413, "too_large"]);
  });

  test("400 comes before 404", async () => {
    await using http = serve();
    const answer = await http.call("POST", "/v1/tenants/nobody/messages", "{");
    expect([answer.status, answer.body["code"]]).toEqual([400, "unreadable_body"]);
  });

  test.each([
    ["/v1/tenants/nobody/messages", { channel: "nope", extra: 1 }, "unknown_tenant"],
    [`${acme}/messages`, { channel: "nope", extra: 1 }, "unknown_channel"],
    [`${acme}/messages`, { channel: "web", skillQueue: "nope" }, "unknown_skill_queue"],
    [`${acme}/conversations`, { channel: "nope", agent: "nope" }, "unknown_channel"],
    [`${acme}/conversations`, { channel: "web", agent: "nope" }, "unknown_agent"],
    [`${acme}/conversations/c7/messages`, { from: { agent: "nope" } }, "unknown_agent"],
    [`${acme}/conversations/c8/messages`, { from: {} }, "unknown_conversation"],
    [`${acme}/conversations/c7/assign`, { agent: "nope", version: "x" }, "unknown_agent"],
    [`${acme}/conversations/c8/close`, { extra: 1 }, "unknown_conversation"],
    [`${acme}/conversations/c7/handoff`, { skillQueue: "nope", x: 1 }, "unknown_skill_queue"],
    [`${acme}/channels/nope/deliveries/e1`, {}, "unknown_channel"],
    [`${acme}/channels/web/deliveries/e1`, {}, "unknown_entry"],
    [`${acme}/channels/web/deliveries/x`, {}, "unknown_entry"],
  ])("404 comes before 422: %s %j", async (path, body, code) => {
    await using http = serve();
    const answer = await http.call("POST", path, body);
    expect([answer.status, answer.body["code"]]).toEqual([404, code]);
    expect(http.routing.commands).toEqual([]);
  });

  test("404 comes before 422 in a presence, too", async () => {
    await using http = serve();
    const answer = await http.call("PUT", `${acme}/agents/nope/presence`, { status: "here" });
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_agent"]);
  });

  test("a queue that an action has no use for must exist all the same", async () => {
    await using http = serve();
    const answer = await http.call("POST", `${acme}/conversations/c7/release`, {
      skillQueue: "no",
    });
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_skill_queue"]);
  });

  test("422 comes before the engine is asked", async () => {
    await using http = serve();
    const answer = await http.call("POST", `${acme}/messages`, { ...message, id: "" });
    expect([answer.status, answer.body["code"]]).toEqual([422, "invalid_request"]);
    expect(violationsOf(answer)).toEqual(["/id wrong_type"]);
    expect(http.routing.commands).toEqual([]);
  });

  test("problems of path and query come together", async () => {
    await using http = serve();
    const customer = "x".repeat(257);
    const path = `${acme}/channels/web/customers/${customer}/poll?after=5&waitMs=30001&wiatMs=1`;
    expect(violationsOf(await http.call("GET", path))).toEqual([
      "{customer} too_long",
      "?after wrong_type",
      "?waitMs out_of_range",
      "?wiatMs unknown_key",
    ]);
  });

  test.each([
    ["PUT", `${acme}/agents/ana?dryRun=true`, "?dryRun unknown_key"],
    ["DELETE", `${acme}/agents/ana?dryRun=true`, "?dryRun unknown_key"],
    ["POST", `${acme}/messages?x=1`, "?x unknown_key"],
    ["GET", `${acme}/queues?limit=5`, "?limit unknown_key"],
  ] as const)("%s %s is refused, not done without the parameter", async (method, path, problem) => {
    await using http = serve();
    const answer = await http.call(method, path, method === "POST" ? message : undefined);
    expect([answer.status, violationsOf(answer)]).toEqual([422, [problem]]);
    expect(http.routing.commands).toEqual([]);
  });

  test("an unknown id comes before an unknown query parameter", async () => {
    await using http = serve();
    const answer = await http.call("GET", "/v1/tenants/nobody/queues?x=1");
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_tenant"]);
  });

  test("whoever asks for health or metrics may ask with what they like", async () => {
    await using http = serve();
    expect((await http.call("GET", "/healthz?probe=1")).status).toBe(200);
    expect((await http.call("GET", "/metrics?format=text")).status).toBe(200);
  });
});

describe("every refusal of the engine", () => {
  const statuses: Readonly<Record<RejectionCode, number>> = {
    unknown_tenant: 404,
    unknown_channel: 404,
    unknown_agent: 404,
    unknown_skill_queue: 404,
    unknown_conversation: 404,
    configuration_changed: 412,
    in_use: 409,
    stale_version: 409,
    offline_messages_disabled: 409,
    wrong_state: 409,
    not_owner: 409,
    conversation_owned: 409,
    agent_not_available: 409,
    skill_missing: 409,
    no_capacity: 409,
    cannot_start: 403,
    replies_not_allowed: 403,
    reply_window_closed: 403,
    template_required: 403,
    tag_required: 403,
  };

  test.each(rejectionCodes)("%s is a problem with its status", async (code) => {
    await using http = serve();
    http.routing.answer = () => ({ status: "rejected", code, detail: "said by the engine" });
    const answer = await http.call("POST", `${acme}/messages`, message);
    expect(answer.status).toBe(statuses[code]);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/u);
    expect(answer.body).toMatchObject({
      status: statuses[code],
      code,
      detail: "said by the engine",
      type: `urn:nightdesk:problem:${code}`,
    });
  });
});

test.each(operatingErrorCodes)("the machinery's %s is 503 with Retry-After", async (code) => {
  await using http = serve();
  http.routing.answer = () => {
    throw new OperatingError(code, "not now", { retryAfterSeconds: 3 });
  };
  const answer = await http.call("POST", `${acme}/messages`, message);
  expect([answer.status, answer.body["code"]]).toEqual([503, code]);
  expect(answer.headers["retry-after"]).toBe("3");
});

test("a bug is 500 without its details", async () => {
  await using http = serve();
  http.routing.answer = () => {
    throw new Error("secret inner workings");
  };
  const answer = await http.call("POST", `${acme}/messages`, message);
  expect([answer.status, answer.body["code"]]).toEqual([500, "internal_error"]);
  expect(answer.text).not.toContain("secret");
});

describe("what is no route", () => {
  test.each([
    ["GET", "/nothing"],
    ["GET", "/v1/tenants/acme"],
    ["POST", "/v1/test-clock"],
    ["GET", `${acme}/agents/ana/`],
    ["POST", "/nothing"],
  ] as const)("%s %s is 404", async (method, path) => {
    await using http = serve();
    const answer = await http.call(method, path, method === "POST" ? "{" : undefined);
    expect([answer.status, answer.body["code"]]).toEqual([404, "not_found"]);
  });

  test.each([
    ["PATCH", `${acme}/configuration`, "GET, PUT"],
    ["DELETE", `${acme}/messages`, "POST"],
    ["POST", "/healthz", "GET, HEAD"],
    ["PUT", `${acme}/conversations/c7`, "GET"],
    ["GET", `${acme}/conversations/c7/accept`, "POST"],
    ["HEAD", `${acme}/queues`, "GET"],
  ] as const)("%s %s is 405 with what is allowed", async (method, path, allowed) => {
    await using http = serve();
    const answer = await http.call(method, path);
    expect([answer.status, answer.headers["allow"]]).toEqual([405, allowed]);
  });
});

describe("a body", () => {
  test.each([
    ["is no JSON", "{", 400],
    ["is no UTF-8", Buffer.from([0x22, 0xff, 0x22]), 400],
    ["is empty", "", 400],
    ["is a text", '"hello"', 422],
    ["is null", "null", 422],
  ])("that %s is refused", async (_, body, status) => {
    await using http = serve();
    expect((await http.call("POST", `${acme}/messages`, body)).status).toBe(status);
  });

  test.each(["text/plain", "application/xml", "application/yaml", "nonsense"])(
    "of content type %s is 415",
    async (type) => {
      await using http = serve();
      const answer = await http.call("POST", `${acme}/messages`, "x", { "content-type": type });
      expect([answer.status, answer.body["code"]]).toEqual([415, "unsupported_media_type"]);
    },
  );

  test("as deep as it may be breaks nothing", async () => {
    await using http = serve();
    const deep = `{"id":${"[".repeat(500_000)}${"]".repeat(500_000)}}`;
    const answer = await http.call("POST", `${acme}/messages`, deep);
    expect(answer.status).toBe(422);
  });

  test("of an action may be left out", async () => {
    await using http = serve();
    const answer = await http.call("POST", `${acme}/conversations/c7/release`);
    expect(answer.status).toBe(200);
    expect(http.routing.commands).toEqual([
      { type: "releaseConversation", tenant: "acme", conversation: 7 },
    ]);
  });
});

describe("a mail's headers", () => {
  test.each([
    [{ "auto-submitted": "auto-replied" }, true],
    [{ Precedence: ["first", "bulk"] }, true],
    [{ "Auto-Submitted": "no" }, false],
  ])("%j: sent by a machine, %s", async (headers, automatic) => {
    await using http = serve();
    await http.call("POST", `${acme}/messages`, { ...message, headers });
    expect(http.routing.commands.map((command) => "automatic" in command)).toEqual([automatic]);
  });
});

describe("a write", () => {
  test("says whether the message uses a template", async () => {
    await using http = serve();
    const path = `${acme}/conversations/c7/messages`;
    for (const template of ["hello", { name: "hello" }, false, ""]) {
      const body = { id: "r1", from: { agent: "ana" }, text: "x", template };
      expect((await http.call("POST", path, body)).status).toBe(202);
    }
    expect(http.routing.commands.map((command) => "template" in command)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    ["message", "202"],
    ["write", "202"],
    ["contact", "201"],
  ] as const)("that repeats a %s answers with its status", async (duplicateOf, status) => {
    await using http = serve();
    const outcome = { conversation: 7, state: "closed", offline: true, version: 4 } as const;
    http.routing.answer = () => ({ status: "accepted", ...outcome, duplicateOf });
    const answer = await http.call("POST", `${acme}/conversations/c7/messages`, {
      id: "r1",
      from: { bot: true },
      text: "x",
    });
    expect(String(answer.status)).toBe(status);
    expect(answer.body).toEqual({ ...outcome, conversation: "c7", duplicate: true });
  });
});

describe("the bot", () => {
  test.each(["accept", "decline", "release"])("may not %s, in whatever state", async (action) => {
    await using http = serve();
    const path = `${acme}/conversations/c7/${action}`;
    const stale = await http.call("POST", path, { bot: true, version: 2 });
    expect(stale.body["code"]).toBe("stale_version");
    const present = await http.call("POST", path, { bot: true, version: 3 });
    expect(present.body["code"]).toBe("wrong_state");
    expect(http.routing.commands).toEqual([]);
  });
});

describe("the configuration", () => {
  const document = { skillQueues: [{ id: "front" }] };
  const path = `${acme}/configuration`;

  test("is replaced whole, and its tag is returned", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "configured", revision: 4 });
    const answer = await http.call("PUT", path, document);
    expect([answer.status, answer.headers["etag"], answer.body]).toEqual([
      200,
      '"4"',
      { warnings: [] },
    ]);
  });

  test("may come as YAML, with each problem's place in the text", async () => {
    await using http = serve();
    const yaml = "skillQueues:\n  - id: front\n    acceptance: maybe\n";
    const answer = await http.call("PUT", path, yaml, { "content-type": "application/yaml" });
    expect(answer.body).toMatchObject({
      status: 422,
      code: "invalid_configuration",
      violations: [{ path: "/skillQueues/0/acceptance", code: "not_one_of", line: 3, column: 5 }],
    });
  });

  test.each([
    ["application/json", "{"],
    ["application/yaml", "a: [1"],
    ["application/yaml", "[".repeat(100_000)],
    ["application/json", Buffer.from([0x22, 0xff, 0x22])],
    ["application/json", ""],
  ])("that cannot be read as %s is 400", async (type, body) => {
    await using http = serve();
    const answer = await http.call("PUT", path, body, { "content-type": type });
    expect([answer.status, answer.body["code"]]).toEqual([400, "unreadable_body"]);
  });

  test("is only looked at by a dry run", async () => {
    await using http = serve();
    expect((await http.call("PUT", `${path}?dryRun=true`, document)).status).toBe(200);
    const wrong = await http.call("PUT", `${path}?dryRun=true`, { agents: 1 });
    expect(wrong.body["code"]).toBe("invalid_configuration");
    expect(http.routing.commands).toEqual([]);
  });

  test.each([
    ['"3"', 200],
    ['"1", "3"', 200],
    ["*", 200],
    ['"2"', 412],
    ['W/"3"', 412],
    ["3", 412],
  ])("is replaced under If-Match %s only where that is present", async (tag, status) => {
    await using http = serve();
    http.routing.answer = () => ({ status: "configured", revision: 4 });
    const answer = await http.call("PUT", path, document, { "if-match": tag });
    expect(answer.status).toBe(status);
    expect(http.routing.commands.length).toBe(status === 200 ? 1 : 0);
  });

  test("of an unknown tenant matches no tag", async () => {
    await using http = serve();
    const newcomer = "/v1/tenants/newcomer/configuration";
    expect((await http.call("PUT", newcomer, document, { "if-match": "*" })).status).toBe(412);
    expect((await http.call("GET", newcomer)).body["code"]).toBe("unknown_tenant");
  });

  test("names what takes over from what is removed", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "configured", revision: 4 });
    const replace = "replace=old:front&replace=a%3Ab:front";
    await http.call("PUT", `${path}?${replace}`, document);
    expect(http.routing.commands).toMatchObject([{ replace: { old: "front", "a:b": "front" } }]);
    expect(violationsOf(await http.call("PUT", `${path}?replace=old`, document))).toEqual([
      "?replace wrong_type",
    ]);
  });

  test("belongs to a tenant of at most 128 bytes of printable characters", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "configured", revision: 1 });
    const put = (tenant: string) =>
      http.call("PUT", `/v1/tenants/${encodeURIComponent(tenant)}/configuration`, document);
    expect((await put("x".repeat(128))).status).toBe(200);
    expect(violationsOf(await put("x".repeat(129)))).toEqual(["{tenant} too_long"]);
    expect(violationsOf(await put("a\nb"))).toEqual(["{tenant} wrong_type"]);
  });
});

describe("one agent of the configuration", () => {
  const path = `${acme}/agents`;

  test("is added at the end of the document, whose tag is returned", async () => {
    await using http = serve();
    http.routing.answer = () => ({ status: "configured", revision: 4 });
    const put = http.call("PUT", `${path}/ana`, { skills: { front: 9 }, capacity: 4, id: "ana" });
    const answer = await put;
    expect([answer.status, answer.headers["etag"], answer.body["id"]]).toEqual([200, '"4"', "ana"]);
    const [command] = http.routing.commands;
    expect(command).toMatchObject({
      type: "configureTenant",
      expectedRevision: 3,
      configuration: { agents: [{ id: "ana", skills: { front: 9 }, capacity: 4 }, { id: "ben" }] },
    });
  });

  test("is not put without a body", async () => {
    await using http = serve();
    for (const body of [undefined, ""]) {
      const answer = await http.call("PUT", `${path}/ana`, body);
      expect([answer.status, answer.body["code"]]).toEqual([400, "unreadable_body"]);
    }
  });

  test("is told its problems by their place in the body", async () => {
    await using http = serve();
    const body = { skills: { nope: 3 }, capacity: 0, id: "other", extra: 1 };
    const answer = await http.call("PUT", `${path}/cyd`, body);
    expect([answer.status, answer.body["code"]]).toEqual([422, "invalid_configuration"]);
    expect(violationsOf(answer)).toEqual([
      "/id not_one_of",
      "/skills/nope unknown_reference",
      "/capacity out_of_range",
      "/extra unknown_key",
    ]);
    expect(violationsOf(await http.call("PUT", `${path}/cyd`, "[]"))).toEqual([" wrong_type"]);
  });

  test("is changed on top of what others changed meanwhile", async () => {
    await using http = serve();
    const { routing } = http;
    let attempts = 0;
    routing.answer = () => {
      attempts += 1;
      if (attempts > 2) return { status: "configured", revision: routing.revision + 1 };
      routing.revision += 1;
      return { status: "rejected", code: "configuration_changed" };
    };
    const answer = await http.call("DELETE", `${path}/ben`);
    expect([answer.status, answer.headers["etag"]]).toEqual([204, '"6"']);
    expect(routing.commands).toMatchObject([
      { expectedRevision: 3 },
      { expectedRevision: 4 },
      { expectedRevision: 5 },
    ]);
  });

  test("is not changed on top of others under If-Match", async () => {
    await using http = serve();
    const { routing } = http;
    routing.answer = () => {
      routing.revision += 1;
      return { status: "rejected", code: "configuration_changed" };
    };
    const answer = await http.call("DELETE", `${path}/ben`, undefined, { "if-match": '"3"' });
    expect([answer.status, answer.body["code"]]).toEqual([412, "configuration_changed"]);
    expect(routing.commands.length).toBe(1);
  });

  test("cannot be removed where there is none", async () => {
    await using http = serve();
    const answer = await http.call("DELETE", `${path}/nope`);
    expect([answer.status, answer.body["code"]]).toEqual([404, "unknown_agent"]);
  });
});

describe("actions on many conversations", () => {
  test("are answered one by one", async () => {
    await using http = serve();
    const items = [
      { conversation: "c7", agent: "ana", version: 1 },
      { conversation: "c7", agent: "nope", version: "x" },
      { conversation: "c7", agnet: "ana" },
      { conversation: "x", agent: "ana" },
      "c7",
    ];
    const answer = await http.call("POST", `${acme}/conversations/assign`, { items });
    expect(answer.status).toBe(200);
    expect(answer.body["items"]).toMatchObject([
      { status: 200, conversation: "c7", state: "queued", version: 1 },
      { status: 404, code: "unknown_agent", conversation: "c7" },
      {
        status: 422,
        code: "invalid_request",
        conversation: "c7",
        violations: [
          { path: "/items/2/agent", code: "required" },
          { path: "/items/2/agnet", code: "unknown_key" },
        ],
      },
      { status: 404, code: "unknown_conversation", conversation: "x" },
      { status: 422, violations: [{ path: "/items/4", code: "wrong_type" }] },
    ]);
    expect(http.routing.commands.length).toBe(1);
  });

  test("are a list", async () => {
    await using http = serve();
    const answer = await http.call("POST", `${acme}/conversations/release`, { items: {}, x: 1 });
    expect(violationsOf(answer)).toEqual(["/items wrong_type", "/x unknown_key"]);
  });
});

describe("the list of conversations", () => {
  test("is filtered by what the query says", async () => {
    await using http = serve();
    const query =
      "state=held,queued&queue=front&agent=ana&channel=web&customer=%2B49&cursor=c3&limit=1000";
    const answer = await http.call("GET", `${acme}/conversations?${query}`);
    expect(answer.body["next"]).toBeNull();
    expect(http.routing.queries.at(-1)).toEqual({
      type: "conversations",
      tenant: "acme",
      states: ["held", "queued"],
      skillQueue: "front",
      agent: "ana",
      channel: "web",
      customer: "+49",
      after: 3,
      limit: 1000,
    });
  });

  test("takes an address whose plus was not encoded", async () => {
    await using http = serve();
    await http.call("GET", `${acme}/conversations?customer=+49`);
    expect(http.routing.queries.at(-1)).toMatchObject({ customer: "+49", limit: 100 });
  });

  test("refuses a filter that filters nothing", async () => {
    await using http = serve();
    const query = "state=held,asleep&cursor=7&limit=0&stat=held";
    const answer = await http.call("GET", `${acme}/conversations?${query}`);
    expect(violationsOf(answer)).toEqual([
      "?state not_one_of",
      "?cursor wrong_type",
      "?limit out_of_range",
      "?stat unknown_key",
    ]);
  });
});

describe("the test clock", () => {
  test("walks by a span or to an instant", async () => {
    const calls: object[] = [];
    const testClock = {
      advance: (by: object) => {
        calls.push(by);
        return Promise.resolve(Date.UTC(2026, 2, 2, 8));
      },
    };
    await using http = serve({ testClock });
    const now = { now: "2026-03-02T08:00:00.000Z" };
    expect((await http.call("POST", "/v1/test-clock", { advanceMs: 5 })).body).toEqual(now);
    const to = "2026-03-02T08:00:00+00:00";
    expect((await http.call("POST", "/v1/test-clock", { to })).body).toEqual(now);
    expect(calls).toEqual([{ advanceMs: 5 }, { to: Date.UTC(2026, 2, 2, 8) }]);
  });

  test("does not go back, nor farther than anybody needs", async () => {
    const testClock = {
      advance: () => Promise.reject(new ClockRefusal("clock_backwards", "it stands later")),
    };
    await using http = serve({ testClock });
    for (const to of ["2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z"]) {
      const answer = await http.call("POST", "/v1/test-clock", { to });
      expect(answer.status).toBe(422);
      expect(violationsOf(answer)).toEqual(["/to out_of_range"]);
    }
  });
});

describe("operations", () => {
  test("answer before any tenant is there", async () => {
    await using http = serve();
    expect((await http.call("GET", "/healthz")).body).toEqual({ status: "ok" });
    expect((await http.call("GET", "/readyz")).status).toBe(200);
    await http.call("GET", `${acme}/queues`);
    const metrics = await http.call("GET", "/metrics");
    expect(metrics.text).toContain(`route="/v1/tenants/:tenant/queues",method="GET",status="200"`);
  });

  test("say that the worker is not ready yet", async () => {
    await using http = serve({ isReady: () => false });
    const answer = await http.call("GET", "/readyz");
    expect([answer.status, answer.body["code"]]).toEqual([503, "not_ready"]);
    expect((await http.call("GET", "/healthz")).status).toBe(200);
  });
});

describe("over a connection", () => {
  test("without a host is a problem, and one with an unknown expectation is answered", async () => {
    await using http = serve();
    const { port } = new URL(await http.listen());
    const asked = (head: string) => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(`${head}\r\n\r\n`);
      return text(socket);
    };
    const answer = await asked("GET /healthz HTTP/1.1\r\nConnection: close");
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/u);
    expect(answer).toContain('"code":"bad_request"');
    const close = "Host: x\r\nConnection: close";
    expect(await asked(`GET /healthz HTTP/1.1\r\n${close}\r\nExpect: tea`)).toContain("200 OK");
    expect(await asked("GET /healthz HTTP/1.0")).toContain("200 OK");
  });

  test("what is no HTTP is a problem, too", async () => {
    await using http = serve();
    const { port } = new URL(await http.listen());
    const socket = connect(Number(port), "127.0.0.1");
    socket.end("this is no request\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /u);
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({ code: "bad_request" });
  });

  test("a path that cannot be decoded is a problem, too", async () => {
    await using http = serve();
    const url = await http.listen();
    const answer = await fetch(`${url}/v1/tenants/%zz/queues`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "bad_request" });
  });

  test("a body that is too large is answered before the connection ends", async () => {
    await using http = serve();
    const url = await http.listen();
    const answer = await fetch(`${url}${acme}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `"${"x".repeat(4 * 1024 * 1024)}"`,
    });
    expect(answer.status).toBe(413);
  });

  test("a customer's address arrives as it was, with slashes, blanks and all", async () => {
    await using http = serve();
    const url = await http.listen();
    const customer = "+49/a b?c#d%2Fü";
    const path = `${acme}/channels/web/customers/${encodeURIComponent(customer)}/poll?waitMs=0`;
    expect((await fetch(`${url}${path}`)).status).toBe(200);
    expect(http.routing.queries.at(-1)).toMatchObject({ type: "entries", customer });
  });

  test("a worker that stops finishes what it has begun", async () => {
    const http = serve();
    const url = await http.listen();
    const { promise, resolve } = Promise.withResolvers<void>();
    http.routing.answer = async () => {
      await promise;
      return { status: "accepted", conversation: 7, state: "queued", offline: false, version: 1 };
    };
    const poll = fetch(`${url}${acme}/events?waitMs=30000`);
    const write = fetch(`${url}${acme}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
    await expect.poll(() => http.routing.commands.length).toBe(1);
    await expect.poll(() => http.routing.queries.some(({ type }) => type === "events")).toBe(true);
    const closed = http.app.close();
    expect(await (await poll).json()).toEqual({ events: [], next: "e0" });
    resolve();
    expect((await write).status).toBe(202);
    await closed;
    expect(http.routing.listenerCount).toBe(0);
  });
});
