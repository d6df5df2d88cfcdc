import { type BirthDeath, poissonLaw, timeInStates, transient } from "./birth-death.ts";

/** Agents and messages of a place that closes at night. Rates a minute, times in minutes. */
export interface OfficeDay {
  readonly arrivalRate: number;
  readonly serviceRate: number;
  readonly agents: number;
  readonly openMinutes: number;
}

/** Means over a day that has become like the day before. */
export interface OfficeFigures {
  /** Number waiting just after opening, half way, and after three quarters of the open time. */
  readonly waitingAtOpen: number;
  readonly waitingHalfWay: number;
  readonly waitingLater: number;
  /** Wall-clock wait over all messages. */
  readonly meanWait: number;
  /** Share of all messages that wait at all. */
  readonly probabilityOfWaiting: number;
}

const size = 1200;
const dayMinutes = 1440;

/**
 * The chain of the number in the system over the day, brought to its daily cycle: birth and death
 * while open; while closed agents finish what they have and messages only arrive. What agents have
 * in hand at closing is done by opening (a night is many service times).
 */
export function officeCycle(day: OfficeDay): OfficeFigures {
  const { arrivalRate, serviceRate, agents, openMinutes } = day;
  const chain: BirthDeath = {
    size,
    birth: arrivalRate,
    death: (state) => serviceRate * Math.min(state, agents),
  };
  const night = dayMinutes - openMinutes;
  const overnight = poissonLaw(arrivalRate * night, size);
  const waiting = (law: Float64Array) =>
    law.reduce((sum, mass, state) => sum + mass * Math.max(0, state - agents), 0);
  let opening = overnight;
  let closing = transient(chain, opening, openMinutes);
  for (let turn = 0; turn < 200; turn += 1) {
    const before = waiting(closing);
    opening = convolved(leftOver(closing, agents), overnight);
    closing = transient(chain, opening, openMinutes);
    if (Math.abs(waiting(closing) - before) < 1e-10) break;
  }
  const spent = timeInStates(chain, opening, openMinutes);
  const free = spent.reduce((sum, time, state) => sum + (state < agents ? time : 0), 0);
  const queueByNight = night * (waiting(closing) + (arrivalRate * night) / 2);
  return {
    waitingAtOpen: waiting(opening),
    waitingHalfWay: waiting(transient(chain, opening, openMinutes / 2)),
    waitingLater: waiting(transient(chain, opening, openMinutes * 0.75)),
    meanWait: (waiting(spent) + queueByNight) / (arrivalRate * dayMinutes),
    probabilityOfWaiting: 1 - free / dayMinutes,
  };
}

/** A night's messages that all begin to age when the doors open, and park `limit` minutes later. */
export interface NightBacklog {
  readonly meanMessages: number;
  readonly serviceRate: number;
  readonly agents: number;
  readonly limit: number;
}

/** The transient pure-death chain of a night's backlog: what is not begun by the limit parks. */
export function nightBacklog({ meanMessages, serviceRate, agents, limit }: NightBacklog): {
  readonly parked: number;
  /** Working-clock time in the queue over all messages; a parked one counts the limit. */
  readonly meanTimeInQueue: number;
} {
  const chain = {
    size,
    birth: 0,
    death: (state: number) => serviceRate * Math.min(state, agents),
  };
  const opening = poissonLaw(meanMessages, size);
  const waiting = (law: Float64Array) =>
    law.reduce((sum, mass, state) => sum + mass * Math.max(0, state - agents), 0);
  return {
    parked: waiting(transient(chain, opening, limit)) / meanMessages,
    meanTimeInQueue: waiting(timeInStates(chain, opening, limit)) / meanMessages,
  };
}

/** Those still waiting at closing. */
function leftOver(closing: Float64Array, agents: number): Float64Array {
  const law = new Float64Array(size);
  for (const [state, mass] of closing.entries()) {
    const waiting = Math.max(0, state - agents);
    law[waiting] = (law[waiting] ?? 0) + mass;
  }
  return law;
}

function convolved(one: Float64Array, other: Float64Array): Float64Array {
  const law = new Float64Array(size);
  for (const [a, massA] of one.entries()) {
    if (massA < 1e-18) continue;
    for (let b = 0; a + b < size; b += 1) {
      law[a + b] = (law[a + b] ?? 0) + massA * (other[b] ?? 0);
    }
  }
  return law;
}
