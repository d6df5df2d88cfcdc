import { createFastEngine } from "../core/fast/fast-engine.ts";
import { createNaiveEngine } from "../core/naive/naive-engine.ts";
import { smallShape, usualShape } from "./assign-workload.ts";
import { BareLoop } from "./bare-loop.ts";
import { CommandLoop } from "./command-loop.ts";
import { median, type Benchmark, type Figure } from "./figures.ts";
import { InternedLoop } from "./interned-loop.ts";
import { processorSeconds } from "./sampling.ts";

/**
 * Goal: assignments a second on one thread, each of them an arrival, a match and an end, in 256
 * queues with 4,096 agents of 4 skills and 4 slots, 30 % of customers with a last agent, a deadline
 * each; beside the bare loop over the same tables, in the same process and alternating with it.
 *
 * Non-goal: what a user of the worker sees. There is no journal, no thread and no HTTP here.
 */
interface Loop {
  /** Does so many assignments; answers a hash of who got what. */
  run(assignments: number): number;
}

const rounds = 5;

function throughput(
  name: string,
  goal: string,
  make: (smoke: boolean) => Loop,
  sizes: { readonly smoke: number; readonly full: number },
  beside?: (smoke: boolean) => Loop,
): Benchmark {
  return {
    name,
    goal,
    nonGoal: "latency, or anything through journal, threads or HTTP",
    run: async ({ smoke }) => {
      const count = smoke ? sizes.smoke : sizes.full;
      const loop = make(smoke);
      const other = beside?.(smoke);
      const own: number[] = [];
      const others: number[] = [];
      let hash = 0;
      loop.run(Math.ceil(count / 2)); // to warm up
      other?.run(Math.ceil(count / 2));
      for (let round = 0; round < rounds; round += 1) {
        own.push(count / processorSeconds(() => (hash = loop.run(count))));
        if (other !== undefined) others.push(count / processorSeconds(() => other.run(count)));
      }
      const figure = { name, samples: rounds, resultHash: (hash >>> 0).toString(16) };
      const figures: Figure[] = [
        { ...figure, metric: "throughput", unit: "assignments/s", value: median(own) },
      ];
      if (other !== undefined) {
        const ratio = median(own) / median(others);
        figures.push({ ...figure, metric: "of the bare loop", unit: "ratio", value: ratio });
      }
      return figures;
    },
  };
}

const waiting = (smoke: boolean): number => (smoke ? 10_000 : 1_000_000);
const sizes = { smoke: 5_000, full: 300_000 };

export const assignThroughput: readonly Benchmark[] = [
  throughput(
    "assign.bare-loop",
    "the least that these tables cost, with nothing waiting",
    () => new BareLoop(0),
    sizes,
  ),
  throughput(
    "assign.bare-loop-1m",
    "the least that these tables cost, with a million waiting",
    (smoke) => new BareLoop(waiting(smoke)),
    sizes,
  ),
  throughput(
    "assign.interned",
    "assignments by handle, every rule on, nothing waiting",
    () => new InternedLoop(0),
    sizes,
    () => new BareLoop(0),
  ),
  throughput(
    "assign.interned-1m",
    "assignments by handle, every rule on, a million waiting",
    (smoke) => new InternedLoop(waiting(smoke)),
    sizes,
    (smoke) => new BareLoop(waiting(smoke)),
  ),
  throughput(
    "assign.string-ids",
    "assignments through commands and events as objects, ids as texts",
    (smoke) => new CommandLoop(createFastEngine(), smoke ? smallShape : usualShape),
    sizes,
    () => new BareLoop(0),
  ),
  throughput(
    "assign.naive",
    "the same commands through the obvious engine",
    (smoke) => new CommandLoop(createNaiveEngine(), smoke ? smallShape : usualShape),
    { smoke: 200, full: 5_000 },
  ),
];
