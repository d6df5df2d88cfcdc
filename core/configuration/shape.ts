import { type Unsound, unsound } from "./draft.ts";
import { pointerTo } from "./json-pointer.ts";
import { type TextCheck, textChecks } from "./text-checks.ts";
import { valueQuoted } from "./value-quoted.ts";
import type { Violation, ViolationCode, ViolationLimit } from "./violations.ts";

/**
 * The part of JSON Schema that documents here are written in. `~check` and `~code` are ours: the
 * form that a text must have, and the code of a choice that is not listed.
 */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[] | undefined;
  /** The shape of every key that `properties` does not name; without it such keys are unknown. */
  readonly additionalProperties?: boolean | Shape;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Shape;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly "~check"?: TextCheck;
  readonly "~code"?: ViolationCode;
}

/** What came of reading; `draft` is the `Draft` of whatever type the shape describes. */
export interface ReadShape {
  readonly draft: unknown;
  readonly violations: readonly Violation<ViolationCode>[];
}

/**
 * Reads a JSON value against a shape: finds every violation, fills in every default, and keeps what
 * is sound apart from what is not. It follows the shape, never the value, so no value is too deep
 * for it, and it does not throw. Linear in what it reads.
 */
export function readShape(shape: Shape, value: unknown): ReadShape {
  const reader = new ShapeReader();
  return { draft: reader.read(shape, value, ""), violations: reader.violations };
}

class ShapeReader {
  readonly violations: Violation<ViolationCode>[] = [];

  read(shape: Shape, value: unknown, path: string): unknown {
    const types = [shape.type ?? "string"].flat();
    if (value === null && types.includes("null")) return null;
    switch (types[0]) {
      case "object":
        return isObject(value)
          ? this.#readObject(shape, value, path)
          : this.#wrongType(types, value, path);
      case "array":
        return Array.isArray(value)
          ? value.map((item, index) => this.read(shape.items ?? {}, item, pointerTo(path, index)))
          : this.#wrongType(types, value, path);
      case "boolean":
        return typeof value === "boolean" ? value : this.#wrongType(types, value, path);
      case "integer":
        return typeof value === "number" && Number.isInteger(value)
          ? this.#readInteger(shape, value, path)
          : this.#wrongType(types, value, path);
      default:
        return typeof value === "string"
          ? this.#readText(shape, value, path)
          : this.#wrongType(types, value, path);
    }
  }

  #readObject(shape: Shape, value: Readonly<Record<string, unknown>>, path: string): unknown {
    const { properties = {}, required = [], additionalProperties: other } = shape;
    // An array of entries rather than assignments: `__proto__` is a key like any other.
    const entries: [string, unknown][] = [];
    for (const [key, property] of Object.entries(properties)) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined;
      const at = pointerTo(path, key);
      if (given !== undefined) {
        entries.push([key, this.read(property, given, at)]);
      } else if (property.default !== undefined) {
        entries.push([key, this.read(property, property.default, at)]);
      } else if (required.includes(key)) {
        this.#report(at, "required", "Must be given.", null);
        entries.push([key, unsound]);
      }
    }
    for (const [key, given] of Object.entries(value)) {
      if (given === undefined || Object.hasOwn(properties, key)) continue;
      const at = pointerTo(path, key);
      if (typeof other === "object") entries.push([key, this.read(other, given, at)]);
      else this.#report(at, "unknown_key", "No such key is known here.", given);
    }
    const { minProperties: min = 0, maxProperties: max = Infinity } = shape;
    if (entries.length < min || entries.length > max) {
      const message = `Has ${entries.length} entries; must have ${min} to ${max}.`;
      this.#report(path, "out_of_range", message, value, { min, max });
    }
    return Object.fromEntries(entries);
  }

  #readInteger(shape: Shape, value: number, path: string): number | Unsound {
    const { minimum: min = -Infinity, maximum: max = Infinity } = shape;
    // The sum makes 0 of -0, which no reader of the answer could tell from it.
    if (value >= min && value <= max) return value + 0;
    this.#report(path, "out_of_range", `Must be ${min} to ${max}.`, value, { min, max });
    return unsound;
  }

  #readText(shape: Shape, value: string, path: string): string | Unsound {
    const choices = shape.enum;
    if (choices !== undefined && !choices.includes(value)) {
      const message = `Must be one of ${choices.join(", ")}.`;
      this.#report(path, shape["~code"] ?? "not_one_of", message, value, choices);
      return unsound;
    }
    const check = shape["~check"];
    if (check !== undefined) {
      for (const { code, message, limit } of textChecks[check](value)) {
        this.#report(path, code, message, value, limit);
      }
    }
    return value;
  }

  #wrongType(types: readonly string[], value: unknown, path: string): Unsound {
    const names = types.map((type) => typeNames.get(type) ?? type).join(" or ");
    this.#report(path, "wrong_type", `Must be ${names}.`, value);
    return unsound;
  }

  #report(
    path: string,
    code: ViolationCode,
    message: string,
    value: unknown,
    limit: ViolationLimit = null,
  ): void {
    this.violations.push({ path, code, message, value: valueQuoted(value), limit });
  }
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ["object", "an object"],
  ["array", "a list"],
  ["string", "a text"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
  ["null", "null"],
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
