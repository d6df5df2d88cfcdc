import { OperatingError } from "./routing.ts";
import type { OperatingErrorCode } from "./routing.ts";

/** Tell all who wait that they wait in vain. */
export function refuseAll(
  waiting: readonly { readonly reject: (error: Error) => void }[],
  code: OperatingErrorCode,
  message: string,
): void {
  for (const { reject } of waiting) reject(new OperatingError(code, message));
}
