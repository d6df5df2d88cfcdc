import { erlangB } from "./delay.ts";
import { ScaledIntegrals } from "./scaled-integrals.ts";

/**
 * M/M/n+G: customers who do not wait for ever. Each leaves when their patience ends before an agent
 * is free; a message that parks at its routing limit is a customer with a fixed patience.
 *
 * Source: Baccelli & Hébuterne (1981); Zeltyn & Mandelbaum, "Call centers with impatient customers:
 * many-server asymptotics of the M/M/n+G queue", Queueing Systems 51 (2005).
 */
export interface PatienceFigures {
  /** Share of all customers who leave unanswered, or of messages that expire. */
  readonly abandonment: number;
  /** P(offered wait > 0). */
  readonly probabilityOfWaiting: number;
  /** E[W] over *all* customers: who leaves counts the time until then, who is served at once 0. */
  readonly meanWait: number;
  /** E[W] of those who were answered. */
  readonly meanWaitOfAnswered: number;
  /** λ (1 − abandonment) / (nμ). */
  readonly occupancy: number;
}

/** A law of patience. */
export interface Patience {
  /** P(patience > x). */
  readonly survival: (x: number) => number;
  /** H(x) = ∫₀ˣ survival; integrated numerically where it is not given. */
  readonly integral?: (x: number) => number;
  /** Ascending points that integration must not step over: jumps and bends of the survival. */
  readonly kinks?: readonly number[];
}

/**
 * M/M/n+G for any law of patience, by numerical integration (relative error about 1e-11).
 *
 * P(Ab) = (1 + (λ − nμ)J) / (E + λJ), P(V > 0) = λJ / (E + λJ), E[W] = λ J_H / (E + λJ) with
 * J = ∫ e^(λH(x) − nμx) dx, J_H = ∫ H(x) e^(λH(x) − nμx) dx, E = 1 / B(n − 1, λ/μ).
 */
export function mmnG(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  patience: Patience,
): PatienceFigures {
  const capacity = agents * serviceRate;
  const integrals = new ScaledIntegrals(arrivalRate, capacity, patience);
  const { j, jH, jAnswered, jAbandoned, unit } = integrals;
  const e = unit / erlangB(agents - 1, arrivalRate / serviceRate);
  const whole = e + arrivalRate * j;
  // 1 + (λ − nμ)J written as λ ∫ (1 − S) e^…: nothing cancels when few abandon.
  const abandonment = (arrivalRate * jAbandoned) / whole;
  return {
    abandonment,
    probabilityOfWaiting: (arrivalRate * j) / whole,
    meanWait: (arrivalRate * jH) / whole,
    meanWaitOfAnswered: (arrivalRate * jAnswered) / whole / (1 - abandonment),
    occupancy: (arrivalRate * (1 - abandonment)) / capacity,
  };
}

/**
 * Erlang A: exponential patience with rate `patienceRate`, 0 or more. Solved from the birth–death
 * chain itself, so it holds at any load; at rate 0 a stable group is Erlang C.
 */
export function erlangA(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  patienceRate: number,
): PatienceFigures {
  // Probabilities relative to "all agents busy, nobody waits", rescaled so that none overflows.
  let below = 1 / erlangB(agents, arrivalRate / serviceRate) - 1;
  let term = 1;
  let atOrAbove = 1;
  let queue = 0;
  let queueSquared = 0;
  for (let waiting = 1; ; waiting += 1) {
    const ratio = arrivalRate / (agents * serviceRate + waiting * patienceRate);
    term *= ratio;
    atOrAbove += term;
    queue += waiting * term;
    queueSquared += waiting * waiting * term;
    if (ratio < 1 && waiting * waiting * term < 1e-17 * queueSquared * (1 - ratio)) break;
    if (atOrAbove > 1e200) {
      below *= 1e-200;
      term *= 1e-200;
      atOrAbove *= 1e-200;
      queue *= 1e-200;
      queueSquared *= 1e-200;
    }
  }
  const whole = below + atOrAbove;
  const meanWait = queue / whole / arrivalRate;
  const abandonment = patienceRate * meanWait;
  const answered = 1 - abandonment;
  return {
    abandonment,
    probabilityOfWaiting: atOrAbove / whole,
    meanWait,
    meanWaitOfAnswered: answeredWait(arrivalRate, serviceRate, agents, patienceRate) / answered,
    occupancy: (arrivalRate * answered) / (agents * serviceRate),
  };
}

