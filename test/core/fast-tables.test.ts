import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdTable } from "../../core/fast/id-table.ts";
import { NumberLists } from "../../core/fast/number-lists.ts";
import { NumberTable } from "../../core/fast/number-table.ts";
import { OrderedLists } from "../../core/fast/ordered-lists.ts";
import { Table } from "../../core/fast/table.ts";
import { TextArena } from "../../core/fast/text-arena.ts";
import { newTimerTable, TimingWheel } from "../../core/fast/timing-wheel.ts";
import { timerDue, timerSequence } from "../../core/fast/timer-row.ts";
import { firstBy } from "./wheel.ts";

/** Each table beside the obvious thing that it stands for. */
const seed = 20_260_302;

describe("the timing wheel", () => {
  /** Arm after so long, cancel one, or let so much time pass. */
  const steps = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ arm: distances() }) },
      { weight: 2, arbitrary: fc.record({ cancel: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ pass: distances() }) },
    ),
    { maxLength: 200, size: "max" },
  );

  test("fires each timer at its due time, in the order of due time and arming, whatever the distance", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1_772_443_200_123, 2 ** 24 - 5), steps, (start, list) => {
        const timers = newTimerTable();
        const wheel = new TimingWheel(timers);
        let now = start;
        firstBy(wheel, now);
        let model: { timer: number; due: number; sequence: number }[] = [];
        let sequence = 0;
        for (const step of list) {
          if ("arm" in step) {
            const timer = timers.take();
            sequence += 1;
            timers.setDouble(timer, timerDue, now + step.arm);
            timers.setDouble(timer, timerSequence, sequence);
            if (sequence % 2 === 0) wheel.add(timer);
            else wheel.addInLine(timer, sequence % 3);
            model.push({ timer, due: now + step.arm, sequence });
          } else if ("cancel" in step) {
            const [gone] = model.splice(step.cancel % Math.max(1, model.length), 1);
            if (gone === undefined) continue;
            wheel.remove(gone.timer);
            timers.give(gone.timer);
          } else {
            now += step.pass;
            const due = model
              .filter((armed) => armed.due <= now)
              .toSorted((a, b) => a.due - b.due || a.sequence - b.sequence);
            model = model.filter((armed) => armed.due > now);
            const fired: number[] = [];
            for (let timer = firstBy(wheel, now); timer !== 0; timer = firstBy(wheel, now)) {
              fired.push(timers.getDouble(timer, timerSequence));
              wheel.remove(timer);
              timers.give(timer);
            }
            expect(fired).toEqual(due.map((armed) => armed.sequence));
          }
          const next = Math.min(Infinity, ...model.map((armed) => armed.due));
          expect(wheel.nothingBefore()).toBeLessThanOrEqual(next);
          expect(wheel.firstDue()).toBe(next);
          expect(wheel.count).toBe(model.length);
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  test("fires a timer that was armed out of turn where its sequence belongs", () => {
    const timers = newTimerTable();
    const wheel = new TimingWheel(timers);
    const armed = [5, 9, 7, 1].map((sequence) => {
      const timer = timers.take();
      timers.setDouble(timer, timerDue, 90_000);
      timers.setDouble(timer, timerSequence, sequence);
      if (sequence > 5 && sequence !== 7) wheel.add(timer);
      else wheel.addOutOfTurn(timer);
      return sequence;
    });
    const fired: number[] = [];
    for (let timer = firstBy(wheel, 1e6); timer !== 0; timer = firstBy(wheel, 1e6)) {
      fired.push(timers.getDouble(timer, timerSequence));
      wheel.remove(timer);
    }
    expect(fired).toEqual(armed.toSorted((a, b) => a - b));
  });
});

/** Milliseconds, at every scale. */
function distances(): fc.Arbitrary<number> {
  return fc
    .tuple(fc.nat(1000), fc.constantFrom(0, 1, 1, 64, 4_096, 1e6, 1e8))
    .map(([a, b]) => a * b);
}

