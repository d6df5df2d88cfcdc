import type { TimingWheel } from "../../core/fast/timing-wheel.ts";

/** The first timer due by then, or 0. */
export function firstBy(wheel: TimingWheel, limit: number): number {
  wheel.limit = limit;
  return wheel.first();
}
