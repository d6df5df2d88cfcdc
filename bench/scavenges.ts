import { PerformanceObserver, constants } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import type { Benchmark } from "./figures.ts";
import { InternedLoop } from "./interned-loop.ts";

/**
 * Goal: whether the engine allocates in steady state: how often the young generation is collected in
 * a million commands by handle, after as many to warm up.
 *
 * Non-goal: what commands and events as objects allocate.
 */
export const scavenges: Benchmark = {
  name: "memory.scavenges",
  goal: "collections of the young generation in a million commands by handle, after warming up",
  nonGoal: "what commands and events as objects allocate",
  execArgv: ["--expose-gc"],
  run: async ({ smoke }) => {
    // An assignment is two commands.
    const assignments = smoke ? 2_000 : 500_000;
    let minor = 0;
    const observer = new PerformanceObserver((list) => {
      // Entries of this type have it, as Node documents.
      const entries = list.getEntries() as readonly GarbageCollection[];
      for (const { detail } of entries) {
        if (detail?.kind === constants.NODE_PERFORMANCE_GC_MINOR) minor += 1;
      }
    });
    const loop = new InternedLoop(0);
    loop.run(assignments);
    // What the compiler and the warming up left lies in the young generation still.
    globalThis.gc?.();
    await turn();
    observer.observe({ entryTypes: ["gc"] });
    const hash = loop.run(assignments);
    // Entries are handed over in a turn of their own.
    await turn();
    await turn();
    observer.disconnect();
    const resultHash = (hash >>> 0).toString(16);
    const samples = 2 * assignments;
    const name = "memory.scavenges";
    return [{ name, metric: "scavenges", unit: "count", value: minor, samples, resultHash }];
  },
};

interface GarbageCollection extends PerformanceEntry {
  readonly detail?: { readonly kind: number };
}
