import { mmn } from "../../erlang.ts";
import { type Move, stationaryLaw } from "../chains/stationary.ts";
import { meanOf, occupancy, type RowChoice, wait, waited } from "../observations.ts";
import type { ReferenceCase } from "../reference-case.ts";
import { exponentialWork, theoryWorld } from "../theory-world.ts";

const knowsLastAgent: RowChoice = ({ messages }, row) => messages.lastAgentHit[row] !== -1;
const isNew: RowChoice = ({ messages }, row) => messages.lastAgentHit[row] === -1;

const returning = 0.5;
/** Beyond these the law below has nothing left. */
const reservedMax = 14;
const commonMax = 50;

/** Both cases run at 60 %. */
const occupied = { name: "occupancy", of: occupancy, mean: 0.6 };

const chance =
  "Customers come back a day later on average, so whose they are is independent of who is busy now; that a customer writes twice within one conversation has a chance near 0.1 %.";

/** Last agents: without a reservation, and with one that lasts. */
export const lastAgentCases: readonly ReferenceCase[] = [withoutReservation(), withReservation()];

function world(days: number, agents: number, perMinute: number, waitMinutes: number) {
  return theoryWorld({
    days,
    warmUpDays: 3,
    channels: {
      q: {
        perMinute,
        handling: exponentialWork(1),
        settings: {
          lastAgentMode: { enabled: true, waitMinutes, offlineWaitMinutes: waitMinutes },
        },
        offlineMessages: { routingMode: "last-agent" },
        customers: {
          returnProbability: returning,
          returnAfter: { law: "lognormal", mean: 1, sd: 0.5, unit: "days" },
        },
      },
    },
    groups: { all: { agents, queues: ["q"] } },
  });
}

function withoutReservation(): ReferenceCase {
  const agents = 3;
  const arrivalRate = 1.8;
  const exact = mmn(arrivalRate, 1, agents);
  return {
    id: "last-agent-free",
    title: "The last agent if free, else anybody",
    setting: `${agents} agents, ${arrivalRate} messages a minute, 1 min of work, half of the customers known, no reservation.`,
    theory: "M/M/3; the last agent is idle in the share of idle agents that an arrival meets.",
    assumptions: chance,
    world: (days) => world(days, agents, arrivalRate, 0),
    sizes: { full: { days: 18, replications: 32 }, quick: { days: 1, replications: 6 } },
    figures: [
      {
        name: "last-agent hits",
        exact: hitsWithoutReservation(arrivalRate, agents, exact.probabilityOfWaiting),
        errorMax: 0.01,
        of: meanOf(({ messages }, row) => messages.lastAgentHit[row] ?? 0, knowsLastAgent),
      },
      {
        name: "E[W], min",
        exact: exact.meanWait,
        errorMax: 0.01,
        of: meanOf(wait),
        control: occupied,
      },
    ],
  };
}

/** Whoever waits is a hit by chance; else the last agent is idle with probability idle ÷ agents. */
function hitsWithoutReservation(load: number, agents: number, waiting: number): number {
  const weights = [1];
  for (let busy = 1; busy < agents; busy += 1) weights.push(((weights.at(-1) ?? 0) * load) / busy);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const idle = weights.reduce((sum, weight, busy) => sum + weight * ((agents - busy) / agents), 0);
  return ((1 - waiting) * idle) / total + waiting / agents;
}

function withReservation(): ReferenceCase {
  const arrivalRate = 1.2;
  const law = stationaryLaw([0, 0, 0, 0, 0, 0], (state) => moves(arrivalRate, state));
  const known = arrivalRate * returning;
  return {
    id: "last-agent-reserved",
    title: "Kept for the last agent until free",
    setting: `2 agents, ${arrivalRate} messages a minute, 1 min of work, half of the customers known, reservation 60 min.`,
    theory:
      "The stationary chain of both agents, the two reserved lines and the common one, solved numerically.",
    assumptions: `Sixty services are so long that no reservation ends unused. A reservation that ends after a fixed time midway makes the chain's state an age; that is not compared. ${chance}`,
    world: (days) => world(days, 2, arrivalRate, 60),
    sizes: { full: { days: 16, replications: 30 }, quick: { days: 2, replications: 10 } },
    figures: [
      {
        name: "P(W > 0) of known customers",
        exact: law.mean(([a = 0, b = 0]) => (a + b) / 2),
        errorMax: 0.01,
        of: meanOf(waited, knowsLastAgent),
      },
      {
        name: "E[W] of known customers, min",
        exact: law.mean(([, , qa = 0, qb = 0]) => qa + qb) / known,
        errorMax: 0.01,
        of: meanOf(wait, knowsLastAgent),
        control: occupied,
      },
      {
        name: "P(W > 0) of new customers",
        exact: law.mean(([a = 0, b = 0]) => a * b),
        errorMax: 0.01,
        of: meanOf(waited, isNew),
        control: occupied,
      },
      {
        name: "E[W] of new customers, min",
        exact: law.mean(([, , , , q = 0]) => q) / (arrivalRate - known),
        errorMax: 0.01,
        of: meanOf(wait, isNew),
        control: occupied,
      },
    ],
  };
}

/** States: agent a busy, b busy, reserved for a, for b, common line, who has been idle longer. */
function moves(rate: number, state: readonly number[]): Move[] {
  const [a = 0, b = 0, qa = 0, qb = 0, q = 0, longer = 0] = state;
  const known = (rate * returning) / 2;
  const found: Move[] = [];
  const go = (to: readonly number[], by: number) => found.push({ to, rate: by });
  if (a === 0) go([1, b, 0, qb, 0, 0], known);
  else if (qa < reservedMax) go([1, b, qa + 1, qb, q, 0], known);
  if (b === 0) go([a, 1, qa, 0, 0, 0], known);
  else if (qb < reservedMax) go([a, 1, qa, qb + 1, q, 0], known);
  const fresh = rate * (1 - returning);
  if (a === 1 && b === 1) {
    if (q < commonMax) go([1, 1, qa, qb, q + 1, 0], fresh);
  } else if (b === 1 || (a === 0 && longer === 0)) go([1, b, 0, qb, 0, 0], fresh);
  else go([a, 1, qa, 0, 0, 0], fresh);
  if (a === 1) {
    if (qa > 0) go([1, b, qa - 1, qb, q, 0], 1);
    else if (q > 0) go([1, b, 0, qb, q - 1, 0], 1);
    else go([0, b, 0, qb, 0, b === 0 ? 1 : 0], 1);
  }
  if (b === 1) {
    if (qb > 0) go([a, 1, qa, qb - 1, q, 0], 1);
    else if (q > 0) go([a, 1, qa, 0, q - 1, 0], 1);
    else go([a, 0, qa, 0, 0, 0], 1);
  }
  return found;
}
