import { InternedEngine } from "../../../core/fast/interned-engine.ts";
import { simulate } from "../../../simulator/simulation.ts";
import { exponentialWork, theoryWorld } from "../../../simulator/validation/theory-world.ts";

/**
 * Heap in use, after a collection, at the end of each month of a year in one replication:
 * `node --expose-gc year.ts MESSAGES_A_DAY`. Closed conversations are kept for one day.
 */
/** Twelve of them end a day before the year does, while there are still commands to look at. */
const monthMs = (364 / 12) * 86_400_000;
const [perDay = "500"] = process.argv.slice(2);
const world = theoryWorld({
  days: 365,
  warmUpDays: 0,
  retention: { deduplicationHours: 1, dormantDays: 1, closedDays: 1 },
  channels: {
    q: {
      perMinute: Number(perDay) / 1440,
      handling: exponentialWork(5),
      customers: { population: 1000 },
    },
  },
  groups: { all: { agents: 8, queues: ["q"] } },
});
const collect = globalThis.gc;
if (collect === undefined) throw new Error("start with --expose-gc");
const heap: number[] = [];

class WatchedEngine extends InternedEngine {
  override deadlineBy(limit: number): number {
    if (this.at >= world.countFrom + (heap.length + 1) * monthMs && heap.length < 12) {
      collect?.();
      heap.push(process.memoryUsage().heapUsed);
    }
    return super.deadlineBy(limit);
  }
}

const engine = new WatchedEngine({ idsRememberedMax: 1 });
const { messages } = simulate(world, engine, 1, 1);
process.stdout.write(`${JSON.stringify({ messages: messages.count, heap })}\n`);
