import { expect, test } from "vitest";
import { batchPoisson, batchSizes } from "../../simulator/arrivals/batch.ts";
import { campaign, superposition } from "../../simulator/arrivals/campaign.ts";
import {
  dayFactorCovariance,
  dayFactors,
  dayFactorVariance,
  intervalFactor,
} from "../../simulator/arrivals/day-factor.ts";
import { hawkes } from "../../simulator/arrivals/hawkes.ts";
import { markovModulatedPoisson } from "../../simulator/arrivals/mmpp.ts";
import { type ArrivalProcess, dispersion, poisson } from "../../simulator/arrivals/process.ts";
import {
  inhomogeneousPoisson,
  RateSteps,
  thinnedPoisson,
} from "../../simulator/arrivals/rate-steps.ts";
import { replay, replayCounts } from "../../simulator/arrivals/trace.ts";
import { deterministic, exponential } from "../../simulator/distributions.ts";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import { Mrg32k3a } from "../../simulator/random.ts";

const mmpp = markovModulatedPoisson({ rate1: 10, rate2: 1, leave1: 0.5, leave2: 0.25 });
const excited = hawkes(1, 0.6, 1);
const steps = new RateSteps([0, 4, 6, 10], [2, 0, 5]);

test("an MMPP has the published dispersion at finite times", () => {
  expect(mmpp.mean(0, 1)).toBeCloseTo(4, 12);
  expect(dispersion(mmpp, 0, 1)).toBeCloseTo(4.558, 3);
  expect(dispersion(mmpp, 0, 20)).toBeCloseTo(12.2, 3);
  expect(dispersion(mmpp, 0, 100)).toBeCloseTo(12.84, 3);
});

test("a Hawkes process has the published dispersion at finite times", () => {
  expect(dispersion(excited, 0, 10)).toBeCloseTo(4.96, 2);
  expect(dispersion(excited, 0, 100)).toBeCloseTo(6.12, 2);
  expect(dispersion(excited, 0, 1e9)).toBeCloseTo(6.25, 6);
});

const processes: readonly (readonly [string, ArrivalProcess, number])[] = [
  ["Poisson", poisson(3), 5],
  ["inhomogeneous Poisson", inhomogeneousPoisson(steps), 10],
  ["thinned Poisson", thinnedPoisson(steps), 10],
  ["batch Poisson", batchPoisson(2, [0.5, 0.25, 0.25]), 5],
  ["MMPP", mmpp, 5],
  ["Hawkes", excited, 10],
  ["campaign", campaign(0, 20, exponential(3)), 5],
  ["superposed", superposition([poisson(1), batchPoisson(1, [0, 1])]), 5],
  ["replayed counts", replayCounts([{ from: 0, to: 10, count: 40 }]), 4],
];

for (const [name, process, to] of processes) {
  test(`counts of the ${name} process have its mean and variance`, () => {
    const random = new Mrg32k3a([1, 2, 3, 4, 5, 6]);
    const runs = 4000;
    const counts = Array.from({ length: runs }, () => process.arrivals(random, 0, to).length);
    const mean = counts.reduce((sum, count) => sum + count, 0) / runs;
    const squares = counts.map((count) => (count - mean) ** 2);
    const variance = squares.reduce((sum, square) => sum + square, 0) / (runs - 1);
    const spread = squares.reduce((sum, square) => sum + (square - variance) ** 2, 0) / runs;
    expect(Math.abs(mean - process.mean(0, to))).toBeLessThan(3.9 * Math.sqrt(variance / runs));
    expect(Math.abs(variance - process.variance(0, to))).toBeLessThan(
      3.9 * Math.sqrt(spread / runs),
    );
  });

  test(`arrivals of the ${name} process are ascending and inside their span`, () => {
    const times = process.arrivals(new Mrg32k3a(), 1, to);
    expect(times.every((t) => t >= 1 && t < to)).toBe(true);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });
}

test("inversion places nothing where the rate is zero", () => {
  const times = inhomogeneousPoisson(steps).arrivals(new Mrg32k3a(), 0, 10);
  expect(times.filter((t) => t >= 4 && t < 6)).toEqual([]);
  expect(steps.inverse(steps.cumulative(7.25))).toBeCloseTo(7.25, 12);
  expect(steps.inverse(1000)).toBe(Number.POSITIVE_INFINITY);
});

test("a trace comes again as it was", () => {
  expect(replay([3, 1, 2]).arrivals(new Mrg32k3a(), 1.5, 9)).toEqual([2, 3]);
});

test("batch sizes of a law are rounded and at least one", () => {
  const sizes = batchSizes(deterministic(3));
  expect(sizes).toEqual([0, 0, 1]);
  expect(batchSizes(exponential(0.4)).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
});

test("day factors have mean 1, gamma variance and the asked correlation of neighbours", () => {
  const settings = { shapes: [5, 8], correlation: 0.6 };
  const runs = 6000;
  const pairs = Array.from({ length: runs }, (_unused, run) =>
    dayFactors(new KeyedRandom(1, run), 1, 20_000, 3, settings),
  );
  const average = (pick: (days: Float64Array) => number) =>
    pairs.reduce((sum, days) => sum + pick(days), 0) / runs;
  for (const [day, shape] of [5, 8, 5].entries()) {
    expect(average((days) => days[day] ?? 0)).toBeCloseTo(1, 1);
    const variance = average((days) => ((days[day] ?? 0) - 1) ** 2);
    expect(Math.abs(variance * shape - 1)).toBeLessThan(0.1);
  }
  const covariance = average((days) => ((days[0] ?? 0) - 1) * ((days[1] ?? 0) - 1));
  expect(dayFactorCovariance(settings, 0, 1)).toBeCloseTo(0.6 / Math.sqrt(40), 10);
  expect(covariance * Math.sqrt(40)).toBeCloseTo(0.6, 1);
});

test("a day factor's dispersion grows with the volume of the day", () => {
  const settings = { shapes: [260], correlation: 0.77 };
  expect(dayFactorVariance(settings, [36_424]) / 36_424).toBeCloseTo(1 + 36_424 / 260, 6);
  expect(dayFactorVariance(settings, [10, 10])).toBeCloseTo(20 + (2 * 100 + 2 * 77) / 260, 9);
});

test("an interval factor is keyed by channel and interval", () => {
  const random = new KeyedRandom(1, 1);
  const first = intervalFactor(random, 4, 12, 30);
  intervalFactor(random, 4, 13, 30);
  expect(intervalFactor(random, 4, 12, 30)).toBe(first);
});
