import type { UniformSource } from "./random.ts";
import {
  bisect,
  gammaCdf,
  gammaQuantile,
  logGamma,
  normalCdf,
  normalQuantile,
} from "./special-functions.ts";

/**
 * The law of a non-negative quantity: a handle time, a reply delay, a customer's patience. It has
 * the unit of the numbers it was made from.
 */
export interface Law {
  readonly mean: number;
  readonly variance: number;
  /** P(X ≤ x). */
  readonly cdf: (x: number) => number;
  /** The smallest x with P(X ≤ x) ≥ u, for u in (0, 1). */
  readonly quantile: (u: number) => number;
  /** One draw. By the inverse CDF from one uniform number, but for mixtures, which take two. */
  readonly sample: (source: UniformSource) => number;
}

/** Always the same value, 0 or more. */
export function deterministic(value: number): Law {
  return {
    mean: value,
    variance: 0,
    cdf: (x) => (x >= value ? 1 : 0),
    quantile: () => value,
    sample: () => value,
  };
}

/** P(X > x) = e^(−x / mean), mean above 0. */
export function exponential(mean: number): Law {
  return inverted(mean, mean * mean, {
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-x / mean)),
    quantile: (u) => -mean * Math.log1p(-u),
  });
}

/** The lognormal law with this mean and standard deviation (of X, not of ln X), both above 0. */
export function lognormal(mean: number, sd: number): Law {
  const sigmaSquared = Math.log1p((sd / mean) ** 2);
  const mu = Math.log(mean) - sigmaSquared / 2;
  const sigma = Math.sqrt(sigmaSquared);
  return inverted(mean, sd * sd, {
    cdf: (x) => (x <= 0 ? 0 : normalCdf((Math.log(x) - mu) / sigma)),
    quantile: (u) => Math.exp(mu + sigma * normalQuantile(u)),
  });
}

/** The gamma law of this shape and mean: scale = mean / shape, variance = mean² / shape. */
export function gamma(shape: number, mean: number): Law {
  const scale = mean / shape;
  return inverted(mean, mean * scale, {
    cdf: (x) => gammaCdf(shape, x / scale),
    quantile: (u) => scale * gammaQuantile(shape, u),
  });
}

/** P(X > x) = e^(−(x / scale)^shape). */
export function weibull(shape: number, scale: number): Law {
  const mean = scale * Math.exp(logGamma(1 + 1 / shape));
  const second = scale * scale * Math.exp(logGamma(1 + 2 / shape));
  return inverted(mean, second - mean * mean, {
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-((x / scale) ** shape))),
    quantile: (u) => scale * (-Math.log1p(-u)) ** (1 / shape),
  });
}

/** With probability `weight` (they sum to 1 after scaling) exponential with that branch's mean. */
export function hyperexponential(
  branches: readonly { readonly weight: number; readonly mean: number }[],
): Law {
  return mixture(
    branches.map((branch) => ({ weight: branch.weight, law: exponential(branch.mean) })),
  );
}

/** One of several laws, chosen by weight. Weights are 0 or more and need not sum to 1. */
export function mixture(parts: readonly { readonly weight: number; readonly law: Law }[]): Law {
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  const shares = parts.map((part) => ({ share: part.weight / total, law: part.law }));
  const mean = shares.reduce((sum, part) => sum + part.share * part.law.mean, 0);
  const second = shares.reduce(
    (sum, part) => sum + part.share * (part.law.variance + part.law.mean ** 2),
    0,
  );
  const cdf = (x: number): number =>
    shares.reduce((sum, part) => sum + part.share * part.law.cdf(x), 0);
  return {
    mean,
    variance: second - mean * mean,
    cdf,
    quantile(u) {
      const ends = shares.filter((part) => part.share > 0).map((part) => part.law.quantile(u));
      return bisect((x) => cdf(x) - u, Math.min(...ends), Math.max(...ends));
    },
    sample(source) {
      let rest = source.next();
      let chosen = shares[0];
      for (const part of shares) {
        chosen = part;
        if (rest < part.share) break;
        rest -= part.share;
      }
      return chosen === undefined ? 0 : chosen.law.sample(source);
    },
  };
}

/**
 * The law of observed values, each as likely as the others. Between two neighbouring values the
 * quantile is interpolated, so that a draw may take any value in the observed range.
 *
 * @param values at least one, 0 or more
 */
export function empirical(values: readonly number[]): Law {
  const sorted = Float64Array.from(values).toSorted();
  const last = sorted.length - 1;
  const at = (index: number): number => sorted[Math.min(Math.max(index, 0), last)] ?? 0;
  const quantile = (u: number): number => {
    const place = u * last;
    const below = Math.floor(place);
    return at(below) + (place - below) * (at(below + 1) - at(below));
  };
  const { mean, variance } = piecewiseLinearMoments(sorted);
  return inverted(mean, variance, {
    cdf(x) {
      if (x < at(0)) return 0;
      if (x >= at(last)) return 1;
      let low = 0;
      let high = last;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (at(middle) <= x) low = middle;
        else high = middle;
      }
      return (low + (x - at(low)) / (at(high) - at(low))) / last;
    },
    quantile,
  });
}

/** Moments of a law that is uniform between neighbouring values, each gap equally likely. */
function piecewiseLinearMoments(sorted: Float64Array): { mean: number; variance: number } {
  if (sorted.length === 1) return { mean: sorted[0] ?? 0, variance: 0 };
  let first = 0;
  let second = 0;
  for (let index = 1; index < sorted.length; index += 1) {
    const a = sorted[index - 1] ?? 0;
    const b = sorted[index] ?? 0;
    first += (a + b) / 2;
    second += (a * a + a * b + b * b) / 3;
  }
  const gaps = sorted.length - 1;
  const mean = first / gaps;
  return { mean, variance: Math.max(0, second / gaps - mean * mean) };
}

function inverted(mean: number, variance: number, functions: Pick<Law, "cdf" | "quantile">): Law {
  return {
    mean,
    variance,
    cdf: functions.cdf,
    quantile: functions.quantile,
    sample: (source) => functions.quantile(source.next()),
  };
}
