import { counted } from "./figures.ts";
import type { ClockName, Measures, Scope } from "./measures.ts";
import type { Target } from "./scenario/schema.ts";
import type { Interval } from "./statistics.ts";

export type Verdict = "PASS" | "FAIL" | "UNDECIDED";

/** A target, what the replications say of it, and the verdict that follows. */
export interface JudgedTarget {
  /** The target in words. */
  readonly target: string;
  readonly verdict: Verdict;
  readonly unit: "share" | "minutes";
  /** At the confidence that all targets together keep the scenario's (Bonferroni). */
  readonly interval: Interval;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Beside an assigned-within target: the mean of daily shares, and the days that reach it. */
  readonly meanOfDays?: Interval;
  readonly daysMeeting?: Interval;
}

/**
 * Judges every target once: PASS where the whole interval meets it, FAIL where none of it does,
 * UNDECIDED where the interval straddles it, and with one replication always. Several targets share
 * the error probability.
 */
export function judge(measures: Measures, targets: readonly Target[]): readonly JudgedTarget[] {
  if (targets.length === 0) return [];
  const shared = measures.at(1 - (1 - measures.confidence) / targets.length);
  return targets.map((target) => judgeOne(shared, target));
}

/** The exit code of a run: 1 if any target fails, else 2 if any is undecided, else 0. */
export function exitCodeOf(judged: readonly JudgedTarget[]): number {
  if (judged.some(({ verdict }) => verdict === "FAIL")) return 1;
  return judged.some(({ verdict }) => verdict === "UNDECIDED") ? 2 : 0;
}

function judgeOne(measures: Measures, target: Target): JudgedTarget {
  switch (target.measure) {
    case "assigned-within": {
      const scoped = measures.select(scopeOf(target));
      const limitMs = target.minutes * 60_000;
      const interval = measures.assignedWithin(scoped, limitMs, target.clock);
      return {
        target: `assigned within ${counted(target.minutes, `${clockWords[target.clock]} minute`)}${where(target)} at least ${percent(target.atLeast)}`,
        ...atLeast(interval, target.atLeast),
        unit: "share",
        ...measures.byDay(scoped, limitMs, target.clock, target.atLeast),
      };
    }
    case "parked": {
      const interval = measures.parked(measures.select(scopeOf(target)));
      const words = `parked${where(target)} at most ${percent(target.atMost)}`;
      return { target: words, ...atMost(interval, target.atMost), unit: "share" };
    }
    case "wait-quantile": {
      const scoped = measures.select(scopeOf(target));
      const interval = minutes(measures.waitQuantile(scoped, target.quantile, target.clock));
      const words = `p${Number((target.quantile * 100).toPrecision(6))} of the wait${where(target)} at most ${counted(target.atMostMinutes, `${clockWords[target.clock]} minute`)}`;
      return { target: words, ...atMost(interval, target.atMostMinutes), unit: "minutes" };
    }
    case "last-agent-hits": {
      const interval = measures.lastAgentHits(measures.select(scopeOf(target)));
      const words = `last-agent hits${where(target)} at least ${percent(target.atLeast)}`;
      return { target: words, ...atLeast(interval, target.atLeast), unit: "share" };
    }
    case "occupancy": {
      const interval = measures.occupancy(target.which, target.group);
      const group = target.group === undefined ? "" : ` of group ${target.group}`;
      const words = `${target.which} occupancy${group} at most ${percent(target.atMost)}`;
      return { target: words, ...atMost(interval, target.atMost), unit: "share" };
    }
  }
}

const clockWords: Readonly<Record<ClockName, string>> = { working: "working", wall: "wall-clock" };

function atLeast(interval: Interval, bound: number) {
  const verdict: Verdict =
    interval.low >= bound ? "PASS" : interval.high < bound ? "FAIL" : "UNDECIDED";
  return { verdict, interval, atLeast: bound };
}

function atMost(interval: Interval, bound: number) {
  const verdict: Verdict =
    interval.high <= bound ? "PASS" : interval.low > bound ? "FAIL" : "UNDECIDED";
  return { verdict, interval, atMost: bound };
}

function scopeOf(target: {
  readonly channel?: string | undefined;
  readonly queue?: string | undefined;
}): Scope {
  return {
    ...(target.channel === undefined ? {} : { channel: target.channel }),
    ...(target.queue === undefined ? {} : { queue: target.queue }),
  };
}

function where(target: {
  readonly channel?: string | undefined;
  readonly queue?: string | undefined;
}): string {
  const parts = [
    target.channel === undefined ? [] : [`on ${target.channel}`],
    target.queue === undefined ? [] : [`in queue ${target.queue}`],
  ].flat();
  return parts.length === 0 ? "" : ` ${parts.join(" ")}`;
}

export function minutes(interval: Interval): Interval {
  return {
    ...interval,
    estimate: interval.estimate / 60_000,
    low: interval.low / 60_000,
    high: interval.high / 60_000,
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
