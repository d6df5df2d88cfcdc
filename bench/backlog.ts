import { latencyFigures, median, type Benchmark, type Figure } from "./figures.ts";
import { turnsUs, type Turns } from "./sampling.ts";

/** A desk with a backlog of some size, and the turn that must not grow with it. */
export interface Backlog extends Omit<Turns, "count"> {
  readonly resultHash: () => string;
}

interface ByBacklog extends Pick<Benchmark, "name" | "goal" | "nonGoal"> {
  /** What the sizes count. */
  readonly of: string;
  readonly sizes: readonly [number, number];
  readonly smokeSizes: readonly [number, number];
  /** Turns that are timed. @defaultValue 5,000 */
  readonly count?: number;
  readonly open: (size: number) => Backlog;
}

/** How long one turn takes beside a small backlog and beside a large one, and how much longer. */
export function byBacklog(settings: ByBacklog): Benchmark {
  const { name, goal, nonGoal, of, sizes, smokeSizes, count = 5_000, open } = settings;
  return {
    name,
    goal,
    nonGoal,
    run: async ({ smoke }) => {
      const figures: Figure[] = [];
      const medians: number[] = [];
      const [small, large] = smoke ? smokeSizes : sizes;
      const sampled = async (size: number) => {
        const { turn, prepare, resultHash } = open(size);
        const turns = { turn, count: smoke ? 100 : count };
        const samples = await turnsUs(prepare === undefined ? turns : { ...turns, prepare });
        return { samples, resultHash };
      };
      // Once for nothing, or the small one would be that of code not yet compiled.
      await sampled(small);
      for (const size of [small, large]) {
        const { samples, resultHash } = await sampled(size);
        medians.push(median(samples));
        const shares = { p50: 0.5, p99: 0.99, max: 1 };
        figures.push(
          ...latencyFigures(`${name}/${of}=${size}`, "us", samples, shares, resultHash()),
        );
      }
      const [smallUs = Number.NaN, largeUs = Number.NaN] = medians;
      const last = figures.at(-1);
      if (last === undefined) throw new Error("nothing was measured");
      return [...figures, { ...last, metric: "growth", unit: "ratio", value: largeUs / smallUs }];
    },
  };
}
