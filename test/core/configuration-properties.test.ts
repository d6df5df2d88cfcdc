import * as fc from "fast-check";
import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import { pointerTo, pointerTokens } from "../../core/configuration/json-pointer.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import { configurationSchema, jsonSchema } from "../../core/configuration/schema.ts";
import type { Shape } from "../../core/configuration/shape.ts";
import type { TextCheck } from "../../core/configuration/text-checks.ts";
import {
  violationCodes,
  type Violation,
  type ViolationCode,
  warningCodes,
} from "../../core/configuration/violations.ts";
import { at, exampleWith } from "./configuration-example.ts";

describe("whatever is sent", () => {
  test("resolving does not throw, and its answer is of the documented form", () => {
    fc.assert(
      fc.property(
        fc.oneof(brokenDocuments(), fc.jsonValue(), documentsOfTheSchema()),
        (document) => {
          expectSoundAnswer(document);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 1e308],
    ["a text", "calendars: []"],
    ["a list", [{}]],
    ["a list of lists", { agents: [[[]]], channels: [[], {}, null] }],
    ["a number beyond all numbers", JSON.parse('{"presence":{"graceSeconds":1e999}}')],
    ["a key __proto__", JSON.parse('{"__proto__":{"agents":1},"channels":[{"__proto__":1}]}')],
    ["lists within each other", nested(100_000)],
    ["a key with lists within each other", { agents: [{ name: nested(100_000) }] }],
    ["keys of a pointer", { "": 1, "/": 2, "~": 3, "~1": 4 }],
  ])("%s is refused in good form", (_, document) => {
    expectSoundAnswer(document);
    expect(resolveConfiguration(document)).toHaveProperty("violations");
  });

  test("what is sent is not changed", () => {
    fc.assert(
      fc.property(fc.oneof(brokenDocuments(), documentsOfTheSchema()), (document) => {
        const before = JSON.stringify(document);
        resolveConfiguration(frozen(document));
        expect(JSON.stringify(document)).toBe(before);
      }),
    );
  });

  test("violations come in the order of the document", () => {
    fc.assert(
      fc.property(brokenDocuments(), (document) => {
        const resolution = resolveConfiguration(document);
        if (!("violations" in resolution)) return;
        // Of any two that stand in the document, the one that a reader meets first comes first.
        const places = resolution.violations
          .filter(({ path }) => at(document, path) !== undefined)
          .map(({ path }) => placeOf(document, path));
        expect(places).toEqual(places.toSorted(compare));
      }),
    );
  });
});

describe("a document that the schema allows", () => {
  const ofRules = new Set<ViolationCode>([
    "hours_overlap",
    "duplicate_id",
    "unknown_reference",
    "cost_above_capacity",
    "called_timeout_too_long",
    "last_agent_mode_disabled",
    "last_agent_mode_differs",
    "last_agent_wait_too_long",
    "chatbot_url_missing",
    "chatbot_access_code_missing",
    "email_only",
    "auto_reply_template_missing",
  ]);

  test("can only break rules between settings, and what is valid resolves to itself", () => {
    let valid = 0;
    fc.assert(
      fc.property(documentsOfTheSchema(), (document) => {
        expect(Check(jsonSchema, document)).toBe(true);
        const resolution = resolveConfiguration(document);
        if ("violations" in resolution) {
          const others = resolution.violations.filter(({ code }) => !ofRules.has(code));
          expect(others).toEqual([]);
          return;
        }
        valid++;
        const again = resolveConfiguration(resolution.configuration);
        expect(again).toEqual(resolution);
        // Even written out: its keys have one order.
        expect(JSON.stringify(again)).toBe(JSON.stringify(resolution));
        expect(JSON.stringify(resolveConfiguration(reversed(document)))).toBe(
          JSON.stringify(resolution),
        );
      }),
      { numRuns: 1000 },
    );
    expect(valid).toBeGreaterThan(50);
  });

  test("is the only kind that resolves", () => {
    fc.assert(
      fc.property(brokenDocuments(), (document) => {
        if (Check(jsonSchema, document)) return;
        expect(resolveConfiguration(document)).toHaveProperty("violations");
      }),
      { numRuns: 500 },
    );
  });
});

function expectSoundAnswer(document: unknown): void {
  const resolution = resolveConfiguration(document);
  const [found, codes] =
    "violations" in resolution
      ? [resolution.violations, violationCodes]
      : [resolution.warnings, warningCodes];
  if ("violations" in resolution) expect(found.length).toBeGreaterThan(0);
  const seen = new Set<string>();
  for (const violation of found) {
    expect(Object.keys(violation).toSorted()).toEqual([
      "code",
      "limit",
      "message",
      "path",
      "value",
    ]);
    expect(codes).toContain(violation.code);
    expect(violation.message).toMatch(/^\S.*\S$/su);
    expectPlace(document, violation);
    const name = `${violation.code} ${violation.path}`;
    expect(seen).not.toContain(name);
    seen.add(name);
  }
  expect(JSON.parse(JSON.stringify(resolution))).toBeTypeOf("object");
}

/** A violation stands somewhere in the document, or at a key that something needs or defaults to. */
function expectPlace(document: unknown, { path, code }: Violation): void {
  if (path === "" || at(document, path) !== undefined) return;
  const absent = [
    "required",
    "called_timeout_too_long",
    "chatbot_url_missing",
    "chatbot_access_code_missing",
    "auto_reply_template_missing",
    // The default limit can be shorter than a night.
    "limit_shorter_than_night",
  ];
  // A value of undefined cannot be told from an absent one, nor can JSON say it.
  expect(absent).toContain(code);
}

/** The example with some of its parts replaced, removed or joined by others. */
function brokenDocuments(): fc.Arbitrary<unknown> {
  const pointers = pointersIn(exampleWith());
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, -1, 0, 1, 5, 20, 60, 61, 1e300, "", "billing", "office", [], {}, true),
  );
  const change = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...pointers), value) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...pointers), fc.constant(undefined)) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc
          .tuple(fc.constantFrom("", ...pointers), fc.constantFrom("__proto__", "x", "a/b", "id"))
          .map(([pointer, key]) => pointerTo(pointer, key)),
        value,
      ),
    },
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let document = exampleWith();
    for (const [pointer, replacement] of changes) {
      document = replaced(document, pointerTokens(pointer), replacement);
    }
    return document;
  });
}

