import { cobham, erlangA, fixedLimit, mg1MeanWait, mmn } from "../../erlang.ts";
import {
  meanOf,
  occupancy,
  onChannel,
  timeInQueue,
  unassigned,
  wait,
  waited,
  wasAssigned,
} from "../observations.ts";
import type { CaseSize, Effort, ReferenceCase } from "../reference-case.ts";
import { exponentialWork, theoryWorld } from "../theory-world.ts";

type Sizes = Readonly<Record<Effort, CaseSize>>;

const inside =
  "Kept inside the theory's assumptions: connectWaitSeconds 0, liveFirst false, capacity 1, no last agent, no surge rate, automatic acceptance, no calendar.";

/** One group of like agents: M/M/n, with impatience, with a limit, with priorities; M/G/1. */
export const oneGroupCases: readonly ReferenceCase[] = [
  delay({
    id: "erlang-c-13",
    perMinute: 3.5,
    handleMinutes: 3,
    agents: 13,
    errorMax: 0.01,
    sizes: { full: { days: 12, replications: 60 }, quick: { days: 2, replications: 8 } },
  }),
  delay({
    id: "erlang-c-50",
    perMinute: 48,
    handleMinutes: 1,
    agents: 50,
    errorMax: 0.05,
    sizes: { full: { days: 1, replications: 24 }, quick: { days: 1, replications: 0 } },
  }),
  impatient(),
  limited(),
  priorities(),
  ...[0, 1, 2, 4].map((squaredCv) => singleServer(squaredCv)),
];

function delay(system: {
  readonly id: string;
  readonly perMinute: number;
  readonly handleMinutes: number;
  readonly agents: number;
  readonly errorMax: 0.01 | 0.05;
  readonly sizes: Sizes;
}): ReferenceCase {
  const { id, perMinute, handleMinutes, agents, errorMax, sizes } = system;
  const exact = mmn(perMinute, 1 / handleMinutes, agents);
  const control = { name: "occupancy", of: occupancy, mean: exact.occupancy };
  return {
    id,
    title: `M/M/${agents}, ${perMinute} messages a minute, ${handleMinutes} min of work`,
    setting: `One queue, ${agents} agents, Poisson arrivals, exponential work, nobody gives up.`,
    theory: "Erlang C.",
    assumptions: inside,
    world: (days) =>
      theoryWorld({
        days,
        channels: { q: { perMinute, handling: exponentialWork(handleMinutes) } },
        groups: { all: { agents, queues: ["q"] } },
      }),
    sizes,
    figures: [
      {
        name: "P(W > 0)",
        exact: exact.probabilityOfWaiting,
        errorMax,
        of: meanOf(waited),
        control,
      },
      { name: "E[W], min", exact: exact.meanWait, errorMax, of: meanOf(wait), control },
      { name: "occupancy", exact: exact.occupancy, errorMax: 0.01, of: occupancy },
    ],
  };
}

function impatient(): ReferenceCase {
  const exact = erlangA(48, 1, 50, 0.5);
  return {
    id: "erlang-a-50",
    title: "M/M/50 with exponential patience (Erlang A), θ = 0.5",
    setting: "48 messages a minute, 1 min of work; customers withdraw after 2 min on average.",
    theory: "Erlang A.",
    assumptions: inside,
    world: (days) =>
      theoryWorld({
        days,
        channels: {
          q: {
            perMinute: 48,
            handling: exponentialWork(1),
            customers: { withdrawsAfter: { law: "exponential", mean: 2 } },
          },
        },
        groups: { all: { agents: 50, queues: ["q"] } },
      }),
    sizes: { full: { days: 1, replications: 28 }, quick: { days: 1, replications: 0 } },
    figures: [
      { name: "P(W > 0)", exact: exact.probabilityOfWaiting, errorMax: 0.01, of: meanOf(waited) },
      { name: "P(Ab)", exact: exact.abandonment, errorMax: 0.05, of: meanOf(unassigned) },
      { name: "E[W], min", exact: exact.meanWait, errorMax: 0.05, of: meanOf(timeInQueue) },
      { name: "occupancy", exact: exact.occupancy, errorMax: 0.01, of: occupancy },
    ],
  };
}

