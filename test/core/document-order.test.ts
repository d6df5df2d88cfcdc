import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inDocumentOrder } from "../../core/configuration/document-order.ts";
import { pointerTokens } from "../../core/configuration/json-pointer.ts";
import {
  violationCodes,
  type Violation,
  type ViolationCode,
} from "../../core/configuration/violations.ts";

type Found = Violation<ViolationCode>;

const codes = violationCodes.slice(0, 4);
const tokens = fc.constantFrom("a", "b", "c", "0", "1", "10", "2");
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, 1, "text"),
    fc.array(tie("document"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("b", "c", "a"), tie("document"), { maxKeys: 3 }),
  ),
}));
const violations = fc.array(
  fc
    .tuple(fc.array(tokens, { maxLength: 4 }), fc.constantFrom(...codes))
    .map(([path, code]): Found => {
      const message = path.join(" ");
      return { path: path.map((one) => `/${one}`).join(""), code, message, value: 1, limit: null };
    }),
  { maxLength: 12 },
);

const byCode = (found: readonly Found[]): Found[] =>
  codes.flatMap((code) => found.filter((one) => one.code === code));

/** As a reader goes through the document: what stands at a place, then what its keys lead to. */
function asRead(value: unknown, found: readonly Found[], depth = 0): Found[] {
  if (typeof value !== "object" || value === null) return byCode(found);
  const next = (one: Found): string | undefined => pointerTokens(one.path)[depth];
  const here = byCode(found.filter((one) => next(one) === undefined));
  const below = found.filter((one) => next(one) !== undefined);
  const keys = Array.isArray(value)
    ? [...new Set(below.map((one) => Number(next(one))))].toSorted((a, b) => a - b).map(String)
    : Object.keys(value);
  const present = keys.flatMap((key) =>
    asRead(
      Object.entries(value).find(([name]) => name === key)?.[1],
      below.filter((one) => next(one) === key),
      depth + 1,
    ),
  );
  return [...here, ...present, ...byCode(below.filter((one) => !keys.includes(next(one) ?? "")))];
}

/** Nothing is said of the key of a list that is no number. */
function isPossible(value: unknown, [token, ...rest]: readonly string[]): boolean {
  if (typeof value !== "object" || value === null || token === undefined) return true;
  if (Array.isArray(value) && !/^\d+$/u.test(token)) return false;
  return isPossible(Object.entries(value).find(([name]) => name === token)?.[1], rest);
}

describe("violations", () => {
  test("come in the order in which a reader of the document meets them, each once", () => {
    fc.assert(
      fc.property(document, violations, (read, found) => {
        const possible = found.filter(({ path }) => isPossible(read, pointerTokens(path)));
        const once = [...new Map(possible.map((one) => [`${one.code} ${one.path}`, one])).values()];
        expect(inDocumentOrder(read, possible)).toEqual(asRead(read, once));
      }),
      { seed: 20_261_123, numRuns: 400 },
    );
  });

  test("at one path go by their code, and before those of what it holds", () => {
    const at = (path: string, index: number): Found => {
      const code = codes[index] ?? codes[0];
      if (code === undefined) throw new Error("no code");
      return { path, code, message: "", value: 1, limit: null };
    };
    const read = { z: { y: 1 }, a: 1 };
    const found = [
      at("/missing", 0),
      at("/a", 0),
      at("/z/y", 0),
      at("/z", 2),
      at("/z", 1),
      at("", 3),
    ];
    expect(inDocumentOrder(read, found).map(({ path }) => path)).toEqual([
      "",
      "/z",
      "/z",
      "/z/y",
      "/a",
      "/missing",
    ]);
    expect(inDocumentOrder(read, [at("/z", 2), at("/z", 1)])).toEqual([at("/z", 1), at("/z", 2)]);
    expect(inDocumentOrder(undefined, [at("/z", 2), at("", 1)])).toEqual([at("", 1), at("/z", 2)]);
  });
});
