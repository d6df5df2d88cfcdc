import type { Clock } from "../clock.ts";

/**
 * Rings when the host's clock has reached the next deadline, never before. A ring may find that
 * nothing is due: then the alarm is set again.
 */
export class DeadlineAlarm {
  readonly #ring: () => void;
  #clock: Clock | undefined;
  #byItself = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** @param byItself false for a clock that moves only when it is told: it rings for what is past */
  start(clock: Clock, byItself: boolean): void {
    this.#clock = clock;
    this.#byItself = byItself;
  }

  /** Host time; undefined before `start`. */
  now(): number | undefined {
    return this.#clock?.now();
  }

  /** Ring at this instant, epoch ms, instead of what was set before; Infinity for never. */
  set(deadlineAt: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.now();
    if (now === undefined || deadlineAt === Infinity) return;
    if (deadlineAt > now && !this.#byItself) return;
    const waitMs = Math.min(Math.max(deadlineAt - now, minimumMs), longestMs);
    this.#timer = setTimeout(() => {
      // Timers of the system may be early by a millisecond, and cannot be longer than some days.
      if ((this.now() ?? 0) < deadlineAt) this.set(deadlineAt);
      else this.#ring();
    }, waitMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#clock = undefined;
  }
}

const minimumMs = 1;
const longestMs = 2 ** 31 - 1;
