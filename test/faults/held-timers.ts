import type { SimulatedTime } from "./simulated-time.ts";

interface Held {
  readonly cancel: () => void;
  unref(): Held;
}

/**
 * While it is there, whoever sets a timer or asks what time has passed gets simulated time. Turns of the
 * event loop (`setImmediate`) stay as they are: without anything from outside they have one order.
 */
export class HeldTimers implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };

  constructor(time: SimulatedTime) {
    const set = (wake: () => void, waitMs = 0): Held => {
      const held = { cancel: time.after(waitMs, wake), unref: () => held };
      return held;
    };
    const clear = (held?: Held): void => held?.cancel();
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.clearTimeout = clear as unknown as typeof clearTimeout;
    performance.now = () => time.nowMs();
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    // What was there is its prototype's.
    Reflect.deleteProperty(performance, "now");
  }
}
