import { Bench } from "tinybench";

/** One kind of turn, done again and again. */
export interface Turns {
  /** What is timed. */
  readonly turn: () => void;
  /** Done before each, outside the sample. */
  readonly prepare?: () => void;
  /** How many samples are taken; a tenth more go before them to warm up. */
  readonly count: number;
}

/** How long each turn takes, in microseconds, in the order in which they were done. */
export async function turnsUs({ turn, prepare, count }: Turns): Promise<number[]> {
  const bench = new Bench({
    retainSamples: true,
    time: 0,
    iterations: count,
    warmup: true,
    warmupTime: 0,
    warmupIterations: Math.ceil(count / 10),
    throws: true,
  });
  // Said, or it would be tried out once without `prepare`.
  bench.add("turn", turn, { async: false, ...(prepare !== undefined && { beforeEach: prepare }) });
  await bench.run();
  const [task] = bench.tasks;
  const result = task?.result;
  if (result === undefined || !("latency" in result)) throw new Error("the benchmark did not run");
  return (result.latency.samples ?? []).map((ms) => ms * 1_000);
}

/** Seconds of processor time that work takes: other processes on the machine count less. */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Milliseconds that go by. */
export function elapsedMs(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}
