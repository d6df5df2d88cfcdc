import { expect } from "vitest";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import type { ReplicationRecord } from "../../simulator/replication-record.ts";
import { runReplication } from "../../simulator/replication-worker.ts";
import { readShape } from "../../simulator/scenario/read-shape.ts";
import type { Scenario } from "../../simulator/scenario/scenario.ts";
import { scenarioSchema, type ScenarioSettings } from "../../simulator/scenario/schema.ts";
import { studentQuantile } from "../../simulator/special-functions.ts";
import { mean, variance } from "../../simulator/statistics.ts";
import { buildWorld, type World } from "../../simulator/world.ts";

/** One group of like agents under the settings for which queueing formulas hold. */
export interface TheoryCase {
  readonly agents: number;
  readonly perMinute: number;
  readonly handleMinutes: number;
  /** Routing limit, whole minutes. @defaultValue 60 days */
  readonly limitMinutes?: number;
  /** Mean patience, exponential. @defaultValue unlimited */
  readonly patienceMinutes?: number;
  readonly days: number;
}

const always = ["00:00-24:00"];

export function theoryWorld(theory: TheoryCase): World {
  const { agents, perMinute, handleMinutes, limitMinutes, patienceMinutes, days } = theory;
  const configuration = {
    skillQueues: [{ id: "q", connectWaitSeconds: 0, liveFirst: false }],
    agents: Array.from({ length: agents }, (_unused, index) => ({
      id: `a${index}`,
      skills: { q: 5 },
      capacity: 1,
    })),
    channels: [
      {
        id: "c",
        kind: "web",
        skillQueue: "q",
        offlineMessages: {
          enabled: true,
          routingTimeLimit: limitMinutes ?? 60,
          routingTimeLimitUnit: limitMinutes === undefined ? "days" : "minutes",
        },
      },
    ],
  };
  const patience = { law: "exponential", mean: patienceMinutes };
  return worldOf({
    configuration,
    start: "2026-03-02T00:00",
    timeZone: "UTC",
    days,
    warmUpDays: 1,
    traffic: {
      c: {
        arrivals: [{ process: "poisson", perHour: perMinute * 60 }],
        customers: {
          replies: { neverAnswers: 1 },
          ...(patienceMinutes === undefined ? {} : { withdrawsAfter: patience }),
        },
        handling: { first: { law: "exponential", mean: handleMinutes }, closes: 1 },
      },
    },
    staff: {
      all: {
        agents: ["*"],
        shifts: {
          mon: always,
          tue: always,
          wed: always,
          thu: always,
          fri: always,
          sat: always,
          sun: always,
        },
      },
    },
  });
}

/** The world of a scenario document with its configuration inside. */
export function worldOf(document: {
  readonly configuration: object;
  readonly [key: string]: unknown;
}): World {
  const resolution = resolveConfiguration(document.configuration);
  if ("violations" in resolution) throw new Error(JSON.stringify(resolution.violations));
  const { value, problems } = readShape(scenarioSchema, document);
  expect(problems).toEqual([]);
  const scenario: Scenario = {
    name: "case",
    settings: value as ScenarioSettings,
    configuration: resolution.configuration,
    traces: {},
    warnings: [],
  };
  return buildWorld(scenario);
}

/** Replications 1 to `count`, in this thread; every invariant must have held. */
export function replicate(world: World, count: number, seed = 1): readonly ReplicationRecord[] {
  return Array.from({ length: count }, (_unused, index) => {
    const record = runReplication(world, seed, index + 1);
    expect(record.broken).toEqual([]);
    return record;
  });
}

/** Mean over the counted messages of a replication. */
export function average(
  world: World,
  record: ReplicationRecord,
  value: (row: number) => number,
): number {
  const { messages } = record;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < messages.count; row += 1) {
    const at = messages.arrivedAt[row] ?? 0;
    if (at < world.countFrom || at >= world.countTo) continue;
    sum += value(row);
    count += 1;
  }
  return sum / count;
}

/**
 * |mean − exact| ≤ 3.29 standard errors (the matching quantile of Student's t below 100
 * replications), and the error itself small enough to mean something.
 */
export function expectAgreement(values: readonly number[], exact: number, errorMax: number): void {
  const error = Math.sqrt(variance(values) / values.length);
  const factor = studentQuantile(values.length - 1, 1 - 0.0005);
  const distance = Math.abs(mean(values) - exact);
  expect({ mean: mean(values), exact, error: error <= errorMax * exact ? "small" : error }).toEqual(
    {
      mean: distance <= factor * error ? mean(values) : `within ${factor * error}`,
      exact,
      error: "small",
    },
  );
}
