import { Compile } from "typebox/compile";
import type { TSchema } from "typebox";
import { type RequestViolation, violationsOf } from "./violations.ts";

/** Checks values against one schema: at full speed where they pass, with every reason where not. */
export interface RequestValidator {
  check(value: unknown): boolean;
  /** Never empty for a value that `check` refuses. `path` stands before each path. */
  violations(value: unknown, path?: string): readonly RequestViolation[];
}

const validators = new WeakMap<TSchema, RequestValidator>();

/** The validator of a schema, compiled once. Nothing is coerced, removed or filled in. */
export function validatorOf(schema: TSchema): RequestValidator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const compiled = Compile(schema);
  const validator: RequestValidator = {
    check: (value) => compiled.Check(value),
    violations: (value, path = "") => {
      const found = violationsOf(schema, value, path);
      if (found.length > 0 || compiled.Check(value)) return found;
      const message = "Does not have the shape that is described.";
      return [{ path, code: "wrong_type", message, value: null, limit: null }];
    },
  };
  validators.set(schema, validator);
  return validator;
}
