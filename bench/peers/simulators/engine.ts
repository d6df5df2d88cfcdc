import { runReplication } from "../../../simulator/replication-worker.ts";
import { exponentialWork, theoryWorld } from "../../../simulator/validation/theory-world.ts";

/** M/M/c through the real engine: `node engine.ts DAYS SEED`. 69,120 customers a day. */
const [days = "1", seed = "1"] = process.argv.slice(2);

const world = theoryWorld({
  days: Number(days),
  warmUpDays: 0,
  channels: { q: { perMinute: 48, handling: exponentialWork(1) } },
  groups: { all: { agents: 50, queues: ["q"] } },
});
const begin = process.cpuUsage();
const { messages, wallWaitMs, broken } = runReplication(world, Number(seed), 1);
const { user, system } = process.cpuUsage(begin);
const seconds = (user + system) / 1e6;
if (broken.length > 0) throw new Error(broken.join("\n"));
const waits = wallWaitMs.reduce(
  (sum, wait) => sum + (wait < Number.POSITIVE_INFINITY ? wait : 0),
  0,
);
const meanWait = waits / 60_000 / messages.count;
process.stdout.write(`${JSON.stringify({ customers: messages.count, seconds, meanWait })}\n`);
