import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newTimerTable, TimingWheel } from "../../core/fast/timing-wheel.ts";
import { timerDue, timerSequence } from "../../core/fast/timer-row.ts";
import { firstBy } from "./wheel.ts";

const seed = 20_261_123;
/** Just before a word of slots is full, a round, 24 bits, 30 bits; and a day of today. */
const starts = [0, 31, 63, 4095 - 32, 2 ** 24 - 5, 2 ** 30 - 70, 1_772_443_200_123];

/** A wheel beside a list of what is armed in it. */
class Beside {
  readonly timers = newTimerTable();
  readonly wheel = new TimingWheel(this.timers);
  now: number;
  #armed: { timer: number; due: number; sequence: number }[] = [];
  /** Odd ones are kept for what is armed late. */
  #sequence = 0;
  readonly #late: number[] = [];

  constructor(start: number) {
    this.now = start;
    firstBy(this.wheel, start);
  }

  arm(ms: number, how: "slot" | "line" | "late", line: number): void {
    const { timers, wheel } = this;
    const late = how === "late" ? this.#late.pop() : undefined;
    if (late === undefined) {
      this.#sequence += 2;
      this.#late.push(this.#sequence - 1);
    }
    const sequence = late ?? this.#sequence;
    const timer = timers.take();
    timers.setDouble(timer, timerDue, this.now + ms);
    timers.setDouble(timer, timerSequence, sequence);
    if (late !== undefined) wheel.addOutOfTurn(timer);
    else if (how === "line") wheel.addInLine(timer, line);
    else wheel.add(timer);
    this.#armed.push({ timer, due: this.now + ms, sequence });
  }

  cancel(at: number): void {
    const [gone] = this.#armed.splice(at % Math.max(1, this.#armed.length), 1);
    if (gone !== undefined) this.#giveBack(gone.timer);
  }

  cancelFirst(): void {
    const due = this.firstDue();
    this.cancel(this.#armed.findIndex((one) => one.due === due));
  }

  /** What fires must be what is due, in order; and the wheel knows then that nothing else is. */
  pass(ms: number): void {
    this.now += ms;
    const due = this.#armed
      .filter((one) => one.due <= this.now)
      .toSorted((a, b) => a.due - b.due || a.sequence - b.sequence);
    this.#armed = this.#armed.filter((one) => one.due > this.now);
    const fired: number[] = [];
    const { timers, wheel, now } = this;
    for (let timer = firstBy(wheel, now); timer !== 0; timer = firstBy(wheel, now)) {
      fired.push(timers.getDouble(timer, timerSequence));
      this.#giveBack(timer);
    }
    expect(fired).toEqual(due.map(({ sequence }) => sequence));
    expect(wheel.nothingBefore()).toBeGreaterThan(now);
  }

  firstDue(): number {
    return Math.min(Infinity, ...this.#armed.map(({ due }) => due));
  }

  get count(): number {
    return this.#armed.length;
  }

  #giveBack(timer: number): void {
    this.wheel.remove(timer);
    this.timers.give(timer);
  }
}

const ms = fc
  .tuple(fc.integer({ min: 0, max: 70 }), fc.constantFrom(1, 1, 1, 32, 64, 4096, 2 ** 18, 2 ** 25))
  .map(([count, unit]) => count * unit);
const how = fc.constantFrom("slot", "slot", "line", "late");
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("arm"), ms, how, at: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("cancel", "first"), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("pass"), ms }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("ask") }) },
);

describe("a wheel with lines beside it", () => {
  for (const start of starts) {
    test(`fires all in order, and knows the first when asked now and then, from ${start} on`, () => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 60, maxLength: 90, size: "max" }), (steps) => {
          const beside = new Beside(start);
          const { wheel } = beside;
          for (const each of steps) {
            if ("how" in each) beside.arm(each.ms, each.how, each.at);
            else if ("ms" in each) beside.pass(each.ms);
            else if (!("at" in each)) expect(wheel.firstDue()).toBe(beside.firstDue());
            else if (each.does === "first") beside.cancelFirst();
            else beside.cancel(each.at);
            const bound = wheel.nothingBefore();
            expect(bound).toBeLessThanOrEqual(beside.firstDue());
            expect(bound === Infinity).toBe(beside.count === 0);
            expect(bound).toBeGreaterThanOrEqual(beside.now);
            expect(wheel.count).toBe(beside.count);
          }
          beside.pass(2 ** 40);
        }),
        { seed: seed + start, numRuns: 8 },
      );
    });
  }

  test("knows the first of many in one far slot, whatever leaves it and comes into it again", () => {
    const far = fc.integer({ min: 262_144, max: 270_000 });
    const moves = fc.array(fc.tuple(far, fc.constantFrom("arm", "arm", "first", "any"), fc.nat()), {
      minLength: 150,
      maxLength: 200,
      size: "max",
    });
    fc.assert(
      fc.property(moves, (steps) => {
        const beside = new Beside(0);
        for (let index = 0; index < 40; index += 1) beside.arm(269_000 - 50 * index, "slot", 0);
        for (const [distance, does, at] of steps) {
          if (does === "arm") beside.arm(distance, "slot", 0);
          else if (does === "first") beside.cancelFirst();
          else beside.cancel(at);
          expect(beside.wheel.firstDue()).toBe(beside.firstDue());
        }
        beside.pass(265_000);
        expect(beside.wheel.firstDue()).toBe(beside.firstDue());
        beside.pass(265_000);
      }),
      { seed, numRuns: 6 },
    );
  });

  test("fires who was armed late among those of the same millisecond, wherever they waited", () => {
    for (const distance of [1, 40, 64, 5000, 300_000]) {
      const beside = new Beside(7);
      for (const way of ["slot", "late", "line", "slot", "late", "late", "line", "late"] as const) {
        beside.arm(distance, way, 0);
      }
      beside.pass(distance - 1);
      beside.pass(1);
      expect(beside.count).toBe(0);
    }
  });
});
