import { bisect, normalCdf } from "../special-functions.ts";
import { erlangC, mmn } from "./delay.ts";
import { erlangA, fixedLimit } from "./patience.ts";
import { hold } from "./ranges.ts";

/** A service level to staff for: `share` of customers answered within `within`. */
export interface ServiceGoal {
  readonly share: number;
  readonly within: number;
}

/** The least number of agents whose Erlang C service level reaches the goal. */
export function agentsForServiceLevel(
  arrivalRate: number,
  serviceRate: number,
  goal: ServiceGoal,
): number {
  hold(["share", "between 0 and 1", goal.share], ["within", "0 or more", goal.within]);
  return leastAgents(
    Math.max(1, Math.floor(arrivalRate / serviceRate)),
    (agents) => 1 - mmn(arrivalRate, serviceRate, agents).waitAbove(goal.within) >= goal.share,
  );
}

/** The least number of agents at which at most `share` of customers abandon (Erlang A). */
export function agentsForAbandonment(
  arrivalRate: number,
  serviceRate: number,
  patienceRate: number,
  share: number,
): number {
  hold(["share", "between 0 and 1", share]);
  return leastAgents(
    1,
    (agents) => erlangA(arrivalRate, serviceRate, agents, patienceRate).abandonment <= share,
  );
}

/** The least number of agents at which at most `share` of messages pass a fixed limit. */
export function agentsForLimit(
  arrivalRate: number,
  serviceRate: number,
  limit: number,
  share: number,
): number {
  hold(["share", "between 0 and 1", share]);
  return leastAgents(
    1,
    (agents) => fixedLimit(arrivalRate, serviceRate, agents, limit).abandonment <= share,
  );
}

function leastAgents(from: number, enough: (agents: number) => boolean): number {
  let agents = from;
  while (!enough(agents)) agents += 1;
  return agents;
}

/** φ / (1 − Φ), the hazard rate of the standard normal law. */
function hazard(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  // Far out both underflow; Laplace's continued fraction does not, and needs few terms there.
  if (x > 30) return x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 5 / x))));
  return density / normalCdf(-x);
}

/**
 * The share of customers who wait in the quality-and-efficiency-driven regime,
 * n = R + β √R: [1 + β Φ(β) / φ(β)]⁻¹, β above 0.
 *
 * Source: Halfin & Whitt, Operations Research 29 (1981), equation 2.2.
 */
export function halfinWhitt(beta: number): number {
  hold(["beta", "above 0", beta]);
  return 1 / (1 + beta / hazard(-beta));
}

/**
 * The same with exponential patience, for any β:
 * [1 + √(θ/μ) h(β √(μ/θ)) / h(−β)]⁻¹.
 *
 * Source: Garnett, Mandelbaum & Reiman, M&SOM 4 (2002), theorem 1.
 */
export function garnett(beta: number, serviceRate: number, patienceRate: number): number {
  hold(["serviceRate", "above 0", serviceRate], ["patienceRate", "above 0", patienceRate]);
  const ratio = Math.sqrt(patienceRate / serviceRate);
  return 1 / (1 + (ratio * hazard(beta / ratio)) / hazard(-beta));
}

/** Square-root staffing: R + β √R, rounded up. */
export function squareRootStaffing(load: number, beta: number): number {
  return Math.ceil(load + beta * Math.sqrt(load) - 1e-9);
}

/** The β at which a share `waiting` of customers waits (Halfin–Whitt), 0 < waiting < 1. */
export function betaForWaiting(waiting: number): number {
  hold(["waiting", "between 0 and 1", waiting]);
  return bisect((beta) => waiting - halfinWhitt(beta), 1e-12, 40);
}

/** One interval of a day. */
export interface StaffedInterval {
  readonly arrivalRate: number;
  readonly agents: number;
  /** Erlang C of that interval alone. */
  readonly probabilityOfWaiting: number;
}

/**
 * SIPP, stationary independent period by period: each interval is staffed as if its rate had always
 * held. It under-staffs after a peak and where intervals are short beside the handle time.
 */
export function sipp(
  arrivalRates: readonly number[],
  serviceRate: number,
  goal: ServiceGoal,
): readonly StaffedInterval[] {
  return arrivalRates.map((arrivalRate) => {
    if (arrivalRate <= 0) return { arrivalRate, agents: 0, probabilityOfWaiting: 0 };
    const agents = agentsForServiceLevel(arrivalRate, serviceRate, goal);
    return {
      arrivalRate,
      agents,
      probabilityOfWaiting: erlangC(agents, arrivalRate / serviceRate),
    };
  });
}
