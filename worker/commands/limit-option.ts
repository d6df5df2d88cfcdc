import { defaultWorkerLimits } from "../limits.ts";
import type { WorkerLimits } from "../limits.ts";
import { UsageError } from "./usage-error.ts";

/** `--limit NAME=VALUE`, for yargs. */
export const limitOption = {
  type: "string",
  array: true,
  nargs: 1,
  describe: "NAME=VALUE, repeatable",
} as const;

/** The limits with those that were given in place of their defaults. Errors: `UsageError`. */
export function limitsOf(given: unknown): WorkerLimits {
  const limits: Record<string, number> = { ...defaultWorkerLimits };
  for (const text of Array.isArray(given) ? given.map(String) : []) {
    const [, name = "", value = ""] = /^(\w+)=(\d+)$/u.exec(text) ?? [];
    if (!Object.hasOwn(limits, name) || !Number.isSafeInteger(Number(value)) || Number(value) < 1) {
      throw new UsageError(
        `--limit ${text}: NAME=VALUE, a whole number from 1, and a name of ` +
          Object.keys(defaultWorkerLimits).join(", "),
      );
    }
    limits[name] = Number(value);
  }
  // It has the keys of the defaults and no others.
  return limits as unknown as WorkerLimits;
}
