/**
 * Wait before the next attempt: exponential with full jitter, so that those who failed together do
 * not come back together. Uniform in [0, min(`maxMs`, `firstMs` · 2^(failures − 1))).
 *
 * @param failures attempts that have failed so far, 1 or more
 * @param random uniform in [0, 1)
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").
 */
export function backoffMs(
  failures: number,
  firstMs: number,
  maxMs: number,
  random: () => number,
): number {
  return random() * doubledMs(failures, firstMs, maxMs);
}

/** `firstMs`, doubled by each failure after the first, at most `maxMs`. */
export function doubledMs(failures: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** (failures - 1));
}

/**
 * The wait that a `Retry-After` header asks for: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param wallMs epoch ms, for a date
 * @returns ms, 0 for a date that has passed; undefined for what is neither
 */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d+$/u.test(value)) return Number(value) * 1000;
  // HTTP dates begin with the name of a day; Date.parse alone would take nearly anything.
  if (!/^[A-Z][a-z]+,? /u.test(value)) return undefined;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - wallMs);
}
