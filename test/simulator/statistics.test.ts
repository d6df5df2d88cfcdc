import { expect, test } from "vitest";
import { pairedRatios } from "../../simulator/comparison.ts";
import { countText } from "../../simulator/figures.ts";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import { normalQuantile } from "../../simulator/special-functions.ts";
import {
  clopperPearson,
  levelInterval,
  meanInterval,
  ratioInterval,
} from "../../simulator/statistics.ts";

const share = { share: true, empty: 1 } as const;

test("a t interval is the textbook's", () => {
  const { estimate, low, high } = meanInterval([1, 2, 3, 4, 5], 0.95);
  expect(estimate).toBe(3);
  expect(high - estimate).toBeCloseTo(2.7764451 * Math.sqrt(2.5 / 5), 6);
  expect(estimate - low).toBeCloseTo(high - estimate, 12);
});

test("how many wait is never below nothing, and said with what it may be more", () => {
  const waiting = levelInterval([0, 0, 0, 1], 0.95);
  expect([waiting.estimate, waiting.low]).toEqual([0.25, 0]);
  expect(waiting.high).toBeCloseTo(0.25 + 3.1824463 * 0.25, 6);
  expect(countText(waiting)).toBe("0.3 ±0.8");
  expect(levelInterval([4], 0.95).low).toBeNaN();
});

test("one replication gives an estimate and no interval", () => {
  expect(meanInterval([4], 0.95)).toEqual({ estimate: 4, low: NaN, high: NaN, method: "none" });
  expect(ratioInterval([40], [50], 0.95, share).method).toBe("none");
});

test("a ratio is that of the sums, not the mean of ratios", () => {
  const { estimate, method } = ratioInterval([90, 10], [100, 50], 0.95, share);
  expect(estimate).toBeCloseTo(100 / 150, 12);
  expect(method).toBe("delta");
});

test("nothing asked is 1 for a service level and 0 for parking", () => {
  expect(ratioInterval([0, 0], [0, 0], 0.95, share).estimate).toBe(1);
  expect(ratioInterval([0, 0], [0, 0], 0.95, { share: true, empty: 0 }).estimate).toBe(0);
});

test("no event in any replication never gives the interval [0, 0]", () => {
  const ten = Array.from({ length: 10 }, () => 0);
  const { low, high, method } = ratioInterval(
    ten,
    ten.map(() => 2000),
    0.95,
    share,
  );
  expect(low).toBe(0);
  expect(high).toBeCloseTo((1 - 0.025 ** 0.1) / 2000, 9);
  expect(method).toBe("clopper-pearson on replications");
});

test("no event missing in any replication never gives the interval [1, 1]", () => {
  const all = [500, 500, 500];
  const { low, high } = ratioInterval(all, all, 0.95, share);
  expect(high).toBe(1);
  expect(low).toBeLessThan(1);
});

test("two runs that differ in few events never have the difference [0, 0]", () => {
  const asked = Array.from({ length: 10 }, () => 2000);
  const none = { good: asked.map(() => 0), asked };
  const same = pairedRatios(none, none, 0.95);
  expect(same.difference.estimate).toBe(0);
  expect(same.difference.high).toBeCloseTo((1 - 0.025 ** 0.1) / 2000, 9);
  expect(same.difference.low).toBe(-same.difference.high);
  // One event more in one replication of ten shows nothing.
  const one = { good: asked.map((_count, index) => (index === 3 ? 1 : 0)), asked };
  expect(pairedRatios(none, one, 0.95).difference.low).toBeLessThan(0);
  // Two hundred in each, give or take, are no rarity.
  const many = { good: asked.map((_count, index) => 200 + index), asked };
  const shown = pairedRatios(none, many, 0.95).difference;
  expect([shown.method, shown.low > 0]).toEqual(["delta", true]);
});

test("Clopper–Pearson bounds are exact at the ends", () => {
  expect(clopperPearson(0, 10, 0.95).high).toBeCloseTo(1 - 0.025 ** 0.1, 12);
  expect(clopperPearson(10, 10, 0.95).low).toBeCloseTo(0.025 ** 0.1, 12);
  expect(clopperPearson(10, 10, 0.95).high).toBe(1);
});

test("95 % intervals of a ratio cover the truth as often as they say", () => {
  const random = new KeyedRandom(5, 1).at(1, 1, 1);
  const runs = 2000;
  let covered = 0;
  for (let run = 0; run < runs; run += 1) {
    const x: number[] = [];
    const y: number[] = [];
    for (let replication = 0; replication < 20; replication += 1) {
      // A day factor moves numerator and denominator together; the ratio of expectations is 0.8.
      const factor = 1 + 0.1 * normalQuantile(random.next());
      const messages = 1000 * factor;
      y.push(messages);
      x.push(messages * 0.8 + 15 * normalQuantile(random.next()));
    }
    const { low, high } = ratioInterval(x, y, 0.95, share);
    if (low <= 0.8 && high >= 0.8) covered += 1;
  }
  expect(covered / runs).toBeGreaterThanOrEqual(0.934);
  expect(covered / runs).toBeLessThanOrEqual(0.966);
});
