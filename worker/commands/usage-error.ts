/** The command line cannot be meant as it stands; the process ends with 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A whole number in a range, from an option that takes one. Errors: `UsageError`. */
export function wholeNumber(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new UsageError(`--${option} takes a whole number from ${min} to ${max}`);
}

/** A text that was given once, from an option that takes one. Errors: `UsageError`. */
export function oneText(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError(`--${option} takes one value`);
}
