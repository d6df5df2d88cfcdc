import { fcfsAlis } from "../../erlang.ts";
import { meanOf, onChannel, wait, waited } from "../observations.ts";
import type { ReferenceCase } from "../reference-case.ts";
import { exponentialWork, theoryWorld, type TheoryGroup } from "../theory-world.ts";

interface Design {
  readonly letter: string;
  readonly setting: string;
  readonly perMinute: Readonly<Record<string, number>>;
  /** Agents who work at `rate` messages a minute. */
  readonly groups: Readonly<Record<string, TheoryGroup & { readonly rate: number }>>;
}

const designs: readonly Design[] = [
  {
    letter: "V",
    setting: "Two queues, one group of three with both skills.",
    perMinute: { x: 1, y: 0.9 },
    groups: { all: { agents: 3, queues: ["x", "y"], rate: 1 } },
  },
  {
    letter: "N",
    setting: "Two agents take x only; two slower ones take x and y.",
    perMinute: { x: 1.5, y: 0.7 },
    groups: {
      one: { agents: 2, queues: ["x"], rate: 1 },
      both: { agents: 2, queues: ["x", "y"], rate: 0.8 },
    },
  },
  {
    letter: "M",
    setting: "One agent for x, one for y, and a faster one for both.",
    perMinute: { x: 0.9, y: 0.8 },
    groups: {
      x: { agents: 1, queues: ["x"], rate: 0.9 },
      y: { agents: 1, queues: ["y"], rate: 0.8 },
      both: { agents: 1, queues: ["x", "y"], rate: 1.2 },
    },
  },
  {
    letter: "W",
    setting: "Three queues; two agents take x and y, two take y and z.",
    perMinute: { x: 0.7, y: 1, z: 0.8 },
    groups: {
      left: { agents: 2, queues: ["x", "y"], rate: 1 },
      right: { agents: 2, queues: ["y", "z"], rate: 1 },
    },
  },
];

/** Several queues and groups: V-, N-, M- and W-designs against the product form. */
export const skillDesignCases: readonly ReferenceCase[] = designs.map((design) => {
  const { letter, setting, perMinute, groups } = design;
  const queues = Object.keys(perMinute);
  const exact = fcfsAlis({
    arrivalRates: Object.values(perMinute),
    agents: Object.values(groups).flatMap(({ agents, queues: skills, rate }) =>
      Array.from({ length: agents }, () => ({
        serviceRate: rate,
        queues: skills.map((queue) => queues.indexOf(queue)),
      })),
    ),
  });
  return {
    id: `design-${letter.toLowerCase()}`,
    title: `${letter}-design`,
    setting,
    theory: "Product form of FCFS-ALIS (Adan & Weiss 2014).",
    assumptions:
      "The router's order across queues is age, and its choice the longest idle, which is the theory's policy. Speeds are points of the groups' effort curves.",
    world: (days) =>
      theoryWorld({
        days,
        channels: Object.fromEntries(
          queues.map((queue) => [
            queue,
            { perMinute: perMinute[queue] ?? 0, handling: exponentialWork(1) },
          ]),
        ),
        groups: Object.fromEntries(
          Object.entries(groups).map(([name, group]) => [
            name,
            { ...group, efficiency: [group.rate] },
          ]),
        ),
      }),
    sizes: {
      full: { days: letter === "V" ? 12 : 8, replications: letter === "W" ? 60 : 40 },
      quick: { days: 1, replications: letter === "N" ? 8 : 0 },
    },
    figures: queues.flatMap((queue, index) => [
      {
        name: `P(W > 0) of ${queue}`,
        exact: exact?.[index]?.probabilityOfWaiting ?? Number.NaN,
        errorMax: 0.01 as const,
        of: meanOf(waited, onChannel(index)),
      },
      {
        name: `E[W] of ${queue}, min`,
        exact: exact?.[index]?.meanWait ?? Number.NaN,
        errorMax: 0.01 as const,
        of: meanOf(wait, onChannel(index)),
      },
    ]),
  };
});