function limited(): ReferenceCase {
  const exact = fixedLimit(10, 1, 10, 2);
  return {
    id: "fixed-limit-10",
    title: "M/M/10 with a fixed limit of 2 min, at full load",
    setting: "10 messages a minute, 1 min of work, 10 agents, routing time limit 2 min.",
    theory: "M/M/n+D (Baccelli–Hébuterne).",
    assumptions: inside,
    world: (days) =>
      theoryWorld({
        days,
        channels: {
          q: {
            perMinute: 10,
            handling: exponentialWork(1),
            offlineMessages: { routingTimeLimit: 2, routingTimeLimitUnit: "minutes" },
          },
        },
        groups: { all: { agents: 10, queues: ["q"] } },
      }),
    sizes: { full: { days: 4, replications: 12 }, quick: { days: 1, replications: 4 } },
    figures: [
      { name: "P(expire)", exact: exact.abandonment, errorMax: 0.05, of: meanOf(unassigned) },
      { name: "P(W > 0)", exact: exact.probabilityOfWaiting, errorMax: 0.01, of: meanOf(waited) },
      { name: "E[W], min", exact: exact.meanWait, errorMax: 0.01, of: meanOf(timeInQueue) },
      {
        name: "E[W | assigned], min",
        exact: exact.meanWaitOfAnswered,
        errorMax: 0.01,
        of: meanOf(wait, wasAssigned),
      },
    ],
  };
}

function priorities(): ReferenceCase {
  const [first = 0, second = 0] = cobham([1.5, 2.5], 1, 5);
  const control = { name: "occupancy", of: occupancy, mean: 0.8 };
  const handling = exponentialWork(1);
  return {
    id: "cobham-5",
    title: "Two priorities before five agents",
    setting: "1.5 messages a minute on a channel of priority 1, 2.5 on one of priority 0.",
    theory: "Cobham's formula.",
    assumptions: inside,
    world: (days) =>
      theoryWorld({
        days,
        channels: {
          first: { perMinute: 1.5, handling, queue: "q", settings: { priority: 1 } },
          second: { perMinute: 2.5, handling, queue: "q" },
        },
        groups: { all: { agents: 5, queues: ["q"] } },
      }),
    sizes: { full: { days: 9, replications: 40 }, quick: { days: 1, replications: 8 } },
    figures: [
      {
        name: "E[W] of priority 1, min",
        exact: first,
        errorMax: 0.01,
        of: meanOf(wait, onChannel(0)),
        control,
      },
      {
        name: "E[W] of priority 0, min",
        exact: second,
        errorMax: 0.01,
        of: meanOf(wait, onChannel(1)),
        control,
      },
    ],
  };
}

/** Work with mean 1 min and this squared coefficient of variation. */
function workOf(squaredCv: number): object {
  if (squaredCv === 0) return { law: "deterministic", value: 1 };
  if (squaredCv === 1) return exponentialWork(1);
  return { law: "gamma", mean: 1, shape: 1 / squaredCv };
}

function singleServer(squaredCv: number): ReferenceCase {
  return {
    id: `mg1-${squaredCv}`,
    title: `M/G/1 at 80 %, CV² = ${squaredCv}`,
    setting: `One agent, 0.8 messages a minute, 1 min of work; law: ${squaredCv === 0 ? "deterministic" : squaredCv === 1 ? "exponential" : "gamma"}.`,
    theory: "Pollaczek–Khinchine.",
    assumptions: inside,
    world: (days) =>
      theoryWorld({
        days,
        channels: { q: { perMinute: 0.8, handling: workOf(squaredCv) } },
        groups: { all: { agents: 1, queues: ["q"] } },
      }),
    sizes: serverSizes(squaredCv),
    figures: [
      {
        name: "E[W], min",
        exact: mg1MeanWait(0.8, 1, squaredCv),
        errorMax: 0.01,
        of: meanOf(wait),
        control: { name: "occupancy", of: occupancy, mean: 0.8 },
      },
    ],
  };
}

/** The more the work varies, the longer it takes to learn the mean wait. */
function serverSizes(squaredCv: number): Sizes {
  const days = squaredCv > 1 ? 80 : 28;
  return {
    full: { days, replications: 40 },
    quick: { days: 6, replications: squaredCv === 1 ? 8 : 0 },
  };
}
