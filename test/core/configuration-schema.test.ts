import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import { channelPolicies } from "../../core/configuration/channel-policies.ts";
import { channelKinds } from "../../core/configuration/resolved.ts";
import { jsonSchema } from "../../core/configuration/schema.ts";
import { at, exampleWith, resolved, smallWith } from "./configuration-example.ts";

describe("the JSON Schema", () => {
  test("names its dialect and what it describes", () => {
    expect(jsonSchema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(jsonSchema["title"]).toBe("Nightdesk configuration");
  });

  test("is plain JSON with the words of its dialect alone", () => {
    expect(JSON.parse(JSON.stringify(jsonSchema))).toEqual(jsonSchema);
    const words = [...schemasIn(jsonSchema)].flatMap(([, schema]) => Object.keys(schema));
    expect([...new Set(words)].toSorted()).toEqual([
      "$schema",
      "additionalProperties",
      "default",
      "description",
      "enum",
      "format",
      "items",
      "maxLength",
      "maxProperties",
      "maximum",
      "minProperties",
      "minimum",
      "pattern",
      "properties",
      "required",
      "title",
      "type",
    ]);
  });

  test("describes every key, and forbids every other", () => {
    const schemas = [...schemasIn(jsonSchema)];
    const undescribed = schemas
      .filter(([path]) => !path.endsWith("/items") && !path.endsWith("/additionalProperties"))
      .filter(([, { description }]) => !/^[A-Z].+\.$/u.test(String(description)));
    expect(undescribed).toEqual([]);
    const open = schemas
      .filter(([, { properties }]) => properties !== undefined)
      .filter(([, { additionalProperties }]) => additionalProperties !== false);
    expect(open).toEqual([]);
  });

  test("gives ranges and defaults where an editor looks for them", () => {
    const limit = "/properties/channels/items/properties/offlineMessages/properties";
    expect(at(jsonSchema, `${limit}/routingTimeLimit`)).toMatchObject({
      type: "integer",
      minimum: 1,
      maximum: 60,
      default: 30,
    });
    expect(at(jsonSchema, `${limit}/agentOutboundTimeLimitMinutes`)).toMatchObject({
      type: ["integer", "null"],
      minimum: 0,
      maximum: 10_080,
      default: null,
    });
    // What is said a second time has no defaults of its own.
    const second = at(jsonSchema, `${limit}/lastAgentMode/properties`);
    expect(Object.values(second as object)).toHaveLength(5);
    expect(JSON.stringify(second)).not.toContain('"default"');
    expect(at(jsonSchema, `${limit}/lastAgentMode`)).not.toHaveProperty("required");
  });

  test.each([
    ["the example", exampleWith(), true],
    ["the example resolved", resolved(exampleWith()), true],
    ["an empty document", {}, true],
    ["an unknown key", { queues: [] }, false],
    ["a number beyond its range", smallWith({ "/channels/0/priority": 15 }), false],
    ["a kind that is none", smallWith({ "/channels/0/kind": "line" }), false],
    ["hours that are none", smallWith({ "/calendars/0/weekly/mon": ["9-5"] }), false],
    [
      "a forbidden character",
      smallWith({ "/channels/0/offlineMessages": { prompt: "a\\b" } }),
      false,
    ],
    ["a missing key", smallWith({ "/agents/0/capacity": undefined }), false],
  ])("judges %s", (_, document, valid) => {
    expect(Check(jsonSchema, document)).toBe(valid);
  });
});

describe("the policies of the channel kinds", () => {
  const day = 86_400_000;

  test("prompts go everywhere but to email and sms", () => {
    expect(channelKinds.filter((kind) => !channelPolicies[kind].prompts)).toEqual(["email", "sms"]);
  });

  test("who may be written to first", () => {
    const verdicts = channelKinds.map((kind) => [kind, channelPolicies[kind].firstContact]);
    expect(Object.fromEntries(verdicts)).toEqual({
      web: "allowed",
      rcs: "allowed",
      email: "allowed",
      whatsapp: "template-only",
      sms: "allowed",
      instagram: "blocked",
      telegram: "blocked",
    });
  });

  test("what may be written how long after the customer's last message", () => {
    expect(channelPolicies.whatsapp.replyWindow).toEqual([
      { afterMs: 0, verdict: "allowed" },
      { afterMs: day, verdict: "template-only" },
    ]);
    expect(channelPolicies.instagram.replyWindow).toEqual([
      { afterMs: 0, verdict: "allowed" },
      { afterMs: day, verdict: "allowed-with-tag" },
      { afterMs: 7 * day, verdict: "blocked" },
    ]);
    for (const kind of ["web", "rcs", "email", "sms", "telegram"] as const) {
      expect(channelPolicies[kind].replyWindow).toEqual([{ afterMs: 0, verdict: "allowed" }]);
    }
  });
});

/** Every schema within a schema, with the path that leads to it. */
function* schemasIn(
  schema: Readonly<Record<string, unknown>>,
  path = "",
): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  yield [path, schema];
  for (const word of ["items", "additionalProperties"]) {
    const part = schema[word];
    if (isObject(part)) yield* schemasIn(part, `${path}/${word}`);
  }
  const { properties } = schema;
  if (!isObject(properties)) return;
  for (const [key, property] of Object.entries(properties)) {
    if (isObject(property)) yield* schemasIn(property, `${path}/properties/${key}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
