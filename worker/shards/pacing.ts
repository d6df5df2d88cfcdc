/** How a thread gives way. */
export interface Pace {
  /** So long it works between two rests. */
  readonly workMs: number;
  /** So long a rest is. */
  readonly restMs: number;
  /** So long it rests in all; from then on it works without. */
  readonly restsMs: number;
}

/**
 * A quarter of one core, until it has rested for ten seconds. Who wants a core that this thread is on
 * waits for a turn of it, which the system gives out in pieces of some milliseconds; a thread that
 * sleeps by itself after one is not there to be waited for.
 */
export const besideOthers: Pace = { workMs: 1, restMs: 3, restsMs: 10_000 };

/** Memory that says whether a thread is to make haste; another thread may say so at any time. */
export class Haste {
  readonly cells: Int32Array<SharedArrayBuffer>;

  constructor(cells = new Int32Array(new SharedArrayBuffer(4))) {
    this.cells = cells;
  }

  /** From now on, and at once where it rests. */
  make(): void {
    Atomics.store(this.cells, 0, 1);
    Atomics.notify(this.cells, 0);
  }
}

/**
 * Long work that gives way: its owner asks for a rest between any two pieces of it, and gets one when
 * it has worked for long enough, unless it is to make haste.
 */
export class PacedWork {
  readonly #pace: Pace;
  readonly #haste: Haste;
  #resumedAt = performance.now();
  #restedMs = 0;

  constructor(pace: Pace, haste: Haste) {
    this.#pace = pace;
    this.#haste = haste;
  }

  /** How long it has rested, ms. */
  get restedMs(): number {
    return this.#restedMs;
  }

  /** Stand still, if it is time to. Costs a look at the clock. */
  rest(): void {
    const { workMs, restMs, restsMs } = this.#pace;
    const now = performance.now();
    if (now - this.#resumedAt < workMs || this.#restedMs >= restsMs) return;
    Atomics.wait(this.#haste.cells, 0, 0, restMs);
    this.#resumedAt = performance.now();
    this.#restedMs += this.#resumedAt - now;
  }
}
