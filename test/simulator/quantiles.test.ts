import { expect, test, vi } from "vitest";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import {
  pool,
  quantile,
  quantileDifference,
  quantileInterval,
  type SampledRun,
} from "../../simulator/quantiles.ts";

vi.setConfig({ testTimeout: 120_000 });

const random = new KeyedRandom(5, 2).at(1, 1, 1);
const exponential = (): number => -Math.log(random.next());

/** Of mean 1 and variance 1/8. */
function gamma(): number {
  let sum = 0;
  for (let part = 0; part < 8; part += 1) sum += exponential();
  return sum / 8;
}

function poisson(mean: number): number {
  let count = 0;
  for (let at = exponential(); at < mean; at += exponential()) count += 1;
  return count;
}

function sorted(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw).toSorted();
}

interface KnownLaw {
  readonly name: string;
  readonly replication: () => Float64Array;
  readonly exact: (q: number) => number;
  /** Least coverage of any quantile, from any number of replications. */
  readonly least: number;
}

/** 0.95 less 3.29 standard errors of a thousand intervals. */
const nominal = 0.927;

const laws: readonly KnownLaw[] = [
  {
    name: "independent exponential waits",
    replication: () => sorted(poisson(150), exponential),
    exact: (q) => -Math.log(1 - q),
    least: nominal,
  },
  {
    name: "days that are slow or fast as a whole (Lomax)",
    replication: () => {
      const pace = gamma();
      return sorted(poisson(150), () => exponential() / pace);
    },
    exact: (q) => 8 * ((1 - q) ** (-1 / 8) - 1),
    least: nominal,
  },
  {
    name: "eight of a hundred parked",
    replication: () =>
      sorted(poisson(150), () => (random.next() < 0.08 ? Infinity : exponential())),
    exact: (q) => (q > 0.92 ? Infinity : -Math.log(1 - q / 0.92)),
    least: nominal,
  },
  {
    name: "waits of M/M/1 at load 0.8, each like the one before",
    replication: () => {
      let wait = random.next() < 0.8 ? exponential() / 0.2 : 0;
      return sorted(400, () => {
        const now = wait;
        wait = Math.max(0, wait + exponential() - exponential() / 0.8);
        return now;
      });
    },
    exact: (q) => -Math.log((1 - q) / 0.8) / 0.2,
    // One customer in a hundred of four hundred: most replications see none of the long queues.
    least: 0.905,
  },
];

test.for(laws)("95 % intervals of quantiles hold the truth as often as they say: $name", (law) => {
  const repetitions = 1000;
  const sizes = [5, 6, 8, 10, 30] as const;
  const levels = [0.5, 0.9, 0.99] as const;
  const hits = new Map<string, number>();
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const samples = Array.from({ length: 30 }, law.replication);
    for (const size of sizes) {
      const own = samples.slice(0, size);
      const pooled = pool(own);
      for (const q of levels) {
        const { low, high } = quantileInterval(own, q, 0.95, pooled);
        const exact = law.exact(q);
        const key = `p${q * 100} of ${size}`;
        hits.set(key, (hits.get(key) ?? 0) + Number(low <= exact && exact <= high));
      }
    }
  }
  const shares = [...hits].map(([key, count]) => [key, count / repetitions] as const);
  expect(shares.filter(([, share]) => share < law.least)).toEqual([]);
  // With thirty it is not bought by width either.
  for (const [key, share] of shares) {
    if (key === "p50 of 30") expect(share).toBeLessThanOrEqual(0.975);
  }
});

test("differences of paired quantiles hold the truth, and what pairs share makes them narrow", () => {
  const repetitions = 1000;
  let held = 0;
  let narrower = 0;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const pairs = Array.from({ length: 8 }, () => {
      const pace = gamma();
      const waits = Array.from({ length: poisson(150) }, () => exponential() / pace);
      return [waits, waits.map((wait) => 0.8 * wait)] as const;
    });
    const first = runOf(pairs.map(([waits]) => waits));
    const second = runOf(pairs.map(([, waits]) => waits));
    const { difference, varianceReduction } = quantileDifference([first, second], 0.5, 0.95);
    const exact = -0.2 * 8 * (2 ** (1 / 8) - 1);
    held += Number(difference.low <= exact && exact <= difference.high);
    narrower += Number(varianceReduction > 10);
  }
  expect(held / repetitions).toBeGreaterThanOrEqual(nominal);
  expect(narrower / repetitions).toBeGreaterThan(0.95);
});

test("a run compared with itself differs by nothing, also where half of it parked", () => {
  const run = runOf([
    [1, 2, 3, Infinity],
    [1, 2, 4, 9, Infinity],
    [2, 5, 7],
    [3, 3, 8, Infinity],
  ]);
  for (const q of [0.25, 0.5]) {
    const { difference } = quantileDifference([run, run], q, 0.8);
    expect([difference.estimate, difference.low, difference.high]).toEqual([0, 0, 0]);
  }
  const parked = runOf([[Infinity], [Infinity], [Infinity]]);
  const { first, second, difference } = quantileDifference([parked, parked], 0.5, 0.95);
  expect([first, second, difference.low, difference.high]).toEqual([Infinity, Infinity, 0, 0]);
});

test("where one run parks and the other does not, the difference is infinite and its ends say so", () => {
  const waits = Array.from({ length: 8 }, (_unused, index) => [1, 2, 3, 4, 5 + index]);
  const none = runOf(waits.map((own) => own.map(() => Infinity)));
  const { difference } = quantileDifference([runOf(waits), none], 0.5, 0.95);
  expect([difference.estimate, difference.low, difference.high]).toEqual([
    Infinity,
    Infinity,
    Infinity,
  ]);
  const back = quantileDifference([none, runOf(waits)], 0.5, 0.95).difference;
  expect([back.estimate, back.low, back.high]).toEqual([-Infinity, -Infinity, -Infinity]);
});

test("a quantile that few messages lie beyond has no upper end, and never the greatest for one", () => {
  const samples = Array.from({ length: 5 }, () => sorted(20, exponential));
  const { estimate, high, method } = quantileInterval(samples, 0.99, 0.95);
  expect(estimate).toBe(pool(samples).at(-2));
  expect([high, method]).toEqual([Infinity, "clopper-pearson on replications"]);
});

test("a quantile counts infinite values as the largest and averages none", () => {
  expect(quantile([1, 2, 3, Infinity], 0.75)).toBe(3);
  expect(quantile([1, 2, 3, Infinity], 0.76)).toBe(Infinity);
  const samples = [Float64Array.of(1, 2, Infinity), Float64Array.of(1, 3, Infinity)];
  const { estimate, high } = quantileInterval(samples, 0.9, 0.95);
  expect([estimate, high]).toEqual([Infinity, Infinity]);
  const one = quantileInterval([Float64Array.of(1, 2, 3)], 0.5, 0.95);
  expect(one).toEqual({ estimate: 2, low: NaN, high: NaN, method: "none" });
});

function runOf(replications: readonly (readonly number[])[]): SampledRun {
  const samples = replications.map((waits) => Float64Array.from(waits).toSorted());
  return { samples, pooled: pool(samples) };
}
