import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LazyOrder } from "../../core/fast/lazy-order.ts";
import { OrderedLists } from "../../core/fast/ordered-lists.ts";
import { PlaceSet } from "../../core/fast/place-set.ts";
import { SlotOrder } from "../../core/fast/slot-order.ts";
import { Table } from "../../core/fast/table.ts";
import { TenantLists } from "../../core/fast/tenant-lists.ts";

const seed = 20_261_123;
const numRuns = 12;

describe("the order of a slot", () => {
  test("has who is due first at the front, however many come and go", () => {
    const step = fc.tuple(fc.nat(30), fc.constantFrom("add", "add", "drop"));
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 400, size: "max" }), (steps) => {
        const order = new SlotOrder();
        const model: { timer: number; due: number }[] = [];
        for (const [timer, [due, does]] of steps.entries()) {
          if (does === "add") {
            order.add(timer + 1, due);
            model.push({ timer: timer + 1, due });
          } else if (model.length > 0) {
            const first = order.first();
            order.dropFirst();
            model.splice(
              model.findIndex((one) => one.timer === first),
              1,
            );
          }
          expect(order.count).toBe(model.length);
          const due1 = Math.min(...model.map((one) => one.due));
          expect(order.firstDue()).toBe(due1);
          expect(model.find((one) => one.timer === order.first())?.due ?? Infinity).toBe(due1);
        }
      }),
      { seed, numRuns },
    );
  });

  test("begins with nobody", () => {
    const order = new SlotOrder();
    expect([order.count, order.first(), order.firstDue()]).toEqual([0, 0, Infinity]);
  });
});

describe("a lazy order by one key", () => {
  test("tells the least key, and all up to a limit", () => {
    const step = fc.tuple(fc.nat(40), fc.nat(90), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 120, size: "max" }), (steps) => {
        const order = new LazyOrder(4);
        const model = new Map<number, number>();
        order.findFirstKey();
        expect(order.key).toBe(Infinity);
        expect(order.first()).toBe(-1);
        for (const [place, key, isTaken] of steps) {
          if (isTaken && model.size > 0) {
            model.delete(order.first());
            order.removeFirst();
          } else {
            order.key = key;
            order.putByKey(place);
            model.set(place, key);
            expect(order.firstKeyOf(place)).toBe(key);
          }
          order.findFirstKey();
          const least = Math.min(...model.values());
          expect(order.key).toBe(least);
          const places = [...model].filter(([, own]) => own === least).map(([own]) => own);
          expect(order.first()).toBe(places.length === 0 ? -1 : Math.min(...places));
        }
        order.limit = 45;
        const found: number[] = [];
        order.upToLimit(found);
        const expected = [...model].filter(([, own]) => own <= 45).map(([own]) => own);
        expect(found.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
      }),
      { seed, numRuns },
    );
  });

  test("has no key yet of whom it does not know", () => {
    expect(new LazyOrder(2).firstKeyOf(7)).toBe(Infinity);
  });
});

test("a set of places knows when there is no other, and jumps over thousands", () => {
  const set = new PlaceSet(4000);
  expect(set.next(0)).toBe(-1);
  for (const place of [0, 31, 32, 1023, 1024, 3999]) set.add(place);
  const found: number[] = [];
  for (let place = set.next(0); place >= 0; place = set.next(place + 1)) found.push(place);
  expect(found).toEqual([0, 31, 32, 1023, 1024, 3999]);
  for (const place of [0, 31, 32, 1023, 1024]) set.remove(place);
  expect(set.next(0)).toBe(3999);
  set.remove(3999);
  expect([set.next(0), set.next(3999)]).toEqual([-1, -1]);
});

