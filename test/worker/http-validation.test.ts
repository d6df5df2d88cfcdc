import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TSchema } from "typebox";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import {
  action,
  assignment,
  bulkAction,
  bulkAssignment,
  clockAdvance,
  closing,
  deliveryReport,
  handOff,
  presence,
} from "../../worker/http/schemas/actions.ts";
import { agentMessage, contact, inboundMessage } from "../../worker/http/schemas/messages.ts";
import { conversationQuery, waitQuery } from "../../worker/http/schemas/queries.ts";
import { validatorOf } from "../../worker/http/validator.ts";

const limits = defaultWorkerLimits;
const message = { id: "m1", channel: "web", customer: "+49", text: "hello" };
const write = { id: "m1", from: { agent: "ana" }, text: "hello" };

/** What is wrong, as `path code`. */
function problems(schema: TSchema, value: unknown): readonly string[] {
  return validatorOf(schema)
    .violations(value)
    .map(({ path, code }) => `${path} ${code}`);
}

describe("a message of a customer", () => {
  const schema = inboundMessage(limits);
  const wrong = (change: object) => problems(schema, { ...message, ...change });

  test("needs id, channel, customer and text, and nothing else", () => {
    expect(problems(schema, message)).toEqual([]);
    expect(problems(schema, {})).toEqual([
      "/id required",
      "/channel required",
      "/customer required",
      "/text required",
    ]);
  });

  test("takes every key of the contract", () => {
    const full = {
      ...message,
      attachments: [{ url: "https://files.example/a.png", type: "image/png" }],
      customerId: "c-1",
      skillQueue: "front",
      priority: 14,
      subject: "Hello",
      headers: { "List-Id": "x", Received: ["a", "b"] },
      sentAt: "2026-03-02T07:00:00+01:00",
    };
    expect(problems(schema, full)).toEqual([]);
  });

  test("is told every problem at once, each with path, code, message, value and limit", () => {
    const found = validatorOf(schema).violations({ id: 5, priority: 15, extra: true, text: "x" });
    expect(found).toEqual([
      { path: "/id", code: "wrong_type", message: "Must be a text.", value: 5, limit: null },
      { path: "/channel", code: "required", message: "Must be given.", value: null, limit: null },
      { path: "/customer", code: "required", message: "Must be given.", value: null, limit: null },
      {
        path: "/priority",
        code: "out_of_range",
        message: "Must be 0 to 14.",
        value: 15,
        limit: { min: 0, max: 14 },
      },
      {
        path: "/extra",
        code: "unknown_key",
        message: "No such key is known here.",
        value: true,
        limit: null,
      },
    ]);
  });

  test("has an id of at most 128 bytes of printable characters", () => {
    expect(wrong({ id: "x".repeat(128) })).toEqual([]);
    expect(wrong({ id: "é".repeat(64) })).toEqual([]);
    expect(wrong({ id: "x".repeat(129) })).toEqual(["/id too_long"]);
    expect(wrong({ id: "é".repeat(65) })).toEqual(["/id too_long"]);
    expect(wrong({ id: "a b" })).toEqual([]);
    for (const id of ["", "a\nb", "a\u0000", "\u200b", "\ud800", "\u2028"]) {
      expect(wrong({ id })).toEqual(["/id wrong_type"]);
    }
  });

  test("has a customer of at most 256 bytes", () => {
    expect(wrong({ customer: "x".repeat(256) })).toEqual([]);
    expect(wrong({ customer: "x".repeat(257) })).toEqual(["/customer too_long"]);
    expect(wrong({ customer: "" })).toEqual(["/customer wrong_type"]);
  });

  test("has a text of at most 65,536 bytes, which may be empty", () => {
    expect(wrong({ text: "x".repeat(65_536) })).toEqual([]);
    expect(wrong({ text: "€".repeat(21_845) })).toEqual([]);
    expect(wrong({ text: "" })).toEqual([]);
    expect(wrong({ text: "x".repeat(65_537) })).toEqual(["/text too_long"]);
    expect(wrong({ text: "€".repeat(21_846) })).toEqual(["/text too_long"]);
  });

  test("has at most 20 attachments, each with an absolute address and a type", () => {
    const attachments = (length: number) =>
      Array.from({ length }, () => ({ url: "https://files.example/a.png", type: "image/png" }));
    expect(wrong({ attachments: attachments(20) })).toEqual([]);
    expect(wrong({ attachments: attachments(21) })).toEqual(["/attachments too_long"]);
    expect(wrong({ attachments: [{ url: "a.png", size: 1 }] })).toEqual([
      "/attachments/0/url url_invalid",
      "/attachments/0/type required",
      "/attachments/0/size unknown_key",
    ]);
  });

  test("has a whole priority from 0 to 14", () => {
    for (const priority of [0, 14]) expect(wrong({ priority })).toEqual([]);
    for (const priority of [-1, 15])
      expect(wrong({ priority })).toEqual(["/priority out_of_range"]);
    for (const priority of [1.5, "3", null]) {
      expect(wrong({ priority })).toEqual(["/priority wrong_type"]);
    }
  });

  test("has headers of texts and lists of texts", () => {
    expect(wrong({ headers: { a: 1, b: ["x", 2], c: "fine" } })).toEqual([
      "/headers/a wrong_type",
      "/headers/b/1 wrong_type",
    ]);
  });

  test("was sent at an RFC 3339 time", () => {
    expect(wrong({ sentAt: "yesterday" })).toEqual(["/sentAt date_invalid"]);
  });

  test.each([null, 1, "text", [], true])("is no message at all: %j", (value) => {
    expect(problems(schema, value)).toEqual([" wrong_type"]);
  });

  test("does not get its megabyte of text sent back", () => {
    const [found] = validatorOf(schema).violations({ ...message, text: "x".repeat(70_000) });
    expect(String(found?.value).length).toBeLessThan(2000);
  });

  test("cannot hide a key behind a prototype", () => {
    const sent: unknown = JSON.parse(`{"__proto__":1,"constructor":2}`);
    expect(problems(schema, sent)).toEqual(
      expect.arrayContaining(["/__proto__ unknown_key", "/constructor unknown_key"]),
    );
  });
});