/** E[W; answered] of Erlang A: who finds k waiting passes k + 1 steps, each survived or not. */
function answeredWait(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  patienceRate: number,
): number {
  const capacity = agents * serviceRate;
  let whole = 1 / erlangB(agents, arrivalRate / serviceRate) - 1;
  let term = 1;
  let sum = 0;
  let meanTime = 0;
  for (let ahead = 0; ; ahead += 1) {
    // With `ahead` waiting before them, a customer of patience rate θ is served with probability
    // nμ / (nμ + (ahead + 1)θ); given that, steps last 1 / (nμ + jθ) each, j = ahead + 1 … 1.
    meanTime += 1 / (capacity + (ahead + 1) * patienceRate);
    const served = capacity / (capacity + (ahead + 1) * patienceRate);
    const part = term * served * meanTime;
    sum += part;
    whole += term;
    const ratio = arrivalRate / (capacity + (ahead + 1) * patienceRate);
    if (ratio < 1 && part < 1e-17 * sum * (1 - ratio)) break;
    term *= ratio;
    if (whole > 1e200) {
      whole *= 1e-200;
      term *= 1e-200;
      sum *= 1e-200;
    }
  }
  return sum / whole;
}

/** M/M/n with a fixed limit D after which a waiting message expires (parks). */
export interface FixedLimitFigures extends PatienceFigures {
  /** P(W > t), 0 ≤ t < D, over all arrivals. */
  readonly waitAbove: (t: number) => number;
}

/**
 * M/M/n+D, in closed form. With r = nμ − λ: J = (1 − e^−rD) / r + e^−rD / (nμ),
 * J_H = (1 − e^−rD (1 + rD)) / r² + D e^−rD / (nμ); P(expire) = (λ/nμ) e^−rD / (E + λJ).
 * Stable at overload (everything is scaled by e^rD there) and at r = 0.
 *
 * @param limit D, 0 or more
 */
export function fixedLimit(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  limit: number,
): FixedLimitFigures {
  const capacity = agents * serviceRate;
  const slack = capacity - arrivalRate;
  const x = slack * limit;
  const unit = x < 0 ? Math.exp(x) : 1;
  const atLimit = x < 0 ? 1 : Math.exp(-x);
  const e = unit / erlangB(agents - 1, arrivalRate / serviceRate);
  const j = integralTo(slack, limit) + atLimit / capacity;
  const jH = firstMoment(slack, limit) + (limit * atLimit) / capacity;
  const whole = e + arrivalRate * j;
  const abandonment = ((arrivalRate / capacity) * atLimit) / whole;
  const meanWait = (arrivalRate * jH) / whole;
  return {
    abandonment,
    probabilityOfWaiting: (arrivalRate * j) / whole,
    meanWait,
    meanWaitOfAnswered: (meanWait - limit * abandonment) / (1 - abandonment),
    occupancy: (arrivalRate * (1 - abandonment)) / capacity,
    waitAbove(t) {
      if (t >= limit) return 0;
      // ∫_t^D e^−rx dx, scaled as everything is.
      const rest = integralTo(slack, limit - t) * (x < 0 ? 1 : Math.exp(-slack * t));
      return (arrivalRate * (rest + atLimit / capacity)) / whole;
    },
  };
}

/** ∫₀ᴰ e^−rx dx, times e^rD where r < 0. */
function integralTo(slack: number, limit: number): number {
  const x = Math.abs(slack * limit);
  return limit * (x < 1e-300 ? 1 : -Math.expm1(-x) / x);
}

/** ∫₀ᴰ x e^−rx dx, times e^rD where r < 0. */
function firstMoment(slack: number, limit: number): number {
  const x = slack * limit;
  const square = limit * limit;
  if (Math.abs(x) < 0.1) {
    // Σ (−x)^k / (k! (k + 2)), and e^x for the scale of the overloaded side.
    let term = 1;
    let sum = 0;
    for (let k = 0; k < 20; k += 1) {
      sum += term / (k + 2);
      term *= -x / (k + 1);
    }
    return square * sum * (x < 0 ? Math.exp(x) : 1);
  }
  const up = x < 0 ? Math.expm1(x) - x : -Math.expm1(-x) - x * Math.exp(-x);
  return (square * up) / (x * x);
}
