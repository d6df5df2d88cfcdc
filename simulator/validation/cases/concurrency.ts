import { type Move, stationaryLaw } from "../chains/stationary.ts";
import { meanOf, occupancy, wait, waited } from "../observations.ts";
import type { Observation, ReferenceCase } from "../reference-case.ts";
import { exponentialWork, theoryWorld } from "../theory-world.ts";

/** Beyond this many waiting the laws below have nothing left. */
const waitingMax = 200;

/** Units used × time ÷ units of capacity × time. */
const slots: Observation = (_world, record) => {
  const used = record.occupancy.reduce((sum, group) => sum + group.usedUnitMs, 0);
  return used / record.occupancy.reduce((sum, group) => sum + group.capacityUnitMs, 0);
};

interface Shared {
  readonly id: string;
  readonly agents: 1 | 2;
  readonly capacity: number;
  readonly curve: readonly number[];
  readonly arrivalRate: number;
  readonly serviceRate: number;
}

/** Several conversations an agent, on the effort curve. */
export const concurrencyCases: readonly ReferenceCase[] = [
  {
    id: "effort-one",
    agents: 1,
    capacity: 5,
    curve: [1, 1.7, 2.5, 2.9, 3.5],
    arrivalRate: 0.22,
    serviceRate: 0.1,
  } as const,
  {
    id: "effort-two",
    agents: 2,
    capacity: 3,
    curve: [1, 1.7, 2.5],
    arrivalRate: 0.35,
    serviceRate: 0.1,
  } as const,
].map(sharedEffort);

function sharedEffort(system: Shared): ReferenceCase {
  const { id, agents, capacity, curve, arrivalRate, serviceRate } = system;
  const law = stationaryLaw([0, 0, 0], (state) => moves(system, state));
  const second = agents === 2 ? 1 : 0;
  const isFull = ([i = 0, j = 0]: readonly number[]) =>
    i === capacity && (agents === 1 || j === capacity);
  const errorMax = 0.01;
  const used = law.mean(([i = 0, j = 0]) => i + second * j) / (agents * capacity);
  const control = { name: "slots", of: slots, mean: used };
  return {
    id,
    title: `${agents === 1 ? "One agent" : "Two agents"} with ${capacity} conversations each`,
    setting: `${arrivalRate} messages a minute, 10 min of work, effort curve ${curve.join(" / ")}${agents === 2 ? ", least-loaded" : ""}.`,
    theory: "The stationary chain of the conversations in each agent's hands, solved numerically.",
    assumptions:
      "Each of k conversations advances at e(k)/k, so with exponential work the chain needs only their numbers. Customers do not answer, so no slot waits for one.",
    world: (days) =>
      theoryWorld({
        days,
        queueSettings: {
          connectWaitSeconds: 0,
          liveFirst: false,
          agentSelection: "least-loaded",
        },
        channels: { q: { perMinute: arrivalRate, handling: exponentialWork(1 / serviceRate) } },
        groups: { all: { agents, queues: ["q"], capacity, efficiency: curve } },
      }),
    sizes: { full: { days: 60, replications: 84 }, quick: { days: 7, replications: 8 } },
    figures: [
      {
        name: "P(W > 0)",
        exact: law.mean((s) => Number(isFull(s))),
        errorMax,
        of: meanOf(waited),
        control,
      },
      {
        name: "E[W], min",
        exact: law.mean(([, , q = 0]) => q) / arrivalRate,
        errorMax,
        of: meanOf(wait),
        control,
      },
      {
        name: "agent occupancy",
        exact: law.mean(([i = 0, j = 0]) => Number(i > 0) + second * Number(j > 0)) / agents,
        errorMax,
        of: occupancy,
      },
      {
        name: "slots occupied",
        exact: used,
        errorMax,
        of: slots,
      },
    ],
  };
}

/** States: conversations of the first agent, of the second, waiting. */
function moves(system: Shared, [i = 0, j = 0, waiting = 0]: readonly number[]): Move[] {
  const { agents, capacity, curve, arrivalRate, serviceRate } = system;
  const rate = (held: number) => (held === 0 ? 0 : serviceRate * (curve[held - 1] ?? 0));
  const found: Move[] = [];
  const go = (to: readonly number[], by: number) => {
    if (by > 0) found.push({ to, rate: by });
  };
  if (i < capacity && (agents === 1 || i < j)) go([i + 1, j, 0], arrivalRate);
  else if (agents === 2 && j < capacity && j < i) go([i, j + 1, 0], arrivalRate);
  else if (agents === 2 && i < capacity && i === j) {
    go([i + 1, j, 0], arrivalRate / 2);
    go([i, j + 1, 0], arrivalRate / 2);
  } else if (waiting < waitingMax) go([i, j, waiting + 1], arrivalRate);
  if (waiting > 0) go([i, j, waiting - 1], rate(i) + rate(j));
  else {
    go([i - 1, j, 0], rate(i));
    go([i, j - 1, 0], rate(j));
  }
  return found;
}
