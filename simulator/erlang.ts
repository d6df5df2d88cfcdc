/**
 * Queueing theory beside the simulation, published as `nightdesk/erlang`: what a group of agents
 * would do under assumptions that have formulas. Compare with a simulation only where those
 * assumptions hold (docs/simulator.md names the settings). Arguments outside their ranges are a
 * RangeError that names each.
 *
 * @example
 * ```ts
 * import { agentsForServiceLevel } from "nightdesk/erlang";
 * // 100 calls a half hour, 180 s each, 80 % answered within 20 s: 14 agents
 * agentsForServiceLevel(100 / 1800, 1 / 180, { share: 0.8, within: 20 });
 * ```
 */
export { cobham, erlangB, erlangC, mg1MeanWait, mmn, type DelayFigures } from "./theory/delay.ts";
export {
  erlangA,
  fixedLimit,
  mmnG,
  type ErlangAFigures,
  type FixedLimitFigures,
  type Patience,
  type PatienceFigures,
} from "./theory/patience.ts";
export { fcfsAlis, type QueueFigures, type SkillGraph } from "./theory/skill-graph.ts";
export {
  agentsForAbandonment,
  agentsForLimit,
  agentsForServiceLevel,
  betaForWaiting,
  garnett,
  halfinWhitt,
  sipp,
  squareRootStaffing,
  type ServiceGoal,
  type StaffedInterval,
} from "./theory/staffing.ts";
export {
  fluid,
  modifiedOfferedLoad,
  pointwise,
  type FluidFigures,
  type FluidSettings,
  type Steps,
} from "./theory/time-varying.ts";