describe("a message of the agent side", () => {
  const schema = agentMessage(limits);

  test("comes from an agent or from the bot, and from one of them only", () => {
    const from = (value: unknown) => problems(schema, { ...write, from: value });
    expect(from({ agent: "ana" })).toEqual([]);
    expect(from({ bot: true })).toEqual([]);
    expect(from({})).toEqual(["/from/agent required"]);
    expect(from({ agent: "ana", bot: true })).toEqual(["/from/bot keys_conflict"]);
    expect(from({ bot: false })).toEqual(["/from/bot not_one_of"]);
    expect(from({ bot: "yes" })).toEqual(["/from/bot wrong_type"]);
    expect(from("ana")).toEqual(["/from wrong_type"]);
  });

  test("takes a template by name, as a flag, or with what fills it", () => {
    for (const template of ["hello", true, { name: "hello", language: "de" }]) {
      expect(problems(schema, { ...write, template })).toEqual([]);
    }
    expect(problems(schema, { ...write, template: 5 })).toEqual(["/template wrong_type"]);
  });
});

describe("an action", () => {
  test("may be empty, but not have keys that nobody knows", () => {
    expect(problems(action(), {})).toEqual([]);
    expect(problems(action(), { agnet: "ana" })).toEqual(["/agnet unknown_key"]);
  });

  test("is done by one actor only", () => {
    expect(problems(closing(), { agent: "ana", bot: true, customer: true })).toEqual([
      "/bot keys_conflict",
      "/customer keys_conflict",
    ]);
    expect(problems(closing(), { bot: false, customer: true })).toEqual([]);
  });

  test("assigns to somebody", () => {
    expect(problems(assignment(), {})).toEqual(["/agent required"]);
  });

  test("hands off to a queue where an owner does it", () => {
    expect(problems(handOff(), { agent: "ana" })).toEqual(["/skillQueue required"]);
    expect(problems(handOff(), { agent: "ana", skillQueue: "front" })).toEqual([]);
    expect(problems(handOff(), { bot: true })).toEqual([]);
    expect(problems(handOff(), {})).toEqual([]);
  });
});

test("the test clock is told either a span or an instant", () => {
  const schema = clockAdvance();
  expect(problems(schema, { advanceMs: 0 })).toEqual([]);
  expect(problems(schema, { to: "2026-03-02T07:00:00Z" })).toEqual([]);
  expect(problems(schema, {})).toEqual(["/advanceMs required"]);
  expect(problems(schema, { advanceMs: 1, to: "2026-03-02T07:00:00Z" })).toEqual([
    "/to keys_conflict",
  ]);
  expect(problems(schema, { advanceMs: -1 })).toEqual(["/advanceMs out_of_range"]);
  expect(problems(schema, { to: "noon" })).toEqual(["/to date_invalid"]);
});

describe("the compiled check and the list of violations", () => {
  const schemas: readonly (readonly [string, TSchema, object])[] = [
    ["an inbound message", inboundMessage(limits), message],
    ["an agent's message", agentMessage(limits), write],
    ["a contact", contact(limits), { ...message, agent: "ana" }],
    ["an action", action(), { agent: "ana", version: 1 }],
    ["an assignment", assignment(), { agent: "ana", override: true }],
    ["a hand-off", handOff(), { agent: "ana", skillQueue: "front" }],
    ["a close", closing(), { customer: true, reason: "done" }],
    ["a bulk assignment", bulkAssignment(), { conversation: "c1", agent: "ana" }],
    ["a bulk action", bulkAction(), { conversation: "c1" }],
    ["a presence", presence(), { status: "away" }],
    ["a delivery report", deliveryReport(), { status: "read", reason: "x" }],
    ["a clock advance", clockAdvance(), { advanceMs: 5 }],
    ["a wait", waitQuery(), { after: "e5", waitMs: 0 }],
    ["a filter", conversationQuery(), { state: "held,queued", limit: 3, cursor: "c4" }],
  ];

  test.each(schemas)("agree on %s, whatever is changed in it", (_, schema, sound) => {
    const validator = validatorOf(schema);
    expect(validator.violations(sound)).toEqual([]);
    const keys = Object.keys((schema as { properties?: object }).properties ?? {});
    const changes = fc.dictionary(
      fc.constantFrom(...keys, "other"),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom("", "e1", "c1", "web", 0, 20, true, { bot: true }, { agent: "ana" }),
        fc.string({ unit: "binary" }),
      ),
      { maxKeys: 3 },
    );
    fc.assert(
      fc.property(changes, fc.subarray(Object.keys(sound)), (change, dropped) => {
        const value = Object.fromEntries(
          Object.entries({ ...sound, ...change }).filter(([key]) => !dropped.includes(key)),
        );
        const found = validator.violations(value);
        expect(found.length === 0).toBe(validator.check(value));
        // The last resort is for what the list would miss.
        expect(found.map(({ message: said }) => said)).not.toContain(
          "Does not have the shape that is described.",
        );
      }),
      { numRuns: 300 },
    );
  });
});
