import { erlangB, mmn } from "./delay.ts";
import { type Argument, hold } from "./ranges.ts";
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
 *
 * @throws RangeError where an argument is outside its range
 */
export function mmnG(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  patience: Patience,
): PatienceFigures {
  holdGroup(arrivalRate, serviceRate, agents);
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

/** What a group does whose customers' patience is exponential. */
export interface ErlangAFigures extends PatienceFigures {
  /** P(answered and W ≤ t) over *all* customers, t 0 or more: who leaves counts against it. */
  readonly answeredWithin: (t: number) => number;
}

/**
 * Erlang A: exponential patience with rate `patienceRate`, 0 or more. Solved from the birth–death
 * chain itself, so it holds at any load; at rate 0 it is Erlang C.
 *
 * Who finds k waiting passes k + 1 steps of rates nμ + jθ, j = k + 1 … 1, if they are answered, which
 * they are with probability nμ / (nμ + (k + 1)θ). So their wait is −ln(X) / θ with X of the law
 * Beta(nμ/θ + 1, k + 1).
 *
 * @throws RangeError where an argument is outside its range
 */
export function erlangA(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  patienceRate: number,
): ErlangAFigures {
  holdGroup(arrivalRate, serviceRate, agents, ["patienceRate", "0 or more", patienceRate]);
  if (patienceRate === 0) return endlessPatience(arrivalRate, serviceRate, agents);
  const capacity = agents * serviceRate;
  const leaving = (ahead: number): number => capacity + (ahead + 1) * patienceRate;
  const mean = (value: (ahead: number) => number): number =>
    meanOverWaiting(
      1 / erlangB(agents, arrivalRate / serviceRate) - 1,
      value,
      (ahead) => arrivalRate / leaving(ahead),
    );
  const meanWait = mean((ahead) => ahead) / arrivalRate;
  const abandonment = patienceRate * meanWait;
  const answered = 1 - abandonment;
  let steps = 0;
  const answeredSteps = mean((ahead) => {
    steps += capacity / leaving(ahead);
    return (capacity / leaving(ahead)) * steps;
  });
  return {
    abandonment,
    probabilityOfWaiting: mean(() => 1),
    meanWait,
    meanWaitOfAnswered: answeredSteps / capacity / answered,
    occupancy: (arrivalRate * answered) / capacity,
    answeredWithin(t) {
      hold(["t", "0 or more", t]);
      // P(X < e^−θt) as a sum, whose terms are too small for a number at first where t is long.
      let logTerm = -t * leaving(0);
      let later = Math.exp(logTerm);
      const answeredLater = mean((ahead) => {
        const part = (capacity / leaving(ahead)) * Math.min(1, later);
        const growth = (-Math.expm1(-patienceRate * t) / patienceRate) * leaving(ahead);
        logTerm += Math.log(growth / (ahead + 1));
        later += Math.exp(logTerm);
        return part;
      });
      return Math.max(0, answered - answeredLater);
    },
  };
}

function endlessPatience(arrivalRate: number, serviceRate: number, agents: number): ErlangAFigures {
  const { waitAbove, ...figures } = mmn(arrivalRate, serviceRate, agents);
  return {
    ...figures,
    abandonment: 0,
    meanWaitOfAnswered: figures.meanWait,
    answeredWithin: (t) => 1 - waitAbove(t),
  };
}

/**
 * E[value(k); all agents are busy and k wait], with the probabilities of a birth–death chain.
 *
 * @param below probability that an agent is free, over that of "all busy, nobody waits"
 * @param value asked for 0, 1, 2 … in turn; it grows no faster than they do
 * @param ratio probability of k + 1 over that of k; falls to 0
 */
function meanOverWaiting(
  below: number,
  value: (waiting: number) => number,
  ratio: (waiting: number) => number,
): number {
  let rest = below;
  let term = 1;
  let sum = 0;
  let whole = 0;
  for (let waiting = 0; ; waiting += 1) {
    sum += term * value(waiting);
    whole += term;
    const next = ratio(waiting);
    if (next < 1 && (waiting + 1) * term <= 1e-17 * Math.min(sum, whole) * (1 - next)) break;
    term *= next;
    if (whole > 1e200) {
      // No load overflows.
      rest *= 1e-200;
      term *= 1e-200;
      sum *= 1e-200;
      whole *= 1e-200;
    }
  }
  return sum / (rest + whole);
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
 * @throws RangeError where an argument is outside its range
 */
export function fixedLimit(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  limit: number,
): FixedLimitFigures {
  holdGroup(arrivalRate, serviceRate, agents, ["limit", "0 or more", limit]);
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

function holdGroup(
  arrivalRate: number,
  serviceRate: number,
  agents: number,
  ...others: readonly Argument[]
): void {
  hold(
    ["arrivalRate", "above 0", arrivalRate],
    ["serviceRate", "above 0", serviceRate],
    ["agents", "whole, 1 or more", agents],
    ...others,
  );
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
