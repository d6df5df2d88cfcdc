import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LazyOrder } from "../../core/fast/lazy-order.ts";
import { PlaceSet } from "../../core/fast/place-set.ts";
import { newTimerTable, TimingWheel } from "../../core/fast/timing-wheel.ts";
import { timerDue, timerSequence } from "../../core/fast/timer-row.ts";
import { firstBy } from "./wheel.ts";

const seed = 20_261_122;
const list = { maxLength: 400, size: "max" } as const;

describe("a lazy order", () => {
  test("has the least keys first, then the least number, whatever was put, raised or taken", () => {
    const step = fc.record({
      place: fc.nat(40),
      a: fc.nat(3),
      b: fc.nat(5),
      does: fc.constantFrom("put", "put", "raise", "take"),
    });
    fc.assert(
      fc.property(fc.array(step, list), fc.nat(6), (steps, limit) => {
        const order = new LazyOrder(4);
        const model = new Map<number, readonly [number, number]>();
        for (const { place, a, b, does } of steps) {
          const first = order.first();
          if (does === "put") {
            order.put(place, a, b);
            model.set(place, [a, b]);
          } else if (does === "raise" && first >= 0) {
            const [ownA, ownB] = model.get(first) ?? [0, 0];
            order.putBackFirst(first, ownB + b);
            model.set(first, [ownA, ownB + b]);
          } else if (does === "take" && first >= 0) {
            order.removeFirst();
            model.delete(first);
          }
          const expected = [...model].toSorted(
            ([one, [a1, b1]], [other, [a2, b2]]) => a1 - a2 || b1 - b2 || one - other,
          );
          expect(order.first()).toBe(expected[0]?.[0] ?? -1);
          expect(order.has(place)).toBe(model.has(place));
        }
        const found: number[] = [];
        order.limit = limit;
        order.upToLimit(found);
        const expected = [...model].filter(([, [a]]) => a <= limit).map(([place]) => place);
        expect(found.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
      }),
      { seed, numRuns: 100 },
    );
  });
});

test("a set of places finds the next one from any place on", () => {
  const step = fc.tuple(fc.nat(2999), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, list), fc.array(fc.nat(2999)), (steps, asked) => {
      const set = new PlaceSet(3000);
      const model = new Set<number>();
      for (const [place, isIn] of steps) {
        if (isIn) set.add(place);
        else set.remove(place);
        if (isIn) model.add(place);
        else model.delete(place);
        expect(set.has(place)).toBe(isIn);
      }
      for (const from of [0, ...asked]) {
        const later = [...model].filter((place) => place >= from);
        expect(set.next(from)).toBe(later.length === 0 ? -1 : Math.min(...later));
      }
    }),
    { seed, numRuns: 100 },
  );
});

test("the wheel knows the exact first of many far away, whatever is armed and cancelled", () => {
  const step = fc.record({
    distance: fc.oneof(fc.integer({ min: 300_000, max: 400_000 }), fc.nat(900_000)),
    does: fc.constantFrom("arm", "arm", "cancel first", "cancel any", "move on"),
    at: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.array(step, list), (steps) => {
      const timers = newTimerTable();
      const wheel = new TimingWheel(timers);
      let now = 1_772_443_200_000;
      firstBy(wheel, now);
      const armed = new Map<number, number>();
      for (const [sequence, { distance, does, at }] of steps.entries()) {
        const byDue = [...armed].toSorted((a, b) => a[1] - b[1]);
        if (does === "arm") {
          const timer = timers.take();
          timers.setDouble(timer, timerDue, now + distance);
          timers.setDouble(timer, timerSequence, sequence + 1);
          wheel.add(timer);
          armed.set(timer, now + distance);
        } else if (does === "move on") {
          const next = Math.min(...armed.values());
          now = Math.min(next, now + at * 50);
          expect(firstBy(wheel, now) === 0).toBe(now < next);
        } else {
          const [timer] = byDue[does === "cancel first" ? 0 : at % (byDue.length || 1)] ?? [];
          if (timer === undefined) continue;
          wheel.remove(timer);
          timers.give(timer);
          armed.delete(timer);
        }
        expect(wheel.firstDue()).toBe(Math.min(...armed.values()));
      }
    }),
    { seed, numRuns: 100 },
  );
});
