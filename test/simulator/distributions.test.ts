import { expect, test } from "vitest";
import {
  deterministic,
  empirical,
  exponential,
  gamma,
  hyperexponential,
  type Law,
  lognormal,
  mixture,
  weibull,
} from "../../simulator/distributions.ts";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import {
  betaCdf,
  betaQuantile,
  gammaCdf,
  gammaQuantile,
  normalCdf,
  normalQuantile,
  studentQuantile,
} from "../../simulator/special-functions.ts";

const laws: readonly (readonly [string, Law, number, number])[] = [
  ["exponential", exponential(4), 4, 16],
  ["lognormal", lognormal(6, 5), 6, 25],
  ["gamma", gamma(2.5, 5), 5, 10],
  ["Weibull of shape 1", weibull(1, 3), 3, 9],
  ["Weibull of shape 2", weibull(2, 3), 1.5 * Math.sqrt(Math.PI), 9 - 2.25 * Math.PI],
  ["deterministic", deterministic(7), 7, 0],
  [
    "hyperexponential",
    hyperexponential([
      { weight: 1, mean: 1 },
      { weight: 1, mean: 3 },
    ]),
    2,
    6,
  ],
  [
    "mixture",
    mixture([
      { weight: 3, law: deterministic(1) },
      { weight: 1, law: deterministic(5) },
    ]),
    2,
    3,
  ],
  ["empirical", empirical([0, 1]), 0.5, 1 / 12],
];

for (const [name, law, mean, variance] of laws) {
  test(`the ${name} law has its mean and variance`, () => {
    expect(law.mean).toBeCloseTo(mean, 10);
    expect(law.variance).toBeCloseTo(variance, 9);
  });

  test(`draws of the ${name} law have its moments`, () => {
    const random = new KeyedRandom(11, 1).at(1, 1, 1);
    const count = 40_000;
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += law.sample(random);
    const error = Math.sqrt(law.variance / count);
    expect(Math.abs(sum / count - law.mean)).toBeLessThanOrEqual(3.9 * error + 1e-9);
  });

  test(`the quantile of the ${name} law inverts its distribution`, () => {
    for (const u of [0.001, 0.1, 0.5, 0.9, 0.999]) {
      const x = law.quantile(u);
      expect(law.cdf(x * (1 + 1e-9) + 1e-12)).toBeGreaterThanOrEqual(u - 1e-9);
      expect(law.cdf(x * (1 - 1e-9) - 1e-12)).toBeLessThanOrEqual(u + 1e-9);
    }
  });
}

test("special functions agree with tables", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 13);
  // Far out, where 1/2 less something near 1/2 would have no digits left (40 digits by mpmath).
  const tail = [normalCdf(-5), normalCdf(-8), normalCdf(-20)] as const;
  expect(tail[0] / 2.866515718791939e-7).toBeCloseTo(1, 12);
  expect(tail[1] / 6.220960574271785e-16).toBeCloseTo(1, 12);
  expect(tail[2] / 2.753624118606233e-89).toBeCloseTo(1, 12);
  expect(studentQuantile(9, 0.975)).toBeCloseTo(2.262157162798205, 10);
  expect(studentQuantile(1, 0.975)).toBeCloseTo(12.706204736174694, 8);
  expect(betaQuantile(1, 10, 0.975)).toBeCloseTo(1 - 0.025 ** 0.1, 12);
  expect(betaCdf(2, 3, 0.4)).toBeCloseTo(0.5248, 12);
  expect(gammaCdf(3, 2)).toBeCloseTo(1 - Math.exp(-2) * 5, 13);
});

test("the gamma quantile holds from tiny to large shapes, far into both tails", () => {
  for (const shape of [0.05, 0.3, 1, 5, 260, 5000]) {
    for (const u of [1e-9, 1e-3, 0.5, 0.999, 1 - 1e-9]) {
      const back = gammaCdf(shape, gammaQuantile(shape, u));
      expect(Math.abs(back - u) / Math.min(u, 1 - u)).toBeLessThan(1e-4);
    }
  }
});
