import { purposes, type KeyedRandom } from "../keyed-random.ts";
import { gammaQuantile } from "../special-functions.ts";

/** How much busier or quieter whole days are than their profile says. */
export interface DayFactorSettings {
  /** The gamma shape of one day's factor: its variance is 1 / shape. One for each day, or one for all. */
  readonly shapes: readonly number[];
  /** Correlation of neighbouring days' factors, 0 to below 1. */
  readonly correlation: number;
}

/**
 * The factor of each day in a row: mean 1, gamma with the day's shape k, and an AR(1) between days.
 *
 * Each day keeps a beta share of the one before and adds an independent gamma, so marginals are
 * exactly gamma and the correlation of neighbours is exactly a / √(k k'), where
 * a = correlation × √(k k'), never more than the smaller shape. For a day with expected count L the
 * number of arrivals has E = L, Var = L + L² / k, IDC = 1 + L / k.
 *
 * Source: Lewis, McKenzie & Hugus, "Gamma processes", Stochastic Models 5 (1989).
 *
 * @param channel key of the draws: one channel's, or one for all channels that share their days
 */
export function dayFactors(
  random: KeyedRandom,
  channel: number,
  firstDay: number,
  dayCount: number,
  settings: DayFactorSettings,
): Float64Array {
  const factors = new Float64Array(dayCount);
  let level = 0;
  for (let day = 0; day < dayCount; day += 1) {
    const shape = shapeOf(settings, day);
    random.at(channel, (firstDay + day) >>> 0, purposes.dayFactor);
    const kept = day === 0 ? 0 : sharedShape(settings, day - 1);
    const carried = kept === 0 ? 0 : betaShare(random, kept, shapeOf(settings, day - 1) - kept);
    level = carried * level + drawGamma(random, shape - kept);
    factors[day] = level / shape;
  }
  return factors;
}

/** Cov of the factors of days `first` and `second` (places in the row) under these settings. */
export function dayFactorCovariance(
  settings: DayFactorSettings,
  first: number,
  second: number,
): number {
  const from = Math.min(first, second);
  const to = Math.max(first, second);
  // Level covariance starts as the variance k and is thinned by a / k at each step.
  let covariance = shapeOf(settings, from);
  for (let day = from; day < to; day += 1) {
    covariance *= sharedShape(settings, day) / shapeOf(settings, day);
  }
  return covariance / (shapeOf(settings, from) * shapeOf(settings, to));
}

/**
 * Var of the number of arrivals over days with these expected counts:
 * Σ L_d + Σ_d Σ_e L_d L_e Cov(f_d, f_e).
 */
export function dayFactorVariance(
  settings: DayFactorSettings,
  expected: readonly number[],
): number {
  let variance = 0;
  for (const [day, count] of expected.entries()) {
    variance += count;
    for (const [other, otherCount] of expected.entries()) {
      variance += count * otherCount * dayFactorCovariance(settings, day, other);
    }
  }
  return variance;
}

/** An independent gamma factor of mean 1 for one interval: variance 1 / shape. */
export function intervalFactor(
  random: KeyedRandom,
  channel: number,
  interval: number,
  shape: number,
): number {
  random.at(channel, interval >>> 0, purposes.intervalFactor);
  return gammaQuantile(shape, random.next()) / shape;
}

function shapeOf(settings: DayFactorSettings, day: number): number {
  return settings.shapes[day % settings.shapes.length] ?? 1;
}

/** The shape that day and day + 1 share. */
function sharedShape(settings: DayFactorSettings, day: number): number {
  const k = shapeOf(settings, day);
  const next = shapeOf(settings, day + 1);
  return Math.min(settings.correlation * Math.sqrt(k * next), k, next);
}

function betaShare(random: KeyedRandom, kept: number, lost: number): number {
  const a = drawGamma(random, kept);
  const b = drawGamma(random, lost);
  return a + b === 0 ? 0 : a / (a + b);
}

function drawGamma(random: KeyedRandom, shape: number): number {
  // A uniform number is used even for shape 0, so that every day takes as many.
  const u = random.next();
  return shape <= 1e-12 ? 0 : gammaQuantile(shape, u);
}
