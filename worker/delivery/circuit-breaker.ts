import { doubledMs } from "./backoff.ts";

/** Figures of a circuit breaker; ms. */
export interface CircuitFigures {
  /** Different sources in a row whose failure opens it. */
  readonly failures: number;
  readonly openMs: number;
  readonly openMaxMs: number;
}

/**
 * Keeps from asking an endpoint that does not work, and finds out when it works again.
 *
 * - **closed**: everything may pass. `failures` different sources fail with no success between →
 *   open. One source alone never opens it, however often it fails: that is the source's trouble.
 * - **open**: nothing may pass, for `openMs` at first. Its time is over → half-open.
 * - **half-open**: one probe may pass. It succeeds → closed; it fails → open, twice as long as
 *   before, `openMaxMs` at most.
 *
 * What was let through before the last opening no longer fails it; its success still closes it.
 */
export class CircuitBreaker {
  readonly #figures: CircuitFigures;
  readonly #failing = new Set<number>();
  /** Times it was opened since it was closed; 0 while closed. */
  #openings = 0;
  #opensUntilMs = 0;
  #pass = 0;

  constructor(figures: CircuitFigures) {
    this.#figures = figures;
  }

  /** Goes with what is let through now, to be shown by its failure. */
  get pass(): number {
    return this.#pass;
  }

  get isClosed(): boolean {
    return this.#openings === 0;
  }

  /** How many may be under way at once: none, one, or any number. */
  allowance(nowMs: number): number {
    if (this.isClosed) return Number.POSITIVE_INFINITY;
    return nowMs < this.#opensUntilMs ? 0 : 1;
  }

  /** When the next probe may pass, on the scale of `nowMs`; undefined while closed. */
  probesAtMs(): number | undefined {
    return this.isClosed ? undefined : this.#opensUntilMs;
  }

  succeeded(): void {
    this.#openings = 0;
    this.#failing.clear();
  }

  /**
   * @param pass what `pass` said when this one was let through
   * @param source whose failure it is
   * @param waitMs stay open at least so long, if this opens it
   */
  failed(nowMs: number, pass: number, source: number, waitMs = 0): void {
    if (pass !== this.#pass) return;
    if (this.isClosed) {
      this.#failing.add(source);
      if (this.#failing.size < this.#figures.failures) return;
    }
    this.#openings += 1;
    const openMs = doubledMs(this.#openings, this.#figures.openMs, this.#figures.openMaxMs);
    this.#opensUntilMs = nowMs + Math.max(openMs, waitMs);
    this.#failing.clear();
    this.#pass += 1;
  }
}
