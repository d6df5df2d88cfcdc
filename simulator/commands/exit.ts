/** Exit codes of `sim`, by sysexits where it has one. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  undecided: 2,
  badInput: 64,
  broken: 70,
} as const;

/** Lets the process end by itself with this code, once everything is written. */
export function finish(code: number): void {
  process.exitCode = code;
}
