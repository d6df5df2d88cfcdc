import type { Measures } from "./measures.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { type Interval, levelInterval, ratioInterval } from "./statistics.ts";
import { summarizeQuantiles, type WaitQuantiles } from "./wait-quantiles.ts";

/**
 * What one group of agents does. Its messages are those that its agents *took*: messages of the counted
 * window whose first assignment went to one of them. So none of them parked, and their service level
 * says how old what they took was, not how many were served in time: what nobody took is no group's.
 */
export interface GroupSummary {
  readonly group: string;
  readonly agents: number;
  /** Time with at least one conversation in hand ÷ signed-in time. */
  readonly agent: Interval;
  /** Units used × time ÷ units of capacity × time. */
  readonly slots: Interval;
  /** Time at work on at least one ÷ signed-in time. */
  readonly effort: Interval;
  /** Messages taken, a replication. */
  readonly taken: Interval;
  /** Taken ÷ messages of the window assigned to anybody. 0/0 = 0. */
  readonly shareOfAssigned: Interval;
  /** Taken within T of working time ÷ taken. 0/0 = 1. */
  readonly takenWithin: Interval;
  /** Working time from arrival to assignment, ms: Σ waits ÷ taken. */
  readonly meanWait: Interval;
  /** The same, quantiles over what was taken. */
  readonly workingWait: WaitQuantiles;
  /** Went to the last agent ÷ taken whose last agent was known and valid. 0/0 = 1. */
  readonly lastAgentHits: Interval;
  /**
   * Handled: an agent wrote into the conversation after it ÷ taken, less what was still in hand, or
   * waited again, when the simulation ended. 0/0 = 1.
   */
  readonly answered: Interval;
  /** Wall clock from assignment to that answer, ms: Σ ÷ taken and answered. */
  readonly meanUntilAnswered: Interval;
  /** Messages that agents of the group wrote in the window, later answers among them, a replication. */
  readonly answers: Interval;
  /** Time at work on at least one ÷ messages written: what an answer costs, concurrency and all, ms. */
  readonly workPerAnswer: Interval;
}

/** Complexity: O(messages × log messages), once for each group. */
export function summarizeGroups(
  measures: Measures,
  withinMinutes: number,
): readonly GroupSummary[] {
  const { world, records, confidence } = measures;
  const assigned = assignedOf(measures);
  return world.groups.map(({ name }, index) => {
    const scoped = measures.select({ group: name });
    const taken = scoped.rows.map((rows) => rows.length);
    const of = (pick: (record: ReplicationRecord, row: number) => number): readonly number[] =>
      records.map((record, replication) => {
        let sum = 0;
        for (const row of scoped.rows[replication] ?? []) sum += pick(record, row);
        return sum;
      });
    const answered = of(({ messages }, row) => Number(Number.isFinite(messages.answeredAt[row])));
    const known = of(({ messages }, row) => Number(messages.answeredAt[row] !== Infinity));
    const untilAnswered = of(({ messages }, row) => {
      const ms = (messages.answeredAt[row] ?? Number.NaN) - (messages.assignedAt[row] ?? 0);
      return Number.isFinite(ms) ? ms : 0;
    });
    const worked = records.map(({ occupancy }) => occupancy[index]?.workingMs ?? 0);
    const answers = records.map(({ occupancy }) => occupancy[index]?.answers ?? 0);
    const share = { share: true, empty: 1 } as const;
    const duration = { share: false, empty: 0 } as const;
    return {
      group: name,
      agents: world.agents.filter(({ group }) => group === index).length,
      agent: measures.occupancy("agent", name),
      slots: measures.occupancy("slots", name),
      effort: measures.occupancy("effort", name),
      taken: levelInterval(taken, confidence),
      shareOfAssigned: ratioInterval(taken, assigned, confidence, { share: true, empty: 0 }),
      takenWithin: measures.assignedWithin(scoped, withinMinutes * 60_000, "working"),
      meanWait: measures.meanWaitOfAssigned(scoped, "working"),
      workingWait: summarizeQuantiles(measures, scoped, "working"),
      lastAgentHits: measures.lastAgentHits(scoped),
      answered: ratioInterval(answered, known, confidence, share),
      meanUntilAnswered: ratioInterval(untilAnswered, answered, confidence, duration),
      answers: levelInterval(answers, confidence),
      workPerAnswer: ratioInterval(worked, answers, confidence, duration),
    };
  });
}

/** Messages of the window that anybody got, by replication. */
function assignedOf(measures: Measures): readonly number[] {
  return measures.counts(
    measures.select({}),
    ({ messages }, row) => !Number.isNaN(messages.assignedAt[row]),
  ).good;
}
