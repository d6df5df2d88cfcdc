import { beforeAll, describe, expect, test } from "vitest";
import { Compile } from "typebox/compile";
import { rejectionCodes } from "../../core/rejections.ts";
import { problemCodes, problemMeanings } from "../../worker/http/problems.ts";
import { operatingErrorCodes } from "../../worker/shards/routing.ts";
import { serve } from "./http/http-fixture.ts";

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

let document: Json;
let operations: readonly (readonly [path: string, method: string, operation: Operation])[];
beforeAll(async () => {
  const testClock = { advance: () => Promise.resolve(0) };
  await using http = serve({ testClock });
  document = (await http.call("GET", "/openapi.json")).body;
  operations = Object.entries(
    document["paths"] as Record<string, Record<string, Operation>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation] as const),
  );
});

/** Every value in the document that is an object, with its keys. */
function* objectsIn(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  else if (typeof value === "object" && value !== null) {
    yield value as Json;
    for (const member of Object.values(value)) yield* objectsIn(member);
  }
}

function schemas(): Readonly<Record<string, Json>> {
  return (document["components"] as { readonly schemas: Readonly<Record<string, Json>> }).schemas;
}

/** With the parts it refers to in their places. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  if ("$ref" in value) return resolved(schemas()[String(value.$ref).split("/").at(-1) ?? ""]);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolved(member)]));
}

describe("the OpenAPI document", () => {
  test("is of version 3.1 and describes every call of the contract", () => {
    expect(document["openapi"]).toBe("3.1.0");
    const tenant = "/v1/tenants/{tenant}";
    const calls = operations.map(([path, method]) => `${method.toUpperCase()} ${path}`);
    expect(calls.toSorted()).toEqual(
      [
        `PUT ${tenant}/configuration`,
        `GET ${tenant}/configuration`,
        `POST ${tenant}/messages`,
        `GET ${tenant}/agents`,
        `GET ${tenant}/agents/{agent}`,
        `PUT ${tenant}/agents/{agent}`,
        `DELETE ${tenant}/agents/{agent}`,
        `PUT ${tenant}/agents/{agent}/presence`,
        `GET ${tenant}/agents/{agent}/events`,
        `GET ${tenant}/events`,
        `GET ${tenant}/conversations`,
        `POST ${tenant}/conversations`,
        `POST ${tenant}/conversations/assign`,
        `POST ${tenant}/conversations/release`,
        `GET ${tenant}/conversations/{conversation}`,
        `GET ${tenant}/conversations/{conversation}/timeline`,
        `POST ${tenant}/conversations/{conversation}/messages`,
        ...["accept", "decline", "assign", "release", "handoff", "close"].map(
          (action) => `POST ${tenant}/conversations/{conversation}/${action}`,
        ),
        `GET ${tenant}/queues`,
        `GET ${tenant}/channels/{channel}/customers/{customer}/poll`,
        `GET ${tenant}/channels/{channel}/deliveries`,
        `POST ${tenant}/channels/{channel}/deliveries/{entry}`,
        `POST ${tenant}/channels/{channel}/deliveries/{entry}/resend`,
        `DELETE ${tenant}/customers/{customer}`,
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /openapi.json",
        "POST /v1/test-clock",
      ].toSorted(),
    );
  });

  test("leaves the test clock out where there is none", async () => {
    await using http = serve();
    const { body } = await http.call("GET", "/openapi.json");
    expect(Object.keys(body["paths"] as Json)).not.toContain("/v1/test-clock");
  });

  test("gives every call a name of its own, its path's parameters, and answers", () => {
    const names = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [path, , { parameters, responses }] of operations) {
      const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
      const expected = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name);
      expect(new Set(inPath)).toEqual(new Set(expected));
      const statuses = Object.keys(responses);
      expect(statuses).toEqual(expect.arrayContaining(["400", "500", "503"]));
      expect(statuses.some((status) => /^20[0-4]$/u.test(status))).toBe(true);
    }
  });

  test("refers to nothing that is not there, and names nothing that nobody refers to", () => {
    const used = [...objectsIn(document)].flatMap(({ $ref }) =>
      typeof $ref === "string" ? $ref : [],
    );
    const names = new Set(used.map((reference) => reference.replace("#/components/schemas/", "")));
    expect([...names].toSorted()).toEqual(Object.keys(schemas()).toSorted());
  });

  test("has only what JSON Schema knows", () => {
    const keys = [...objectsIn(document)].flatMap(Object.keys);
    expect(keys.filter((key) => key.startsWith("~"))).toEqual([]);
  });

  test("has an example for every body that is sent, each of its schema", () => {
    const bodies = operations.flatMap(([, , { operationId, requestBody }]) => {
      const schema = requestBody?.content["application/json"]?.schema;
      return schema === undefined ? [] : [[operationId, resolved(schema) as Json] as const];
    });
    const examplesOf = (schema: Json) => (schema["examples"] ?? []) as readonly unknown[];
    const without = bodies.filter(([, schema]) => examplesOf(schema).length === 0);
    expect(without.map(([name]) => name)).toEqual([]);
    const wrong = bodies.flatMap(([name, schema]) =>
      examplesOf(schema).flatMap((example) => (Compile(schema).Check(example) ? [] : name)),
    );
    expect(wrong).toEqual([]);
  });

  test("knows every code, each under its status", () => {
    const codes = operations.flatMap(([, , { responses }]) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const schema = content?.["application/problem+json"]?.schema as
          | {
              readonly allOf: readonly [
                unknown,
                { readonly properties: { readonly code: { readonly enum: readonly string[] } } },
              ];
            }
          | undefined;
        return (schema?.allOf[1].properties.code.enum ?? []).map((code) => [code, status] as const);
      }),
    );
    for (const [code, status] of codes) {
      expect(String(problemMeanings[code as keyof typeof problemMeanings].status)).toBe(status);
    }
    // Those are answered before it is known which call it is, the last within a stream.
    const unplaced: readonly string[] = [
      "not_found",
      "method_not_allowed",
      "request_timeout",
      "headers_too_large",
      "too_many_lines",
    ];
    const expected = [...problemCodes, ...rejectionCodes, ...operatingErrorCodes].filter(
      (code) => !unplaced.includes(code),
    );
    expect([...new Set(codes.map(([code]) => code))].toSorted()).toEqual(
      [...new Set(expected)].toSorted(),
    );
  });
});
