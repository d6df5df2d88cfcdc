import type { GroupOccupancy } from "./agents-at-work.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { pool, quantileInterval } from "./quantiles.ts";
import { type Interval, levelInterval, meanInterval, ratioInterval } from "./statistics.ts";
import type { World } from "./world.ts";

/** Which messages a measure looks at. */
export interface Scope {
  readonly channel?: string;
  readonly queue?: string;
  /** Of agents: what one of them was the first to be assigned. */
  readonly group?: string;
}

export type ClockName = "wall" | "working";

/**
 * The messages of a scope, one entry a replication. The denominator of every measure of messages is
 * *every message that sought an agent and arrived in the counted window*: it began an episode, or
 * joined one that nobody owned yet. Messages to a conversation that an agent has in hand are not in
 * it, nor are those of conversations that the bot ended by itself.
 */
export interface ScopedMessages {
  /** Rows of the replication's log. */
  readonly rows: readonly Int32Array[];
  /** Sorted waits from arrival to assignment, ms; infinite where no agent ever got it. */
  readonly waits: Readonly<Record<ClockName, readonly Float64Array[]>>;
  /** The waits of all replications together, sorted. */
  readonly pooled: Readonly<Record<ClockName, Float64Array>>;
}

export class Measures {
  readonly world: World;
  readonly records: readonly ReplicationRecord[];
  readonly confidence: number;

  constructor(world: World, records: readonly ReplicationRecord[], confidence: number) {
    this.world = world;
    this.records = records;
    this.confidence = confidence;
  }

  /** The same measures with other intervals. */
  at(confidence: number): Measures {
    return new Measures(this.world, this.records, confidence);
  }

  select(scope: Scope): ScopedMessages {
    const { channels, queues, groups, agents, countFrom, countTo } = this.world;
    const channel = channels.findIndex(({ id }) => id === scope.channel);
    const queue = queues.findIndex(({ id }) => id === scope.queue);
    const group = groups.findIndex(({ name }) => name === scope.group);
    const rows = this.records.map(({ messages }) => {
      const chosen: number[] = [];
      for (let row = 0; row < messages.count; row += 1) {
        const at = messages.arrivedAt[row] ?? 0;
        if (at < countFrom || at >= countTo || messages.contained[row] === 1) continue;
        if (scope.channel !== undefined && messages.channel[row] !== channel) continue;
        if (scope.queue !== undefined && messages.queue[row] !== queue) continue;
        if (scope.group !== undefined && agents[messages.agent[row] ?? -1]?.group !== group)
          continue;
        chosen.push(row);
      }
      return Int32Array.from(chosen);
    });
    const sorted = (clock: ClockName): readonly Float64Array[] =>
      this.records.map((record, index) => {
        const waits = waitsOf(record, clock);
        return Float64Array.from(rows[index] ?? [], (row) => waits[row] ?? 0).toSorted();
      });
    const waits = { wall: sorted("wall"), working: sorted("working") };
    return { rows, waits, pooled: { wall: pool(waits.wall), working: pool(waits.working) } };
  }

  /** Messages of the scope in a replication: mean over replications. */
  messages({ rows }: ScopedMessages): Interval {
    return levelInterval(
      rows.map((chosen) => chosen.length),
      this.confidence,
    );
  }

