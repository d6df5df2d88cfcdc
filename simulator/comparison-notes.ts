import type { ComparedRun } from "./comparison.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { warningsOf } from "./summary.ts";
import { warmUpRuleDays } from "./world.ts";

/**
 * Both scenarios begun at the same instant: where their warm-ups differ, as when the second remembers
 * last agents for longer, both get the longer one. Customers are counted from where the simulation
 * begins, so with different beginnings no customer of the one would be a customer of the other.
 */
export function begunTogether(first: Scenario, second: Scenario): readonly [Scenario, Scenario] {
  const [a, b] = [warmUpOf(first), warmUpOf(second)];
  if (a === b) return [first, second];
  const warmUpDays = Math.max(a, b);
  const begun = (scenario: Scenario): Scenario => ({
    ...scenario,
    settings: { ...scenario.settings, warmUpDays },
  });
  return [begun(first), begun(second)];
}

function warmUpOf({ settings, configuration }: Scenario): number {
  return settings.warmUpDays ?? warmUpRuleDays(configuration);
}

/**
 * What to read a comparison with: the channels on which the customers are not the same, since the
 * scenarios say different things of them; then the warnings of both runs, those of one by its name.
 */
export function comparisonNotes(
  names: readonly [string, string],
  first: ComparedRun,
  second: ComparedRun,
): readonly string[] {
  const ofFirst = warningsOf(first.world, first.records);
  const ofSecond = warningsOf(second.world, second.records);
  return [
    ...sameDecisions(first, second),
    ...differentTraffic(first.world.scenario, second.world.scenario),
    ...ofFirst.map((note) => (ofSecond.includes(note) ? note : `${names[0]}: ${note}`)),
    ...ofSecond.flatMap((note) => (ofFirst.includes(note) ? [] : [`${names[1]}: ${note}`])),
  ];
}

/** So that nobody takes the width of an interval about 0 for something that was seen. */
function sameDecisions(first: ComparedRun, second: ComparedRun): readonly string[] {
  const isSame = first.records.every(
    ({ digest }, index) => digest === second.records[index]?.digest,
  );
  return isSame
    ? [
        "decisions: the same in both, in every replication. Where an interval is not [0, 0] it says how much may still come in replications that were not run.",
      ]
    : [];
}

function differentTraffic(first: Scenario, second: Scenario): readonly string[] {
  const [a, b] = [first.settings, second.settings];
  const isShared = same([a.profiles, a.specialDays], [b.profiles, b.specialDays]);
  const channels = [...new Set([...Object.keys(a.traffic), ...Object.keys(b.traffic)])].filter(
    (channel) => !isShared || !same(a.traffic[channel], b.traffic[channel]),
  );
  return channels.length === 0
    ? []
    : [
        `traffic: the scenarios differ in what arrives on ${channels.join(", ")} or what its customers do, so there the customers are not the same, and what they share is less.`,
      ];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
