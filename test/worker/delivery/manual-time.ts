import type { RealTime } from "../../../worker/delivery/real-time.ts";
import { Happenings } from "./happenings.ts";

/** Time that stands still until a test moves it. */
export class ManualTime implements RealTime {
  readonly #happenings = new Happenings();
  readonly #timers = new Map<symbol, { readonly dueAtMs: number; readonly wake: () => void }>();
  readonly #startedAtWallMs: number;
  #nowMs = 0;

  /** @param startedAtWallMs epoch ms; by default the present, so that signatures are fresh */
  constructor(startedAtWallMs = Date.now()) {
    this.#startedAtWallMs = startedAtWallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startedAtWallMs + this.#nowMs;
  }

  after(waitMs: number, wake: () => void): () => void {
    const key = Symbol("timer");
    this.#timers.set(key, { dueAtMs: this.#nowMs + waitMs, wake });
    this.#happenings.happened();
    return () => this.#timers.delete(key);
  }

  /** Fire what falls due in the next `ms`, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(([, { dueAtMs }]) => dueAtMs <= untilMs)
        .toSorted(([, one], [, other]) => one.dueAtMs - other.dueAtMs);
      if (next === undefined) break;
      const [key, { dueAtMs, wake }] = next;
      this.#timers.delete(key);
      this.#nowMs = Math.max(this.#nowMs, dueAtMs);
      wake();
    }
    this.#nowMs = untilMs;
  }

  /** The shortest wait of those shorter than `belowMs`, as soon as there is one. */
  async nextWaitMs(belowMs = 1e8): Promise<number> {
    await this.#happenings.until(() => this.#shortestMs() < belowMs);
    return this.#shortestMs();
  }

  /** Resolves when the shortest wait is this one. */
  async untilWaitMs(waitMs: number): Promise<void> {
    await this.#happenings.until(() => this.#shortestMs() === waitMs);
  }

  #shortestMs(): number {
    return Math.min(...[...this.#timers.values()].map(({ dueAtMs }) => dueAtMs - this.#nowMs));
  }
}
