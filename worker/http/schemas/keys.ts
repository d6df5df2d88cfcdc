import { type Static, type TProperties, type TSchema, Type } from "typebox";
import type { ValueProblem } from "../violations.ts";

// The kinds of key that requests and answers are made of.

/** Further words of JSON Schema. */
export type Words = Readonly<Record<string, unknown>>;

/** An object in which every key that is not named is an error. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  description: string,
  words: Words = {},
) {
  return Type.Object(properties, { additionalProperties: false, description, ...words });
}

/** An object that may grow keys: readers ignore those they do not know. */
export function open<Properties extends TProperties>(
  properties: Properties,
  description: string,
  words: Words = {},
) {
  return Type.Object(properties, { description, ...words });
}

/** Gives a schema a name under `components` of the OpenAPI document. */
export function named(name: string): Words {
  return { "~component": name };
}

/** A format for the reader of the OpenAPI document; a condition beside it decides. */
export function saidToBe(format: string): Words {
  return { "~format": format };
}

/** A schema with a condition that JSON Schema cannot say; its description should. */
export function conditioned<Schema extends TSchema>(
  schema: Schema,
  problemsOf: (value: Static<Schema>) => readonly ValueProblem[],
): Schema {
  const withReasons = { ...schema, "~problems": problemsOf };
  const isFine = (value: Static<Schema>) => problemsOf(value).length === 0;
  // A refined type is its type and more, which the compiler does not see of a type parameter.
  return Type.Refine<Schema, Static<Schema>>(withReasons, isFine) as TSchema as Schema;
}

/** One of a list of names. */
export function choice<const Name extends string>(
  names: readonly Name[],
  description: string,
  words: Words = {},
) {
  return Type.Unsafe<Name>({ type: "string", enum: names, description, ...words });
}

/** A text of so many bytes of UTF-8; the length that JSON Schema knows counts characters. */
export function text(bytesMax: number, description: string, words: Words = {}) {
  const schema = Type.String({ maxLength: bytesMax, description, ...words });
  return conditioned(schema, (value: string) => lengthProblems(value, bytesMax));
}

/** A text of visible characters, at least one. */
export function printable(bytesMax: number, description: string, words: Words = {}) {
  const schema = Type.String({ minLength: 1, maxLength: bytesMax, description, ...words });
  return conditioned(schema, (value: string) => [
    ...(isPrintable(value) ? [] : [notPrintable]),
    ...lengthProblems(value, bytesMax),
  ]);
}

/** RFC 3339. */
export function time(description: string) {
  return Type.String({ format: "date-time", description, examples: ["2026-03-02T07:00:00.000Z"] });
}

export function timeOrNull(description: string) {
  return Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time", description });
}

export function count(description: string) {
  return Type.Integer({ minimum: 0, description });
}

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** No control or invisible character, no half of a surrogate pair; and not empty. */
export function isPrintable(value: string): boolean {
  return /^[\x20-\x7e]+$/u.test(value) || (value !== "" && !invisible.test(value));
}

const notPrintable: ValueProblem = {
  code: "wrong_type",
  message: "Must be printable characters, at least one.",
};

function lengthProblems(value: string, bytesMax: number): readonly ValueProblem[] {
  // Three bytes are the most that one code unit can take.
  if (value.length * 3 <= bytesMax || Buffer.byteLength(value) <= bytesMax) return none;
  const message = `Must be at most ${bytesMax} bytes of UTF-8.`;
  return [{ code: "too_long", message, limit: bytesMax }];
}

const none: readonly ValueProblem[] = [];