  /**
   * Assigned within T ÷ all messages of the scope (strict: who parked or left counts against it).
   * The ratio of expectations; 0/0 = 1.
   */
  assignedWithin(scoped: ScopedMessages, limitMs: number, clock: ClockName): Interval {
    return this.#share(
      scoped,
      (record, row) => (waitsOf(record, clock)[row] ?? 0) <= limitMs,
      () => true,
    );
  }

  /**
   * Assigned within T ÷ messages that did not park or leave within T: a lenient reading of the
   * literature, which a worse system can look better under.
   */
  assignedWithinOfPatient(scoped: ScopedMessages, limitMs: number, clock: ClockName): Interval {
    return this.#share(
      scoped,
      (record, row) => (waitsOf(record, clock)[row] ?? 0) <= limitMs,
      (record, row) => !leftWithin(this.world, record, row, limitMs, clock),
    );
  }

  /** (Assigned within T + parked or left within T) ÷ all messages: the other lenient reading. */
  settledWithin(scoped: ScopedMessages, limitMs: number, clock: ClockName): Interval {
    return this.#share(
      scoped,
      (record, row) =>
        (waitsOf(record, clock)[row] ?? 0) <= limitMs ||
        leftWithin(this.world, record, row, limitMs, clock),
      () => true,
    );
  }

  /** Parked before anybody was assigned ÷ all messages. 0/0 = 0. */
  parked(scoped: ScopedMessages): Interval {
    return this.#share(
      scoped,
      ({ messages }, row) => !Number.isNaN(messages.parkedAt[row]),
      () => true,
      0,
    );
  }

  /** Closed before anybody was assigned (the customer withdrew, or offline messages are off) ÷ all. */
  closedUnassigned(scoped: ScopedMessages): Interval {
    return this.#share(
      scoped,
      ({ messages }, row) =>
        Number.isNaN(messages.assignedAt[row]) &&
        Number.isNaN(messages.parkedAt[row]) &&
        !Number.isNaN(messages.closedAt[row]),
      () => true,
      0,
    );
  }

  /** Went to the last agent ÷ assigned messages whose last agent was known and valid. 0/0 = 1. */
  lastAgentHits(scoped: ScopedMessages): Interval {
    return this.#share(
      scoped,
      ({ messages }, row) => messages.lastAgentHit[row] === 1,
      ({ messages }, row) => (messages.lastAgentHit[row] ?? -1) >= 0,
    );
  }

  /** Quantile of the wait of *all* messages, ms; parked ones have an infinite wait. */
  waitQuantile(scoped: ScopedMessages, q: number, clock: ClockName): Interval {
    return quantileInterval(scoped.waits[clock], q, this.confidence, scoped.pooled[clock]);
  }

  /** The same of the assigned alone: it may fall where more park, so it is an extra, never a verdict. */
  waitQuantileOfAssigned(scoped: ScopedMessages, q: number, clock: ClockName): Interval {
    const assigned = scoped.waits[clock].map((waits) => waits.filter((wait) => wait < Infinity));
    return quantileInterval(assigned, q, this.confidence);
  }

  /** Mean wait of the assigned, ms: Σ waits ÷ number assigned. */
  meanWaitOfAssigned(scoped: ScopedMessages, clock: ClockName): Interval {
    const assigned = scoped.waits[clock].map((waits) => waits.filter((wait) => wait < Infinity));
    return ratioInterval(
      assigned.map((waits) => waits.reduce((sum, wait) => sum + wait, 0)),
      assigned.map((waits) => waits.length),
      this.confidence,
      { share: false, empty: 0 },
    );
  }

  /**
   * Occupancy of a group (of all if absent) ÷ signed-in time of its agents in the counted window:
   * `agent` time with at least one conversation owned; `slots` units used ÷ units of capacity;
   * `effort` time at work on at least one.
   */
  occupancy(which: "agent" | "slots" | "effort", group?: string): Interval {
    const chosen = this.world.groups.flatMap(({ name }, index) =>
      group === undefined || name === group ? [index] : [],
    );
    const sums = (pick: (sums: GroupOccupancy) => number): number[] =>
      this.records.map(({ occupancy }) =>
        chosen.reduce((total, index) => {
          const entry = occupancy[index];
          return entry === undefined ? total : total + pick(entry);
        }, 0),
      );
    const parts = {
      agent: [sums((s) => s.busyMs), sums((s) => s.signedInMs)],
      slots: [sums((s) => s.usedUnitMs), sums((s) => s.capacityUnitMs)],
      effort: [sums((s) => s.workingMs), sums((s) => s.signedInMs)],
    } as const;
    const [used, available] = parts[which];
    return ratioInterval(used, available, this.confidence, { share: true, empty: 0 });
  }

  /**
   * Of each replication's days (by arrival) the share assigned within T; then the mean of those daily
   * shares, and the share of days that reach `goal`. Days without messages count as reached.
   */
  byDay(
    scoped: ScopedMessages,
    limitMs: number,
    clock: ClockName,
    goal: number,
  ): { readonly meanOfDays: Interval; readonly daysMeeting: Interval } {
    const days = this.world.days.filter(
      (day) => day.to > this.world.countFrom && day.from < this.world.countTo,
    );
    const means: number[] = [];
    const meeting: number[] = [];
    const asked = this.records.map(() => days.length);
    for (const [index, record] of this.records.entries()) {
      const good = new Float64Array(days.length);
      const all = new Float64Array(days.length);
      const waits = waitsOf(record, clock);
      for (const row of scoped.rows[index] ?? []) {
        const day = dayOf(days, record.messages.arrivedAt[row] ?? 0);
        all[day] = (all[day] ?? 0) + 1;
        if ((waits[row] ?? 0) <= limitMs) good[day] = (good[day] ?? 0) + 1;
      }
      const shares = Array.from(all, (count, day) => (count === 0 ? 1 : (good[day] ?? 0) / count));
      means.push(shares.reduce((sum, share) => sum + share, 0) / shares.length);
      meeting.push(shares.filter((share) => share >= goal).length);
    }
    return {
      meanOfDays: meanInterval(means, this.confidence),
      daysMeeting: ratioInterval(meeting, asked, this.confidence, { share: true, empty: 1 }),
    };
  }

  /** Good ones and asked ones of each replication: what a share is the ratio of. */
  counts(
    { rows }: ScopedMessages,
    isGood: RowTest,
    isAsked: RowTest = () => true,
  ): { readonly good: readonly number[]; readonly asked: readonly number[] } {
    const good: number[] = [];
    const asked: number[] = [];
    for (const [index, record] of this.records.entries()) {
      let goodCount = 0;
      let askedCount = 0;
      for (const row of rows[index] ?? []) {
        if (!isAsked(record, row)) continue;
        askedCount += 1;
        if (isGood(record, row)) goodCount += 1;
      }
      good.push(goodCount);
      asked.push(askedCount);
    }
    return { good, asked };
  }

  #share(
    scoped: ScopedMessages,
    isGood: RowTest,
    isAsked: RowTest = () => true,
    empty = 1,
  ): Interval {
    const { good, asked } = this.counts(scoped, isGood, isAsked);
    return ratioInterval(good, asked, this.confidence, { share: true, empty });
  }
}

/** A question about one row of a replication's log. */
export type RowTest = (record: ReplicationRecord, row: number) => boolean;

export function waitsOf(record: ReplicationRecord, clock: ClockName): Float64Array {
  return clock === "wall" ? record.wallWaitMs : record.workingWaitMs;
}

/** Parked, or closed unassigned, no later than T after arrival. */
function leftWithin(
  world: World,
  { messages }: ReplicationRecord,
  row: number,
  limitMs: number,
  clock: ClockName,
): boolean {
  if (!Number.isNaN(messages.assignedAt[row])) return false;
  const parkedAt = messages.parkedAt[row] ?? Number.NaN;
  const left = Number.isNaN(parkedAt) ? (messages.closedAt[row] ?? Number.NaN) : parkedAt;
  if (Number.isNaN(left)) return false;
  const arrivedAt = messages.arrivedAt[row] ?? 0;
  if (clock === "wall") return left - arrivedAt <= limitMs;
  const queue = world.queues[messages.queue[row] ?? 0];
  return (queue?.clock.between(arrivedAt, left) ?? 0) <= limitMs;
}

function dayOf(days: World["days"], at: number): number {
  const found = days.findLastIndex((day) => day.from <= at);
  return Math.max(0, found);
}
