import { pointerTokens } from "./json-pointer.ts";
import { type Violation, type ViolationCode, violationCodes } from "./violations.ts";

/**
 * Puts violations in the order in which a reader of the document meets them, each once: an object
 * before its keys, keys as they stand, missing ones after them, and at one path in the order of
 * `violationCodes`. The order of the input decides what remains.
 */
export function inDocumentOrder(
  document: unknown,
  violations: readonly Violation<ViolationCode>[],
): Violation<ViolationCode>[] {
  const positions = new KeyPositions();
  const unique = new Map(violations.map((one) => [`${one.code} ${one.path}`, one]));
  return [...unique.values()]
    .map((violation) => ({
      violation,
      place: [...positions.along(document, pointerTokens(violation.path))],
      rank: violationCodes.indexOf(violation.code),
    }))
    .toSorted((a, b) => compareSequences(a.place, b.place) || a.rank - b.rank)
    .map(({ violation }) => violation);
}

/** Where keys stand in their objects, counted once an object. */
class KeyPositions {
  readonly #byObject = new Map<object, ReadonlyMap<string, number>>();

  /** The position of each token in what the tokens before it lead to, up to the first missing. */
  *along(document: unknown, tokens: readonly string[]): Generator<number> {
    let value = document;
    for (const token of tokens) {
      if (typeof value !== "object" || value === null) return;
      if (Array.isArray(value)) {
        yield Number(token);
        value = value[Number(token)] as unknown;
        continue;
      }
      const keys = this.#keysOf(value);
      const position = keys.get(token);
      yield position ?? keys.size;
      if (position === undefined) return;
      value = (value as Readonly<Record<string, unknown>>)[token];
    }
  }

  #keysOf(value: object): ReadonlyMap<string, number> {
    const known = this.#byObject.get(value);
    if (known !== undefined) return known;
    const keys = new Map(Object.keys(value).map((key, position) => [key, position]));
    this.#byObject.set(value, keys);
    return keys;
  }
}

function compareSequences(a: readonly number[], b: readonly number[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
