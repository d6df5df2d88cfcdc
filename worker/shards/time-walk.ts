import type { ClockAdvance, StandingClock, TestClock } from "../clock.ts";
import type { Shards } from "./shards.ts";

/** What else follows the clock, beside the timers of the partitions. */
export interface Rounds {
  /** Epoch ms of the next round. */
  readonly nextAt: number;
  /** Make the round if it is due. */
  makeIfDue(): Promise<void>;
  /** Keep what the tenants say of retention now, due or not. */
  retain(): Promise<void>;
}

/** Moves a clock that stands still through everything that is due on the way. */
export class TimeWalk implements TestClock {
  readonly #clock: StandingClock;
  readonly #shards: Shards;
  readonly #rounds: Rounds;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: StandingClock, shards: Shards, rounds: Rounds) {
    this.#clock = clock;
    this.#shards = shards;
    this.#rounds = rounds;
  }

  async advance(by: ClockAdvance): Promise<number> {
    const walk = this.#last.then(() => this.#walk(by));
    this.#last = walk.catch(() => undefined);
    return walk;
  }

  /** Instant after instant: all partitions have passed one before any passes the next. */
  async #walk(by: ClockAdvance): Promise<number> {
    const target = "to" in by ? by.to : this.#clock.now() + by.advanceMs;
    if (target < this.#clock.now()) this.#clock.moveTo(target);
    await this.#shards.passAll();
    while (this.#clock.now() < target) {
      const next = Math.min(this.#shards.nextDeadlineAt, this.#rounds.nextAt, target);
      this.#clock.moveTo(Math.max(next, this.#clock.now()));
      await this.#shards.passTime();
      await this.#rounds.makeIfDue();
    }
    // Rounds are hours apart, but who moves the clock past a retention expects to see it kept.
    await this.#rounds.retain();
    const [partition] = this.#shards.partitions;
    if (partition !== undefined) await this.#shards.keepInstant(partition);
    return target;
  }
}
