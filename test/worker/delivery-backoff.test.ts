import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs } from "../../worker/delivery/backoff.ts";

describe("the wait before the next attempt", () => {
  test("has an upper end that doubles until it is as long as allowed", () => {
    const upper = [1, 2, 3, 4, 9, 10, 50, 5000].map((failures) =>
      backoffMs(failures, 1000, 300_000, () => 1),
    );
    expect(upper).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000, 300_000]);
  });

  test("is drawn from all of the time up to there", () => {
    const drawn = [0, 0.25, 0.999].map((random) => backoffMs(3, 1000, 300_000, () => random));
    expect(drawn).toEqual([0, 1000, 3996]);
  });
});

describe("Retry-After", () => {
  const wallMs = Date.UTC(2026, 0, 5, 8, 0, 0);

  test.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["Mon, 05 Jan 2026 08:01:30 GMT", 90_000],
    ["Monday, 05-Jan-26 08:00:01 GMT", 1000],
    ["Mon Jan  5 08:00:02 2026 GMT", 2000],
    ["Mon, 05 Jan 2026 07:00:00 GMT", 0],
  ])("%j is a wait of %d ms", (header, waitMs) => {
    expect(retryAfterMs(header, wallMs)).toBe(waitMs);
  });

  test.each([undefined, "", "soon", "-5", "1.5", "2026-01-05T08:00:00Z", "Someday, 99 Foo 2026"])(
    "%j is no wait that could be understood",
    (header) => {
      expect(retryAfterMs(header, wallMs)).toBeUndefined();
    },
  );
});
