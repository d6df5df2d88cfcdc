import { newTimerTable, TimingWheel } from "../core/fast/timing-wheel.ts";
import { timerDue, timerSequence } from "../core/fast/timer-row.ts";
import { Numbers, startAt } from "./assign-workload.ts";
import type { Benchmark } from "./figures.ts";

/**
 * Goal: what a timer costs that is armed and cancelled, as nearly all are, at distances from a
 * second to thirty days, with a million of them in the wheel.
 *
 * Non-goal: how punctual they are (`timers.lateness`), or what firing does.
 */
export const timersArmCancel: Benchmark = {
  name: "timers.arm-cancel",
  goal: "timers armed and cancelled a second, by the number armed",
  nonGoal: "lateness, or what a timer does when it fires",
  run: async ({ smoke }) =>
    (smoke ? [10_000] : [10_000, 1_000_000]).map((armed) => measure(armed, smoke)),
};

function measure(armed: number, smoke: boolean) {
  const timers = newTimerTable();
  const wheel = new TimingWheel(timers);
  const numbers = new Numbers(7);
  wheel.limit = startAt;
  wheel.first();
  const ring = new Int32Array(armed);
  let sequence = 0;
  const arm = (at: number): void => {
    const timer = timers.take();
    sequence += 1;
    const distances = [1_000, 30_000, 1_800_000, 86_400_000, 2_592_000_000];
    const distance = distances[numbers.below(distances.length)] ?? 1_000;
    timers.setDouble(timer, timerDue, startAt + 1_000 + numbers.below(distance));
    timers.setDouble(timer, timerSequence, sequence);
    wheel.add(timer);
    ring[at] = timer;
  };
  for (let index = 0; index < armed; index += 1) arm(index);
  const count = smoke ? 20_000 : 3_000_000;
  let at = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    const timer = ring[at] ?? 0;
    wheel.remove(timer);
    timers.give(timer);
    arm(at);
    at = at + 1 === armed ? 0 : at + 1;
  }
  const { user, system } = process.cpuUsage(before);
  return {
    name: `timers.arm-cancel/armed=${armed}`,
    metric: "throughput",
    unit: "timers/s",
    value: count / ((user + system) / 1e6),
    samples: count,
    resultHash: wheel.firstDue().toString(16),
  } as const;
}
