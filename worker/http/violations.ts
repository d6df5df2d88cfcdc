import { pointerTo } from "../../core/configuration/json-pointer.ts";
import { valueQuoted } from "../../core/configuration/value-quoted.ts";
import type { ViolationCode, WarningCode } from "../../core/configuration/violations.ts";

/** What can be wrong with a request beside the codes of a configuration (`violationCodes`). */
export const requestViolationCodes = ["keys_conflict"] as const;
export type RequestViolationCode =
  | (typeof requestViolationCodes)[number]
  | ViolationCode
  | WarningCode;

/** One problem of a request; the shape is that of a configuration's violations (FINE-PRINT 1). */
export interface RequestViolation {
  /** JSON Pointer into the body; `?limit` for a query parameter, `{customer}` for a path segment. */
  readonly path: string;
  readonly code: RequestViolationCode;
  readonly message: string;
  readonly value: unknown;
  readonly limit: unknown;
}

/** A problem of one value, without the place where it stands. */
export interface ValueProblem {
  readonly code: RequestViolationCode;
  readonly message: string;
  readonly limit?: unknown;
  /** The key of the object that it is about. */
  readonly key?: string;
}

/** The part of JSON Schema that requests here are written in; `~problems` finds what it cannot say. */
export interface RequestShape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, RequestShape>>;
  readonly required?: readonly string[];
  /** The shape of keys that `properties` does not name; without it such keys are unknown. */
  readonly additionalProperties?: boolean | RequestShape;
  readonly items?: RequestShape;
  readonly maxItems?: number;
  readonly anyOf?: readonly RequestShape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "~problems"?: (value: never) => readonly ValueProblem[];
}

/**
 * Everything that is wrong with a value. It follows the shape, never the value, so no value is too
 * deep for it. Runs only where the compiled check has said no.
 */
export function violationsOf(
  shape: RequestShape,
  value: unknown,
  path: string,
): readonly RequestViolation[] {
  const found: RequestViolation[] = [];
  collect(shape, value, path, found);
  return found;
}

function collect(
  shape: RequestShape,
  value: unknown,
  path: string,
  found: RequestViolation[],
): void {
  const report = (problem: ValueProblem) => found.push(violation(path, value, problem));
  if (shape.anyOf !== undefined) {
    const branch = shape.anyOf.find(({ type }) => hasType(type, value));
    if (branch !== undefined) collect(branch, value, path, found);
    else report(wrongType(shape.anyOf.map(({ type }) => type)));
    return;
  }
  if (!hasType(shape.type, value)) {
    report(wrongType([shape.type]));
    return;
  }
  if (shape.const !== undefined || shape.enum !== undefined) {
    const choices = shape.enum ?? [shape.const];
    if (!choices.includes(value)) report(notOneOf(choices));
    return;
  }
  if (Array.isArray(value)) collectItems(shape, value, path, found);
  else if (isRecord(value)) collectKeys(shape, value, path, found);
  else if (typeof value === "number") {
    const { minimum: min = -Infinity, maximum: max = Infinity } = shape;
    if (value < min || value > max) {
      const message = `Must be ${min} to ${max}.`;
      report({ code: "out_of_range", message, limit: { min, max } });
    }
  }
  for (const problem of shape["~problems"]?.(value as never) ?? []) report(problem);
}

function collectItems(
  shape: RequestShape,
  value: readonly unknown[],
  path: string,
  found: RequestViolation[],
): void {
  const { items = {}, maxItems: limit = Infinity } = shape;
  if (value.length > limit) {
    const message = `Has ${value.length} items; at most ${limit} are allowed.`;
    found.push(violation(path, value.length, { code: "too_long", message, limit }));
    return;
  }
  for (const [index, item] of value.entries()) collect(items, item, pointerTo(path, index), found);
}

function collectKeys(
  shape: RequestShape,
  value: Readonly<Record<string, unknown>>,
  path: string,
  found: RequestViolation[],
): void {
  const { properties = {}, required = [], additionalProperties: other } = shape;
  for (const [key, property] of Object.entries(properties)) {
    const at = pointerTo(path, key);
    if (Object.hasOwn(value, key)) collect(property, value[key], at, found);
    else if (required.includes(key)) {
      found.push(violation(at, null, { code: "required", message: "Must be given." }));
    }
  }
  for (const [key, given] of Object.entries(value)) {
    if (other === true || Object.hasOwn(properties, key)) continue;
    const at = pointerTo(path, key);
    if (typeof other === "object") collect(other, given, at, found);
    else {
      found.push(
        violation(at, given, { code: "unknown_key", message: "No such key is known here." }),
      );
    }
  }
}

function violation(path: string, value: unknown, problem: ValueProblem): RequestViolation {
  const { code, message, limit = null, key } = problem;
  const at = key === undefined ? path : pointerTo(path, key);
  const member = key !== undefined && isRecord(value) ? value[key] : undefined;
  return { path: at, code, message, value: quoted(key === undefined ? value : member), limit };
}

const quotedLengthMax = 1024;

/** Enough of a value to find it; a text of a megabyte is not sent back. */
function quoted(value: unknown): unknown {
  return typeof value === "string" && value.length > quotedLengthMax
    ? `${value.slice(0, quotedLengthMax)}…`
    : valueQuoted(value, 3);
}

function hasType(type: string | undefined, value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case "object":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function wrongType(types: readonly (string | undefined)[]): ValueProblem {
  const names = types.map((type) => typeNames.get(type ?? "") ?? String(type)).join(" or ");
  return { code: "wrong_type", message: `Must be ${names}.` };
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ["object", "an object"],
  ["array", "a list"],
  ["string", "a text"],
  ["integer", "a whole number"],
  ["boolean", "true or false"],
]);

function notOneOf(choices: readonly unknown[]): ValueProblem {
  const message = `Must be one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}.`;
  return { code: "not_one_of", message, limit: choices };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
