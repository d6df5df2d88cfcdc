import type { UniformSource } from "../random.ts";
import { exponentialStep, type ArrivalProcess } from "./process.ts";

/** A Poisson process whose rate jumps between two values at exponential times. */
export interface TwoPhaseRates {
  readonly rate1: number;
  readonly rate2: number;
  /** The rate of leaving phase 1. */
  readonly leave1: number;
  /** The rate of leaving phase 2. */
  readonly leave2: number;
}

/**
 * The Markov-modulated Poisson process with two phases, begun in its stationary phase.
 *
 * With q1, q2 the rates of leaving: E = t (r1 q2 + r2 q1) / (q1 + q2);
 * IDC(t) = 1 + K (1 − (1 − e^−(q1 + q2)t) / ((q1 + q2)t)),
 * K = 2 (r1 − r2)² q1 q2 / ((q1 + q2)² (r1 q2 + r2 q1)).
 *
 * Source: Heffes & Lucantoni, IEEE JSAC 4 (1986), equation 5.
 */
export function markovModulatedPoisson(rates: TwoPhaseRates): ArrivalProcess {
  const { rate1, rate2, leave1, leave2 } = rates;
  const turnover = leave1 + leave2;
  const meanRate = (rate1 * leave2 + rate2 * leave1) / turnover;
  const limit =
    (2 * (rate1 - rate2) ** 2 * leave1 * leave2) / (turnover * turnover * meanRate * turnover);
  return {
    mean: (from, to) => meanRate * (to - from),
    variance(from, to) {
      const t = to - from;
      if (t <= 0) return 0;
      return meanRate * t * (1 + limit * (1 + Math.expm1(-turnover * t) / (turnover * t)));
    },
    arrivals: (source, from, to) => walk(rates, source, from, to),
  };
}

function walk(rates: TwoPhaseRates, source: UniformSource, from: number, to: number): number[] {
  const { rate1, rate2, leave1, leave2 } = rates;
  const times: number[] = [];
  let first = source.next() < leave2 / (leave1 + leave2);
  let t = from;
  while (t < to) {
    const rate = first ? rate1 : rate2;
    const leave = first ? leave1 : leave2;
    const total = rate + leave;
    t += exponentialStep(source) / total;
    if (t >= to) break;
    if (source.next() * total < rate) times.push(t);
    else first = !first;
  }
  return times;
}
