import { hold } from "./ranges.ts";

/**
 * The classics for a group of like agents: Erlang B and C, M/M/n, M/G/1 and Cobham's priorities.
 * Rates are per unit of time, times in that unit; `load` is the offered load λ/μ in Erlang. An
 * argument outside its range is a RangeError.
 */

/**
 * Erlang B: the share of calls lost when nobody may wait.
 * 1/B(0) = 1, 1/B(k) = 1 + (k / load) / B(k − 1), which neither overflows nor loses digits.
 *
 * @param agents whole, 0 or more @param load above 0
 */
export function erlangB(agents: number, load: number): number {
  hold(["agents", "whole, 0 or more", agents], ["load", "0 or more", load]);
  let inverse = 1;
  for (let k = 1; k <= agents; k += 1) inverse = 1 + (k / load) * inverse;
  return 1 / inverse;
}

/** Erlang C: the share of customers who wait, C = nB / (n − load (1 − B)); 1 at overload. */
export function erlangC(agents: number, load: number): number {
  hold(["agents", "whole, 0 or more", agents], ["load", "0 or more", load]);
  if (load >= agents) return 1;
  const lost = erlangB(agents, load);
  return (agents * lost) / (agents - load * (1 - lost));
}

/** What a stationary group with unlimited patience does. All times are infinite at overload. */
export interface DelayFigures {
  /** P(W > 0). */
  readonly probabilityOfWaiting: number;
  /** E[W] over all customers (ASA). */
  readonly meanWait: number;
  /** λ / (nμ), at most 1. */
  readonly occupancy: number;
  /** P(W > t). */
  readonly waitAbove: (t: number) => number;
}

/** M/M/n: Wq = C / (nμ − λ), P(W > t) = C e^−(nμ − λ)t. */
export function mmn(arrivalRate: number, serviceRate: number, agents: number): DelayFigures {
  hold(
    ["arrivalRate", "0 or more", arrivalRate],
    ["serviceRate", "above 0", serviceRate],
    ["agents", "whole, 0 or more", agents],
  );
  // What rounding leaves of none is none: 200 an hour of three minutes are all that ten agents can do.
  const left = agents * serviceRate - arrivalRate;
  const slack = left > 1e-12 * arrivalRate ? left : 0;
  const waiting = slack > 0 ? erlangC(agents, arrivalRate / serviceRate) : 1;
  return {
    probabilityOfWaiting: waiting,
    meanWait: slack > 0 ? waiting / slack : Number.POSITIVE_INFINITY,
    occupancy: Math.min(1, arrivalRate / (agents * serviceRate)),
    waitAbove: (t) => (slack > 0 ? waiting * Math.exp(-slack * t) : 1),
  };
}

/**
 * M/G/1 (Pollaczek–Khinchine): Wq = ρ / (1 − ρ) × (1 + CV²) / 2 × mean service time.
 *
 * @param squaredCv variance of the service time over its squared mean
 */
export function mg1MeanWait(arrivalRate: number, serviceRate: number, squaredCv: number): number {
  hold(
    ["arrivalRate", "0 or more", arrivalRate],
    ["serviceRate", "above 0", serviceRate],
    ["squaredCv", "0 or more", squaredCv],
  );
  const load = arrivalRate / serviceRate;
  if (load >= 1) return Number.POSITIVE_INFINITY;
  return ((load / (1 - load)) * (1 + squaredCv)) / (2 * serviceRate);
}

/**
 * Non-preemptive priorities in M/M/n with one service rate, highest class first:
 * W_k = W0 / ((1 − σ_{k−1})(1 − σ_k)), W0 = C / (nμ), σ_k the load of classes up to k over n.
 * A class at or above full load waits for ever.
 *
 * Source: Cobham, Operations Research 2 (1954).
 */
export function cobham(
  arrivalRates: readonly number[],
  serviceRate: number,
  agents: number,
): readonly number[] {
  hold(
    ...arrivalRates.map((rate, at) => [`arrivalRates[${at}]`, "0 or more", rate] as const),
    ["serviceRate", "above 0", serviceRate],
    ["agents", "whole, 1 or more", agents],
  );
  const capacity = agents * serviceRate;
  const total = arrivalRates.reduce((sum, rate) => sum + rate, 0);
  const residual = erlangC(agents, total / serviceRate) / capacity;
  const waits: number[] = [];
  let above = 0;
  for (const rate of arrivalRates) {
    const upTo = above + rate / capacity;
    waits.push(upTo >= 1 ? Number.POSITIVE_INFINITY : residual / ((1 - above) * (1 - upTo)));
    above = upTo;
  }
  return waits;
}