describe("ordered lists", () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ insert: fc.tuple(fc.nat(3), fc.nat(20), fc.nat(9)) }) },
      { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
    ),
    { maxLength: 300, size: "max" },
  );

  test("keep what is inserted anywhere in order", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const rows = new Table(4);
        const lists = new OrderedLists(rows, 0, 1);
        const which = lists.newList();
        const model: { node: number; keys: readonly number[] }[] = [];
        const free: number[] = [];
        let last = 0;
        for (const step of list) {
          if ("insert" in step) {
            const node = free.pop() ?? (last += 1);
            const [a, b] = step.insert;
            const keys = [a, b, last + step.insert[2] / 10] as const;
            while (rows.last < node) rows.take();
            rows.setDouble(node, 0, keys[1]);
            rows.setDouble(node, 1, keys[2]);
            lists.insert(which, node, keys[0]);
            model.push({ node, keys });
            model.sort((x, y) => compare(x.keys, y.keys));
          } else {
            const [gone] = model.splice(step.remove % Math.max(1, model.length), 1);
            if (gone === undefined) continue;
            lists.remove(gone.node);
            free.push(gone.node);
            expect(lists.listOf(gone.node)).toBe(0);
          }
          const found: number[] = [];
          for (let node = lists.first(which); node !== 0; node = lists.next(node)) found.push(node);
          expect(found).toEqual(model.map(({ node }) => node));
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  function compare(a: readonly number[], b: readonly number[]): number {
    const at = a.findIndex((key, index) => key !== b[index]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  }
});

describe("ids", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom("", "a", "ab", "abc", "abcd", "abcde", "é", "日本", "\ud800", "x\udfff"),
  );

  test("are found again by text and scope, every character kept, and forgotten when removed", () => {
    const steps = fc.array(fc.tuple(texts, fc.nat(2), fc.boolean()), {
      maxLength: 400,
      size: "max",
    });
    fc.assert(
      fc.property(steps, (list) => {
        const arena = new TextArena();
        const rows = new Table(4);
        const table = new IdTable(rows, arena);
        const model = new Map<string, number>();
        for (const [text, scope, remove] of list) {
          const key = `${scope} ${text}`;
          const hash = arena.encode(text, scope);
          const found = table.find(hash, scope);
          expect(found).toBe(model.get(key) ?? 0);
          if (found === 0) {
            const row = rows.take();
            table.add(row, hash, scope);
            expect(arena.load(rows.get(row, 2))).toBe(text);
            model.set(key, row);
          } else if (remove) {
            table.remove(found);
            arena.free(rows.get(found, 2));
            rows.give(found);
            model.delete(key);
          }
          expect(table.count).toBe(model.size);
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  test("that are numbers are found, in runs and far apart", () => {
    const steps = fc.array(fc.tuple(fc.oneof(fc.nat(300), fc.maxSafeNat()), fc.boolean()), {
      maxLength: 1000,
      size: "max",
    });
    fc.assert(
      fc.property(steps, (list) => {
        const rows = new Table(4);
        const table = new NumberTable(rows, 1);
        const model = new Map<number, number>();
        for (const [number, remove] of list) {
          expect(table.find(number)).toBe(model.get(number) ?? 0);
          const known = model.get(number);
          if (known === undefined) {
            const row = rows.take();
            rows.setDouble(row, 1, number);
            table.add(row);
            model.set(number, row);
          } else if (remove) {
            table.remove(known);
            rows.give(known);
            model.delete(number);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  });
});

test("a table gives back rows as zeros and takes the same ones again", () => {
  const table = new Table(4, 2);
  const rows = [1, 2, 3, 4, 5].map(() => table.take());
  for (const row of rows) table.setDouble(row, 1, row / 3);
  expect(rows.map((row) => table.getDouble(row, 1))).toEqual(rows.map((row) => row / 3));
  table.give(2);
  table.give(4);
  expect([table.take(), table.take()]).toEqual([4, 2]);
  expect([table.getDouble(2, 1), table.getDouble(4, 1), table.get(2, 0)]).toEqual([0, 0, 0]);
  expect([table.count, table.last]).toEqual([5, 5]);
});

test("lists of numbers are queues", () => {
  const owner = new Table(4);
  const row = owner.take();
  const lists = new NumberLists();
  for (const number of [7, 8, 2 ** 40]) lists.push(owner, row, 0, number);
  expect(lists.toArray(owner.get(row, 0))).toEqual([7, 8, 2 ** 40]);
  expect(lists.shift(owner, row, 0)).toBe(7);
  expect(lists.valueOf(owner.get(row, 1))).toBe(2 ** 40);
  lists.clear(owner, row, 0);
  expect([lists.shift(owner, row, 0), owner.get(row, 0), owner.get(row, 1)]).toEqual([0, 0, 0]);
});
