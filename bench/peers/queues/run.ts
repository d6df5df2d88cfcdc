import { environment, type Environment } from "../../environment.ts";
import { UsageError } from "../../usage.ts";
import { contend, type Phase, type PhaseSeen } from "./contest.ts";
import { contestants, type Contestant, type Durability } from "./contestants.ts";
import { providePackages, versions } from "./packages.ts";
import { postgresVersion } from "./postgres.ts";
import { redisVersion } from "./redis.ts";

/** What `npm run bench:peers -- queues` keeps. */
export interface QueueResults {
  readonly environment: Environment;
  readonly versions: Readonly<Record<string, string>>;
  readonly phases: readonly Phase[];
  readonly contestants: readonly {
    readonly name: string;
    readonly kind: Contestant["kind"];
    readonly durability: Durability;
    /** One entry a round, each with all phases; the first phase only warms up. */
    readonly rounds: readonly (readonly PhaseSeen[])[];
  }[];
  /** Rounds that a contestant did not end: too slow, or a message lost. */
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

/**
 * A server has run for days when the morning comes, so the first burst warms it up. 400 agents of 100
 * slots keep what they have: 40,000 messages at most.
 */
const fullPhases: readonly Phase[] = [
  { count: 14_000, rate: 0 },
  { count: 20_000, rate: 0 },
  { count: 2_000, rate: 250 },
  { count: 3_000, rate: 1_000 },
];
const smokePhases: readonly Phase[] = [
  { count: 200, rate: 0 },
  { count: 500, rate: 0 },
  { count: 100, rate: 100 },
];

/**
 * All contestants on the same work, in turn, so that a slow minute of the machine meets different
 * ones in different rounds.
 *
 * Errors: `UsageError` where Redis or PostgreSQL is not installed, or `only` names no contestant.
 */
export async function runQueues(options: {
  readonly smoke: boolean;
  readonly rounds: number;
  /** Part of the names of those that run. @defaultValue all of them */
  readonly only: string | undefined;
  /** Told of what there is so far after each contestant. */
  readonly keep: (results: QueueResults) => void;
}): Promise<QueueResults> {
  const { smoke, rounds, only = "" } = options;
  const chosen = contestants.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()));
  if (chosen.length === 0) {
    const names = contestants.map(({ name }) => name).join("; ");
    throw new UsageError(`no contestant has ${only} in its name; there are ${names}`);
  }
  const used = (...kinds: readonly string[]) => chosen.some(({ kind }) => kinds.includes(kind));
  const found = {
    ...versions,
    ...(used("bullmq") && { redis: redisVersion() }),
    ...(used("graphile-worker", "skip-locked") && { postgresql: postgresVersion() }),
  };
  if (used("bullmq", "graphile-worker", "skip-locked")) providePackages();
  const phases = smoke ? smokePhases : fullPhases;
  const begun = environment();
  const seen = chosen.map(({ name, kind, durability }) => {
    return { name, kind, durability, rounds: [] as PhaseSeen[][] };
  });
  const failures: { name: string; message: string }[] = [];
  const results = { environment: begun, versions: found, phases, contestants: seen, failures };
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of chosen.entries()) {
      const { name } = contestant;
      try {
        const came = await contend(contestant, phases);
        seen[index]?.rounds.push(came);
        for (const phase of came.slice(1)) process.stdout.write(`${line(name, phase)}\n`);
      } catch (error) {
        // The others are measured all the same.
        const message = error instanceof Error ? error.message : String(error);
        failures.push({ name, message });
        process.stderr.write(`FAILED: ${message}\n`);
      }
      options.keep(results);
    }
  }
  return results;
}

function line(name: string, phase: PhaseSeen): string {
  const offered = phase.rate === 0 ? `burst of ${phase.count}` : `${phase.rate}/s offered`;
  const rate = Math.round(phase.perSecond).toLocaleString("en").padStart(8);
  const [p50, p99, p999] = [phase.p50, phase.p99, phase["p99.9"]].map((ms) => ms.toFixed(1));
  return `${name.padEnd(46)} ${offered.padEnd(16)} ${rate}/s  p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms, processor ${Math.round(phase.serverUs)} + ${Math.round(phase.clientsUs)} us each`;
}