/** Documents made from the schema itself: every key in its range, present or not. */
function documentsOfTheSchema(): fc.Arbitrary<unknown> {
  const ids = fc.constantFrom("a", "b", "__proto__");
  const texts: Readonly<Record<TextCheck, fc.Arbitrary<string>>> = {
    id: ids,
    "secret-name": fc.constantFrom("wa-push", "bot"),
    prompt: fc.constantFrom("", "Closed", "🌙".repeat(256)),
    hours: fc.constantFrom("00:00-09:00", "09:00-17:00", "17:00-02:00", "00:00-24:00"),
    date: fc.constantFrom("2026-12-24", "2026-12-25"),
    "time-zone": fc.constantFrom("Europe/Berlin", "UTC"),
    "http-url": fc.constantFrom("https://adapter.example/in", "http://localhost"),
  };

  function valuesOf(shape: Shape): fc.Arbitrary<unknown> {
    const type = [shape.type ?? "string"].flat();
    const value = valuesOfType(shape, type[0]);
    return type.includes("null") ? fc.oneof(fc.constant(null), value) : value;
  }

  function valuesOfType(shape: Shape, type: string | undefined): fc.Arbitrary<unknown> {
    switch (type) {
      case "object":
        return objectsOf(shape);
      case "array":
        return fc.uniqueArray(valuesOf(shape.items ?? {}), {
          maxLength: 2,
          // Mostly without the same id twice.
          selector: (item) => at(item, "/id") ?? at(item, "/date") ?? JSON.stringify(item),
        });
      case "integer":
        return fc.integer({ min: shape.minimum ?? 0, max: shape.maximum ?? 0 });
      case "boolean":
        return fc.boolean();
      default: {
        const check = shape["~check"];
        if (check !== undefined) return texts[check];
        return shape.enum === undefined ? ids : fc.constantFrom(...shape.enum);
      }
    }
  }

  function objectsOf(shape: Shape): fc.Arbitrary<unknown> {
    const { properties, required = [], additionalProperties: other } = shape;
    if (properties === undefined && typeof other === "object") {
      return fc.dictionary(ids, valuesOf(other), { minKeys: 1, maxKeys: 3, noNullPrototype: true });
    }
    const keys = Object.entries(properties ?? {}).map(([key, property]) =>
      fc
        .tuple(valuesOf(property), fc.integer({ min: 0, max: 3 }))
        .map(([value, chance]) =>
          required.includes(key) || chance === 0 ? [[key, value] as const] : [],
        ),
    );
    return fc.tuple(...keys).map((entries) => Object.fromEntries(entries.flat()));
  }

  // Lists at the top mostly stand, so that references mostly lead somewhere.
  const shape = configurationSchema as Shape;
  const always = { ...shape, required: ["calendars", "skillQueues", "agents", "channels"] };
  return valuesOf(always);
}

function pointersIn(value: unknown, pointer = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const below = pointerTo(pointer, key);
    return [below, ...pointersIn(member, below)];
  });
}

function replaced(value: unknown, tokens: readonly string[], replacement: unknown): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return replacement;
  if (typeof value !== "object" || value === null) return value;
  const entries = new Map<string, unknown>(Object.entries(value));
  const member = replaced(entries.get(token), rest, replacement);
  if (member === undefined) entries.delete(token);
  else entries.set(token, member);
  return Array.isArray(value) ? [...entries.values()] : Object.fromEntries(entries);
}

/** The same document with the keys of each object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => reversed(item));
  if (typeof value !== "object" || value === null) return value;
  // What the document names itself keeps its order: it is not the schema's.
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, key === "skills" ? member : reversed(member)] as const)
      .toReversed(),
  );
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function placeOf(document: unknown, path: string): number[] {
  let value = document;
  return pointerTokens(path).map((token) => {
    const position = Object.keys(value as object).indexOf(token);
    value = (value as Readonly<Record<string, unknown>>)[token];
    return position;
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((position, index) => position !== b[index]);
  if (differs === -1) return a.length - b.length;
  return (a[differs] ?? 0) - (b[differs] ?? -1);
}
