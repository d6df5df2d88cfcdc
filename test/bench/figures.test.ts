import { describe, expect, test } from "vitest";
import { benchmarks, smokeCompared } from "../../bench/catalogue.ts";
import { better, latencyFigures, median, percentile, type Figure } from "../../bench/figures.ts";
import { combined } from "../../bench/observing.ts";
import { turnsUs } from "../../bench/sampling.ts";

const figure: Figure = {
  name: "a",
  metric: "p50",
  unit: "us",
  value: 1,
  samples: 10,
  resultHash: "1",
};

describe("percentiles", () => {
  test("are by the nearest rank", () => {
    const sorted = [10, 20, 30, 40];
    expect([0.25, 0.26, 0.5, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([
      10, 20, 20, 40, 40,
    ]);
  });

  test("of samples do not depend on their order, and 0 is the least", () => {
    const shares = { min: 0, p50: 0.5, max: 1 };
    const figures = latencyFigures("a", "us", [3, 1, 2], shares, "1");
    expect(figures.map(({ metric, value }) => [metric, value])).toEqual([
      ["min", 1],
      ["p50", 2],
      ["max", 3],
    ]);
    expect(figures.every(({ samples }) => samples === 3)).toBe(true);
  });

  test("the median is one of the values", () => {
    expect(median([4, 1, 3])).toBe(3);
    expect(median([1, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});

describe("observations", () => {
  test("become one figure: the median, and all samples", () => {
    const values = [5, 1, 3].map((value) => [{ ...figure, value }]);
    expect(combined(values)).toEqual([{ ...figure, value: 3, samples: 30 }]);
  });

  test("with one seed and different results are refused", () => {
    expect(() => combined([[figure], [{ ...figure, resultHash: "2" }]])).toThrow(
      "a: one seed, different results: 1, 2",
    );
  });
});

test("rates and shares are better when large, times and sizes when small", () => {
  expect(better({ metric: "throughput", unit: "commands/s" })).toBe("more");
  expect(better({ metric: "of the bare loop", unit: "ratio" })).toBe("more");
  expect(better({ metric: "growth", unit: "ratio" })).toBe("less");
  expect(better({ metric: "rss", unit: "B" })).toBe("less");
  expect(better({ metric: "samples", unit: "count" })).toBe("none");
});

test("a turn is prepared each time, and never tried out without", async () => {
  let prepared = 0;
  const unprepared: number[] = [];
  let turns = 0;
  const samples = await turnsUs({
    prepare: () => void (prepared += 1),
    turn: () => {
      turns += 1;
      if (prepared !== turns) unprepared.push(turns);
    },
    count: 20,
  });
  expect(samples).toHaveLength(20);
  expect(unprepared).toEqual([]);
});

describe("the catalogue", () => {
  const names = benchmarks.map(({ name }) => name);

  test("has each name once, as area and subject", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+\.[a-z0-9-]+$/u.test(name))).toEqual([]);
  });

  test("says of each what it is for, and what it must not be read as", () => {
    expect(benchmarks.filter(({ goal, nonGoal }) => goal === "" || nonGoal === "")).toEqual([]);
  });

  test("compares at smoke size only what there is", () => {
    expect(smokeCompared.filter((name) => !names.includes(name))).toEqual([]);
  });
});
