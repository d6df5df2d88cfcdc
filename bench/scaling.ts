import { createEngine } from "../core/index.ts";
import { smallShape, usualShape, type Shape } from "./assign-workload.ts";
import { CommandLoop } from "./command-loop.ts";
import { median, type Benchmark, type Figure } from "./figures.ts";
import { processorSeconds } from "./sampling.ts";

/**
 * Goal: how the cost of an assignment grows with one thing at a time: conversations waiting, queues,
 * agents, skills of an agent. `growth` is the throughput at the smallest size over that at each.
 *
 * Non-goal: absolute throughput (`assign.*`).
 */
interface Dimension {
  readonly name: "waiting" | "queues" | "agents" | "skills";
  readonly goal: string;
  readonly sizes: readonly number[];
  readonly smokeSizes: readonly number[];
  readonly desk: (
    size: number,
    usual: Shape,
  ) => { readonly shape: Shape; readonly waiting: number };
}

const dimensions: readonly Dimension[] = [
  {
    name: "waiting",
    goal: "throughput by conversations waiting, every agent busy",
    sizes: [1_000, 10_000, 100_000, 1_000_000],
    smokeSizes: [100, 1_000],
    desk: (waiting, usual) => ({ shape: { ...usual, agents: usual.agents / 4 }, waiting }),
  },
  {
    name: "queues",
    goal: "throughput by skill queues",
    sizes: [64, 256, 1_024, 4_096],
    smokeSizes: [64, 256],
    desk: (queues, usual) => ({ shape: { ...usual, queues }, waiting: 0 }),
  },
  {
    name: "agents",
    goal: "throughput by agents signed in",
    sizes: [256, 1_024, 4_096, 16_384],
    smokeSizes: [256, 512],
    desk: (agents, usual) => ({ shape: { ...usual, agents }, waiting: 0 }),
  },
  {
    name: "skills",
    goal: "throughput by skills of each agent",
    sizes: [1, 4, 16, 50],
    smokeSizes: [1, 4],
    desk: (skillsPerAgent, usual) => ({
      shape: { ...usual, agents: usual.agents / 4, skillsPerAgent },
      waiting: 0,
    }),
  },
];

function scaling({ name: dimension, goal, sizes, smokeSizes, desk }: Dimension): Benchmark {
  return {
    name: `scaling.${dimension}`,
    goal,
    nonGoal: "absolute throughput, see assign.*",
    run: ({ smoke }) => {
      const figures = (smoke ? smokeSizes : sizes).map((size): Figure => {
        const { shape, waiting } = desk(size, smoke ? smallShape : usualShape);
        const { value, resultHash } = throughput(shape, waiting, smoke ? 500 : 20_000);
        const name = `scaling.${dimension}/${dimension}=${size}`;
        return { name, metric: "throughput", unit: "assignments/s", value, samples: 3, resultHash };
      });
      const smallest = figures[0]?.value ?? Number.NaN;
      const growth = figures.map((figure): Figure => {
        return { ...figure, metric: "growth", unit: "ratio", value: smallest / figure.value };
      });
      return Promise.resolve([...figures, ...growth.slice(1)]);
    },
  };
}

function throughput(shape: Shape, waiting: number, count: number) {
  const loop = new CommandLoop(createEngine(), shape, waiting);
  loop.run(count);
  let hash = 0;
  const rates = Array.from(
    { length: 3 },
    () => count / processorSeconds(() => (hash = loop.run(count))),
  );
  return { value: median(rates), resultHash: (hash >>> 0).toString(16) };
}

export const scalings: readonly Benchmark[] = dimensions.map(scaling);