describe("several ordered lists", () => {
  /** Into which list, or from it; by few keys, so that many are the same, and some far apart. */
  const step = fc.record({
    which: fc.nat(1),
    does: fc.constantFrom("insert", "insert", "insert", "remove"),
    keys: fc.tuple(fc.constantFrom(0, 1, Infinity), fc.nat(2), fc.nat(2)),
    at: fc.nat(1000),
  });

  test("keep what has the same keys in the order in which it came", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 160, size: "max" }), (steps) => {
        const rows = new Table(4);
        const lists = new OrderedLists(rows, 0, 1);
        const models = [0, 1].map(() => ({ which: lists.newList(), nodes: [] as Keyed[] }));
        for (const { which: index, does, keys, at } of steps) {
          const model = models[index];
          if (model === undefined) continue;
          const { which, nodes } = model;
          if (does === "insert") {
            const node = rows.take();
            expect(lists.listOf(node)).toBe(0);
            rows.setDouble(node, 0, keys[1]);
            rows.setDouble(node, 1, keys[2]);
            lists.insert(which, node, keys[0]);
            expect([lists.listOf(node), lists.keyA(node)]).toEqual([which, keys[0]]);
            const behind = nodes.findIndex((other) => goesBefore(keys, other.keys));
            nodes.splice(behind < 0 ? nodes.length : behind, 0, { node, keys });
          } else {
            const [gone] = nodes.splice(at % Math.max(1, nodes.length), 1);
            if (gone === undefined) continue;
            lists.remove(gone.node);
            expect(lists.listOf(gone.node)).toBe(0);
            rows.give(gone.node);
          }
          expect(inOrder(lists, which)).toEqual(nodes.map(({ node }) => node));
        }
      }),
      { seed, numRuns },
    );
  });

  test("are taken again when they are dropped", () => {
    const lists = new OrderedLists(new Table(4), 0, 1);
    const first = lists.newList();
    const second = lists.newList();
    expect(second).not.toBe(first);
    lists.dropList(first);
    expect(lists.newList()).toBe(first);
  });

  test("know of nobody whom they have never seen", () => {
    const rows = new Table(4);
    const lists = new OrderedLists(rows, 0, 1);
    const which = lists.newList();
    for (let node = rows.take(); node < 200; node = rows.take()) {
      expect(lists.listOf(node)).toBe(0);
      lists.insert(which, node, 0);
      expect(lists.listOf(node)).toBe(which);
    }
  });
});

interface Keyed {
  readonly node: number;
  readonly keys: readonly [number, number, number];
}

function goesBefore(one: Keyed["keys"], other: Keyed["keys"]): boolean {
  for (const [index, key] of one.entries())
    if (key !== other[index]) return key < (other[index] ?? 0);
  return false;
}

function inOrder(lists: OrderedLists, which: number): number[] {
  const found: number[] = [];
  for (let node = lists.first(which); node !== 0; node = lists.next(node)) found.push(node);
  return found;
}

test("each tenant has a list of rows of its own, in the order in which they came", () => {
  const step = fc.tuple(fc.nat(3), fc.boolean(), fc.nat(100));
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 80, size: "max" }), (steps) => {
      const rows = new Table(4);
      const lists = new TenantLists(rows, 1, 2);
      const models: number[][] = [[], [], [], []];
      expect([lists.firstOf(3), lists.countOf(3), lists.inOrder(3)]).toEqual([0, 0, []]);
      for (const [tenant, isTaken, at] of steps) {
        const model = models[tenant] ?? [];
        if (isTaken) {
          const [row] = model.splice(at % Math.max(1, model.length), 1);
          if (row === undefined) continue;
          lists.remove(tenant, row);
          rows.give(row);
        } else {
          const row = rows.take();
          lists.push(tenant, row);
          model.push(row);
        }
        for (const [own, others] of models.entries()) {
          expect(lists.inOrder(own)).toEqual(others);
          expect(lists.countOf(own)).toBe(others.length);
          expect(lists.firstOf(own)).toBe(others[0] ?? 0);
        }
      }
    }),
    { seed, numRuns },
  );
});
