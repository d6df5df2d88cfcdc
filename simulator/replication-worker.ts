import { workerData } from "node:worker_threads";
import { InternedEngine } from "../core/fast/interned-engine.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { simulate } from "./simulation.ts";
import { buildWorld, type World } from "./world.ts";

/** What every replication of a run shares. */
export interface RunData {
  readonly scenario: Scenario;
  readonly seed: number;
}

let world: World | undefined;

/** One replication on a thread of the pool; which thread makes no difference to it. */
export function simulateReplication(replication: number): ReplicationRecord {
  const { scenario, seed } = workerData as RunData;
  world ??= buildWorld(scenario);
  return runReplication(world, seed, replication);
}

/**
 * One replication in this thread. No message of a simulation is ever sent twice, so the engine need
 * not remember ids; nor customers who have nothing open, where nobody goes to a last agent.
 */
export function runReplication(
  ofWorld: World,
  seed: number,
  replication: number,
): ReplicationRecord {
  const remembersCustomers = ofWorld.channels.some(({ lastAgent }) => lastAgent);
  const engine = new InternedEngine({
    idsRememberedMax: 1,
    ...(remembersCustomers ? {} : { customersRememberedMax: 1 }),
  });
  return simulate(ofWorld, engine, seed, replication);
}
