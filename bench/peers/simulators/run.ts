import { type Environment, environment } from "../../environment.ts";
import { UsageError } from "../../usage.ts";
import { contestants, heapByMonth, providePeers } from "./contest.ts";

/** What `npm run bench:peers -- simulators` keeps. */
export interface SimulatorResults {
  readonly environment: Environment;
  readonly observations: readonly {
    readonly name: string;
    /** One entry a round. */
    readonly eventsPerSecond: readonly number[];
    readonly meanWait: number;
  }[];
  /** Bytes in use after each month of a simulated year. */
  readonly heap: readonly number[];
}

/**
 * All simulators in turn, each in a fresh process, so that a slow minute hits everybody.
 *
 * Errors: `UsageError` where Python, Java or Maven is missing.
 */
export function runSimulators(smoke: boolean): SimulatorResults {
  provide();
  const begun = environment();
  const observations = contestants.map(({ name }) => {
    return { name, eventsPerSecond: [] as number[], meanWait: Number.NaN };
  });
  for (let round = 1; round <= (smoke ? 1 : 3); round += 1) {
    for (const [index, { name, customers, run }] of contestants.entries()) {
      const observed = run(smoke ? customers.smoke : customers.full, 7000 + round);
      const rate = (2 * observed.customers) / observed.seconds;
      const observation = observations[index];
      if (observation === undefined) throw new Error(`${name} has no place`);
      observation.eventsPerSecond.push(rate);
      observation.meanWait = observed.meanWait;
      const shown = Math.round(rate).toLocaleString("en").padStart(12);
      process.stdout.write(
        `${name.padEnd(30)} ${shown} events/s, mean wait ${observed.meanWait.toFixed(3)}\n`,
      );
    }
  }
  const heap = heapByMonth(smoke ? 100 : 2000);
  const ratio = (heap[11] ?? Number.NaN) / (heap[1] ?? Number.NaN);
  process.stdout.write(`heap at month 12 ÷ month 2: ${ratio.toFixed(3)}\n`);
  return { environment: begun, observations, heap };
}

function provide(): void {
  try {
    providePeers();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new UsageError(
      `python3 with venv, javac and mvn are needed; on Debian: apt-get install python3-venv default-jdk-headless maven (${error.message})`,
    );
  }
}
