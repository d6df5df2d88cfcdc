import { mmn } from "../erlang.ts";
import { ratioInterval } from "../statistics.ts";
import type { World } from "../world.ts";
import type { ReplicationRecord } from "../replication-record.ts";
import type { Effort } from "./reference-case.ts";
import { exponentialWork, theoryWorld } from "./theory-world.ts";

/**
 * How often 95 % intervals cover: many runs of a small system, each with an interval of its own from
 * the same code that `sim run` reads its verdicts from.
 */
export const coverageSizes = {
  full: { runs: 2000, replications: 5 },
  quick: { runs: 80, replications: 5 },
} as const satisfies Readonly<Record<Effort, { runs: number; replications: number }>>;

/** 0.95 ± 3.29 standard errors of 2,000 runs. */
export const coverageBand = { low: 0.934, high: 0.966 } as const;

const perMinute = 0.08;
const handleMinutes = 10;
const agents = 2;
const withinMinutes = 1;

export const coverageExact = 1 - mmn(perMinute, 1 / handleMinutes, agents).waitAbove(withinMinutes);

export const coverageSetting = `${agents} agents, ${perMinute} messages a minute, ${handleMinutes} min of work, one day counted after one of warm-up; share assigned within ${withinMinutes} min`;

export function coverageWorld(): World {
  return theoryWorld({
    days: 1,
    channels: { q: { perMinute, handling: exponentialWork(handleMinutes) } },
    groups: { all: { agents, queues: ["q"] } },
  });
}

/** Messages assigned within the limit, and all of them, in one replication. */
export function coverageCounts(world: World, record: ReplicationRecord): readonly [number, number] {
  let good = 0;
  let all = 0;
  for (let row = 0; row < record.messages.count; row += 1) {
    const at = record.messages.arrivedAt[row] ?? 0;
    if (at < world.countFrom || at >= world.countTo) continue;
    all += 1;
    if ((record.wallWaitMs[row] ?? 0) <= withinMinutes * 60_000) good += 1;
  }
  return [good, all];
}

/** Share of the runs whose interval has the exact value in it. @param counts run by run */
export function covered(counts: readonly (readonly [number, number])[], effort: Effort): number {
  const { runs, replications } = coverageSizes[effort];
  let hits = 0;
  for (let run = 0; run < runs; run += 1) {
    const own = counts.slice(run * replications, (run + 1) * replications);
    const { low, high } = ratioInterval(
      own.map(([good]) => good),
      own.map(([, all]) => all),
      0.95,
      { share: true, empty: 1 },
    );
    if (low <= coverageExact && coverageExact <= high) hits += 1;
  }
  return hits / runs;
}
