import { expect, test } from "vitest";
import { StandingClock, hostClock } from "../../worker/clock.ts";
import type { TimeSources } from "../../worker/clock.ts";

/** Both times stand until they are set. */
class FakeTime implements TimeSources {
  wall = 1_000_000;
  monotonic = 500.25;
  wallMs(): number {
    return this.wall;
  }
  monotonicMs(): number {
    return this.monotonic;
  }
}

test("the clock is wall time at start, then monotonic, in whole milliseconds", () => {
  const time = new FakeTime();
  const clock = hostClock(0, false, time);
  expect(clock.now()).toBe(1_000_000);
  time.monotonic += 99.9;
  expect(clock.now()).toBe(1_000_099);
});

test("steps of the system clock while running do nothing", () => {
  const time = new FakeTime();
  const clock = hostClock(0, false, time);
  time.wall -= 3_600_000;
  time.monotonic += 10;
  expect(clock.now()).toBe(1_000_010);
  time.wall += 7_200_000;
  expect(clock.now()).toBe(1_000_010);
});

test("a start a little behind the journal goes on from the journal's last instant", () => {
  const time = new FakeTime();
  const clock = hostClock(1_005_000, false, time);
  expect(clock.now()).toBe(1_005_000);
  time.monotonic += 1;
  expect(clock.now()).toBe(1_005_001);
});

test("a start more than five seconds behind the journal is refused, unless it is accepted", () => {
  const time = new FakeTime();
  expect(() => hostClock(1_005_001, false, time)).toThrow(
    expect.objectContaining({ code: "clock_behind_journal" }),
  );
  expect(hostClock(1_005_001, true, time).now()).toBe(1_005_001);
});

test("a test clock stands still, moves on when told, and never back", () => {
  const clock = new StandingClock(1000);
  expect(clock.now()).toBe(1000);
  clock.moveTo(1500);
  expect(clock.now()).toBe(1500);
  expect(() => clock.moveTo(1499)).toThrow(expect.objectContaining({ code: "clock_backwards" }));
  expect(clock.now()).toBe(1500);
});
