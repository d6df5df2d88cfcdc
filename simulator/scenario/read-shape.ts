import { formCodes, type ScenarioCode } from "./problem-codes.ts";
import type { TextForm } from "./shape.ts";
import { textForms } from "./text-forms.ts";

/** One problem of a scenario, in the shape of a configuration's violations. */
export interface ScenarioProblem {
  /** JSON Pointer into the document; a missing key has the path it would have. */
  readonly path: string;
  readonly code: ScenarioCode;
  /** One sentence for a person. */
  readonly message: string;
  /** What stands there, or null. */
  readonly value: unknown;
  /** What would have been allowed: `{ min, max }`, a list of choices, or null. */
  readonly limit: unknown;
}

/** The part of JSON Schema that scenarios are written in; `~form` is ours. */
interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly "~form"?: TextForm;
}

/**
 * Reads a value against a schema: all problems at once, every default filled in. What is wrong is
 * left out of the value, which may be used only if there was no problem. Linear in what is read.
 */
export function readShape(
  schema: object,
  value: unknown,
): { readonly value: unknown; readonly problems: readonly ScenarioProblem[] } {
  const reader = new Reader();
  return { value: reader.read(schema, value, ""), problems: reader.problems };
}

/** The JSON Pointer of a member (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

class Reader {
  readonly problems: ScenarioProblem[] = [];

  read(shape: Shape, value: unknown, path: string): unknown {
    if (shape.anyOf !== undefined) return this.#readOneOf(shape.anyOf, value, path);
    switch (shape.type) {
      case "object":
        return isObject(value)
          ? this.#readObject(shape, value, path)
          : this.#report(path, "wrong_type", "Must be a group of keys.", value);
      case "array":
        return this.#readList(shape, value, path);
      case "boolean":
        return typeof value === "boolean"
          ? value
          : this.#report(path, "wrong_type", "Must be true or false.", value);
      case "null":
        return value === null ? null : this.#report(path, "wrong_type", "Must be null.", value);
      case "number":
      case "integer":
        return this.#readNumber(shape, value, path);
      default:
        return this.#readText(shape, value, path);
    }
  }

  /** A variant is chosen by its constant key where all have one, else by the type of the value. */
  #readOneOf(variants: readonly Shape[], value: unknown, path: string): unknown {
    const key = discriminator(variants);
    if (key !== undefined && isObject(value)) {
      const names = variants.map((variant) => variant.properties?.[key]?.const ?? "");
      const chosen = variants[names.indexOf(String(value[key]))];
      if (chosen !== undefined) return this.read(chosen, value, path);
      const at = pointerTo(path, key);
      return value[key] === undefined
        ? this.#report(at, "required", `Must be one of ${names.join(", ")}.`, null, names)
        : this.#report(at, "not_one_of", `Must be one of ${names.join(", ")}.`, value[key], names);
    }
    const fitting = variants.find((variant) => variant.type === typeName(value));
    return this.read(fitting ?? variants[0] ?? {}, value, path);
  }

  #readObject(shape: Shape, value: Readonly<Record<string, unknown>>, path: string): unknown {
    const { properties = {}, required = [], additionalProperties: other } = shape;
    const entries: [string, unknown][] = [];
    for (const [key, property] of Object.entries(properties)) {
      const at = pointerTo(path, key);
      const given = Object.hasOwn(value, key) ? value[key] : undefined;
      if (given !== undefined) entries.push([key, this.read(property, given, at)]);
      else if (property.default !== undefined) {
        entries.push([key, this.read(property, property.default, at)]);
      } else if (required.includes(key)) this.#report(at, "required", "Must be given.", null);
    }
    for (const [key, given] of Object.entries(value)) {
      if (Object.hasOwn(properties, key)) continue;
      const at = pointerTo(path, key);
      if (typeof other === "object") entries.push([key, this.read(other, given, at)]);
      else if (other === false) {
        this.#report(
          at,
          "unknown_key",
          "No such key is known here.",
          given,
          Object.keys(properties),
        );
      } else entries.push([key, given]);
    }
    return Object.fromEntries(entries);
  }

  #readList(shape: Shape, value: unknown, path: string): unknown {
    if (!Array.isArray(value)) return this.#report(path, "wrong_type", "Must be a list.", value);
    const least = shape.minItems ?? 0;
    if (value.length < least) {
      this.#report(path, "too_few", `Must have at least ${least} entries.`, value.length, {
        min: least,
        max: null,
      });
    }
    return value.map((item: unknown, index) =>
      this.read(shape.items ?? {}, item, pointerTo(path, index)),
    );
  }

  #readNumber(shape: Shape, value: unknown, path: string): unknown {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return this.#report(path, "wrong_type", "Must be a number.", value);
    }
    if (shape.type === "integer" && !Number.isInteger(value)) {
      return this.#report(path, "wrong_type", "Must be a whole number.", value);
    }
    const { minimum, exclusiveMinimum, maximum } = shape;
    const tooLow =
      (minimum !== undefined && value < minimum) ||
      (exclusiveMinimum !== undefined && value <= exclusiveMinimum);
    if (!tooLow && (maximum === undefined || value <= maximum)) return value;
    const low = minimum === undefined ? `above ${exclusiveMinimum}` : `at least ${minimum}`;
    const high = maximum === undefined ? "" : ` and at most ${maximum}`;
    return this.#report(path, "out_of_range", `Must be ${low}${high}.`, value, {
      min: minimum ?? exclusiveMinimum ?? null,
      max: maximum ?? null,
    });
  }

  #readText(shape: Shape, value: unknown, path: string): unknown {
    if (typeof value !== "string") {
      return this.#report(path, "wrong_type", "Must be a text.", value);
    }
    const choices = shape.const === undefined ? shape.enum : [shape.const];
    if (choices !== undefined && !choices.includes(value)) {
      return this.#report(
        path,
        "not_one_of",
        `Must be one of ${choices.join(", ")}.`,
        value,
        choices,
      );
    }
    const form = shape["~form"];
    const wrong = form === undefined ? undefined : textForms[form](value);
    if (form !== undefined && wrong !== undefined) {
      this.#report(path, formCodes[form], wrong, value);
    }
    return value;
  }

  #report(
    path: string,
    code: ScenarioCode,
    message: string,
    value: unknown,
    limit: unknown = null,
  ): undefined {
    this.problems.push({ path, code, message, value: value ?? null, limit });
    return undefined;
  }
}

function discriminator(variants: readonly Shape[]): string | undefined {
  const keys = Object.entries(variants[0]?.properties ?? {});
  return keys.find(([key]) => variants.every((v) => v.properties?.[key]?.const !== undefined))?.[0];
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeName(value) === "object";
}
