/** The time that commands are stamped with: integer epoch ms, never decreasing. */
export interface Clock {
  now(): number;
}

/** How far a test clock is to be moved: by a span, or to an instant; ms. */
export type ClockAdvance = { readonly advanceMs: number } | { readonly to: number };

/** The test clock as HTTP sees it (`POST /v1/test-clock`). */
export interface TestClock {
  /**
   * Walk through every deadline and calendar change up to the instant asked for, in order, and
   * resolve with that instant when all of it is durable. Walks do not overlap: the next one begins
   * when this one is done.
   *
   * Errors: `ClockRefusal` where the instant lies before the present one.
   */
  advance(by: ClockAdvance): Promise<number>;
}

/** An operating error: the clock cannot be as it is asked to be. */
export class ClockRefusal extends Error {
  readonly code: ClockRefusalCode;

  constructor(code: ClockRefusalCode, message: string) {
    super(message);
    this.name = "ClockRefusal";
    this.code = code;
  }
}

/**
 * - `clock_behind_journal`: the machine's clock is more than five seconds behind the last journaled
 *   instant, and `--accept-clock` was not given.
 * - `clock_backwards`: a test clock only goes forward.
 */
export const clockRefusalCodes = ["clock_behind_journal", "clock_backwards"] as const;
export type ClockRefusalCode = (typeof clockRefusalCodes)[number];

/** Milliseconds by which a start may lie before the journal's last instant. */
export const toleratedLagMs = 5000;

/**
 * The worker's clock: the later of the last journaled instant and wall time at start, then
 * monotonic. Steps of the system clock while running do nothing.
 *
 * Errors: `ClockRefusal` with `clock_behind_journal`, unless `accept`.
 *
 * @param lastAt the last journaled instant, 0 for none
 */
export function hostClock(lastAt: number, accept: boolean, sources: TimeSources = system): Clock {
  const wall = sources.wallMs();
  if (wall < lastAt - toleratedLagMs && !accept) {
    throw new ClockRefusal(
      "clock_behind_journal",
      `the clock says ${instant(wall)}, but the journal has already seen ${instant(lastAt)}; ` +
        "set the clock, or give --accept-clock to go on from the journal's last instant",
    );
  }
  const base = Math.max(wall, lastAt);
  const start = sources.monotonicMs();
  return { now: () => Math.floor(base + (sources.monotonicMs() - start)) };
}

/** A clock that stands still until it is moved. */
export class StandingClock implements Clock {
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Errors: `ClockRefusal` with `clock_backwards`. */
  moveTo(now: number): void {
    if (now < this.#now) {
      throw new ClockRefusal(
        "clock_backwards",
        `the test clock stands at ${instant(this.#now)} and does not go back to ${instant(now)}`,
      );
    }
    this.#now = now;
  }
}

/** Where time comes from; tests give their own. */
export interface TimeSources {
  /** Epoch ms, integer. */
  wallMs(): number;
  /** ms since any moment, never decreasing; a fraction is kept. */
  monotonicMs(): number;
}

const system: TimeSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
