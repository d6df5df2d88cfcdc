import {
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TUnsafe,
  Type,
} from "typebox";

/**
 * Builders of the scenario's schema. A key with a default may be left out of the file but is always
 * there once read, so `Static` of a schema is the *resolved* type, while the published JSON Schema
 * asks only for what has no default.
 */

/** An object that allows no other key. */
export function closed<T extends TProperties>(properties: T, description?: string): TObject<T> {
  const object = Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
  const required = Object.entries<TSchema>(properties)
    .filter(([, property]) => !("default" in property) && !Type.IsOptional(property))
    .map(([key]) => key);
  return Object.assign(object, { required });
}

/** The same schema, with the value that stands where the key is left out. */
export function defaulted<T extends TSchema>(schema: T, value: unknown): T {
  // A copy with the hidden marks that TypeBox keeps on a schema: many keys share one schema.
  const marks = Object.getOwnPropertyDescriptors(schema);
  const copy: T = Object.defineProperties(Object.create(null), marks) as T;
  return Object.assign(copy, { default: value });
}

/** Names chosen by the author → values of one shape. */
export function byName<T extends TSchema>(
  value: T,
  description: string,
): TUnsafe<Readonly<Record<string, Static<T>>>> {
  return Type.Unsafe({ type: "object", additionalProperties: value, description });
}

export interface NumberRange {
  readonly min?: number;
  /** The number must be greater than this. */
  readonly above?: number;
  readonly max?: number;
}

export function number(description: string, { min, above, max }: NumberRange = {}) {
  return Type.Number({ description, ...bounds({ min, above, max }) });
}

export function integer(description: string, range: NumberRange = {}) {
  return Type.Integer({ description, ...bounds(range) });
}

/** A share of something, 0 to 1. */
export function share(description: string) {
  return number(description, { min: 0, max: 1 });
}

export function choice<const T extends string>(values: readonly T[], description: string) {
  return Type.Unsafe<T>({ type: "string", enum: values, description });
}

export type TextForm = "local-date-time" | "date" | "hours" | "time" | "time-zone" | "name";

/** A text of a form that no pattern says well. */
export function text(form: TextForm, description: string) {
  return Type.String({ description, "~form": form });
}

function bounds(range: { [Key in keyof NumberRange]: NumberRange[Key] | undefined }) {
  return {
    ...(range.min === undefined ? {} : { minimum: range.min }),
    ...(range.above === undefined ? {} : { exclusiveMinimum: range.above }),
    ...(range.max === undefined ? {} : { maximum: range.max }),
  };
}
