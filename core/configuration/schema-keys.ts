import { type TProperties, type TSchema, Type } from "typebox";
import type { TextCheck } from "./text-checks.ts";
import type { ViolationCode } from "./violations.ts";

// The kinds of key that a document here is made of, each one line of JSON Schema with a description.

/** Further words of JSON Schema, for instance a pattern that says what the check decides. */
type Words = Readonly<Record<string, unknown>>;

/** A whole number of a range; may be left out. */
export function range(minimum: number, maximum: number, preset: number, description: string) {
  return Type.Optional(Type.Integer({ minimum, maximum, default: preset, description }));
}

/** A whole number of a range, or null, which has a meaning of its own. */
export function nullableRange(minimum: number, maximum: number, words: Words) {
  return Type.Optional(
    Type.Unsafe<number | null>({ type: ["integer", "null"], minimum, maximum, ...words }),
  );
}

/** One of a list of names. */
export function choice<const Name extends string>(
  names: readonly Name[],
  words: Words & { readonly "~code"?: ViolationCode },
) {
  return Type.Unsafe<Name>({ type: "string", enum: names, ...words });
}

/** Yes or no; may be left out. */
export function toggle(preset: boolean, description: string) {
  return Type.Optional(Type.Boolean({ default: preset, description }));
}

/** A text that must have a form of its own. */
export function checkedText(check: TextCheck, description: string, words: Words = {}) {
  return Type.String({ description, ...words, "~check": check });
}

/** An object in which every key that is not named is an error. */
export function closedObject<Properties extends TProperties>(
  properties: Properties,
  description: string,
  words: Words = {},
) {
  return Type.Object(properties, { additionalProperties: false, description, ...words });
}

/** An object that may be left out, and is then read as if it were empty. */
export function closedSection<Properties extends TProperties>(
  properties: Properties,
  description: string,
) {
  return Type.Optional(closedObject(properties, description, { default: {} }));
}

/** A list that may be left out, and is then empty. */
export function list<Item extends TSchema>(item: Item, description: string) {
  return Type.Optional(Type.Array(item, { description, default: [] }));
}

/** The same key for each name of a list. */
export function forEach<const Name extends string, Schema extends TSchema>(
  names: readonly Name[],
  schemaOf: (name: Name) => Schema,
): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schemaOf(name)])) as Record<Name, Schema>;
}

/** The schema as plain JSON: without what only this program reads. */
export function plainSchema(schema: TSchema): Record<string, unknown> {
  const text = JSON.stringify(schema, (key: string, value: unknown) =>
    key.startsWith("~") ? undefined : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** The keys of an object with their types and ranges, all optional and none filled in. */
export function withoutDefaults(schema: TSchema, description: string): Record<string, unknown> {
  const { default: _, required: __, properties, ...rest } = plainSchema(schema);
  const keys = Object.entries(properties as Readonly<Record<string, Words>>);
  return {
    ...rest,
    description,
    properties: Object.fromEntries(keys.map(([key, { default: ___, ...words }]) => [key, words])),
  };
}
