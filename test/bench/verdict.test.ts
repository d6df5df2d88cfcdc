import { describe, expect, test } from "vitest";
import { Numbers } from "../../bench/assign-workload.ts";
import type { Figure } from "../../bench/figures.ts";
import { bootstrapInterval, judge, type Pair } from "../../bench/verdict.ts";

const rate: Figure = {
  name: "a",
  metric: "throughput",
  unit: "assignments/s",
  value: 100,
  samples: 1,
  resultHash: "1",
};
const time: Figure = { ...rate, metric: "p50", unit: "us" };

/** Pairs in which the head's value is so many times the base's. */
function pairs(figure: Figure, factors: readonly number[]): Pair[] {
  return factors.map((factor) => ({
    base: [figure],
    head: [{ ...figure, value: figure.value * factor }],
  }));
}

function verdictOf(figure: Figure, factors: readonly number[], margin = 0.1): string | undefined {
  return judge(pairs(figure, factors), { margin })[0]?.verdict;
}

describe("the bootstrap interval", () => {
  test("of equal ratios is that ratio", () => {
    const { low, high } = bootstrapInterval([1.5, 1.5, 1.5]);
    expect(low).toBeCloseTo(1.5, 12);
    expect(high).toBeCloseTo(1.5, 12);
  });

  test("is the same for the same ratios", () => {
    const ratios = [0.9, 1, 1.2, 1.05, 0.97];
    expect(bootstrapInterval(ratios)).toEqual(bootstrapInterval(ratios));
  });

  test("lies within what was seen and around its geometric mean", () => {
    const ratios = [0.8, 0.9, 1, 1.25, 1.4];
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / 5);
    const { low, high } = bootstrapInterval(ratios);
    expect(low).toBeGreaterThanOrEqual(0.8);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    expect(high).toBeLessThanOrEqual(1.4);
  });

  test("narrows as there are more pairs", () => {
    const width = (ratios: readonly number[]) => {
      const { low, high } = bootstrapInterval(ratios);
      return high - low;
    };
    const few = [0.8, 1, 1.2];
    const many = Array.from({ length: 20 }, () => few).flat();
    expect(width(many)).toBeLessThan(width(few) / 2);
  });

  test("holds the true ratio about as often as it says", () => {
    const numbers = new Numbers(11);
    // Twelve uniforms make nearly a normal deviate.
    const deviate = () =>
      Array.from({ length: 12 }, () => numbers.below(1_000_000) / 1e6).reduce((a, b) => a + b) - 6;
    let held = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const ratios = Array.from({ length: 20 }, () => 1.1 * Math.exp(0.1 * deviate()));
      const { low, high } = bootstrapInterval(ratios, 500);
      if (low <= 1.1 && 1.1 <= high) held += 1;
    }
    expect(held / 200).toBeGreaterThan(0.87);
    expect(held / 200).toBeLessThan(0.99);
  });
});

describe("a verdict", () => {
  test.each([
    ["a rate that halves is a regression", rate, [0.5, 0.52, 0.48], "regression"],
    ["a rate that doubles is an improvement", rate, [2, 2.1, 1.9], "improvement"],
    ["a time that doubles is a regression", time, [2, 2.1, 1.9], "regression"],
    ["a time that halves is an improvement", time, [0.5, 0.52, 0.48], "improvement"],
    ["what stays within the margin is the same", time, [1.05, 1.06, 1.04], "same"],
    ["what is slower only sometimes proves nothing", time, [2, 0.9, 2, 1, 0.95], "same"],
    ["what reaches back over the margin proves nothing", time, [1.05, 1.3, 1.3], "same"],
  ] as const)("%s", (_, figure, factors, expected) => {
    expect(verdictOf(figure, factors)).toBe(expected);
  });

  test("says cost over cost, above 1 where the head is worse", () => {
    const [verdict] = judge(pairs(rate, [0.5, 0.5]), { margin: 0.1 });
    expect(verdict?.ratio).toBeCloseTo(2, 12);
  });

  test("a share of something better to be large is worse where it falls", () => {
    const share: Figure = { ...rate, metric: "of the bare loop", unit: "ratio" };
    expect(verdictOf(share, [0.5, 0.5])).toBe("regression");
    expect(verdictOf({ ...share, metric: "growth" }, [0.5, 0.5])).toBe("improvement");
  });

  test("a figure that the base lacks is new, one that the head lacks is gone", () => {
    const verdicts = judge([{ base: [time], head: [rate] }], { margin: 0.1 });
    expect(verdicts).toEqual([
      { name: "a", metric: "throughput", verdict: "new" },
      { name: "a", metric: "p50", verdict: "gone" },
    ]);
  });

  test("where the results differ nothing is compared", () => {
    const other = { ...rate, value: 1, resultHash: "2" };
    expect(judge([{ base: [rate], head: [other] }], { margin: 0.1 })).toEqual([
      { name: "a", metric: "throughput", verdict: "other-work" },
    ]);
  });

  test("a count, and a value that is none, is not judged", () => {
    expect(verdictOf({ ...rate, unit: "count" }, [9, 9])).toBe("not-judged");
    expect(verdictOf({ ...rate, value: 0 }, [1, 1])).toBe("not-judged");
  });

  test("only the metrics asked for are judged", () => {
    const both: Pair = { base: [rate, time], head: [rate, time] };
    const verdicts = judge([both, both], { margin: 0.1, metrics: ["p50"] });
    expect(verdicts.map(({ metric }) => metric)).toEqual(["p50"]);
  });

  test("of no pairs there is none", () => {
    expect(judge([], { margin: 0.1 })).toEqual([]);
  });
});
