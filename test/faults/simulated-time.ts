import type { RealTime } from "../../worker/delivery/real-time.ts";

interface Alarm {
  readonly dueAtMs: number;
  readonly wake: () => void;
}

/** Time of one life of a worker, as whoever runs the simulation turns it. */
export class SimulatedTime implements RealTime {
  readonly #sources: { readonly wall: number; readonly monotonic: number };
  readonly #alarms = new Set<Alarm>();

  constructor(sources: { readonly wall: number; readonly monotonic: number }) {
    this.#sources = sources;
  }

  nowMs(): number {
    return this.#sources.monotonic;
  }

  wallMs(): number {
    return this.#sources.wall;
  }

  after(waitMs: number, wake: () => void): () => void {
    const alarm = { dueAtMs: this.nowMs() + waitMs, wake };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** How long until the next alarm; 0 if one is due, undefined if there is none. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next && Math.max(0, next.dueAtMs - this.nowMs());
  }

  /** Wake the first of those that are due; whether there was one. */
  wakeNext(): boolean {
    const next = this.#next();
    if (next === undefined || next.dueAtMs > this.nowMs()) return false;
    this.#alarms.delete(next);
    next.wake();
    return true;
  }

  /** Those of one instant in the order in which they were set. */
  #next(): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (next === undefined || alarm.dueAtMs < next.dueAtMs) next = alarm;
    }
    return next;
  }
}
