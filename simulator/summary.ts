import { createHash } from "node:crypto";
import { engineVersion } from "../core/engine.ts";
import { runDigest } from "./decision-digest.ts";
import { counted } from "./figures.ts";
import { Measures, type Scope } from "./measures.ts";
import { type GroupSummary, summarizeGroups } from "./group-summary.ts";
import {
  type ArrivalColumns,
  arrivalColumns,
  type QueueSummary,
  summarizeQueues,
} from "./queue-summary.ts";
import type { ReplicationRecord } from "./replication-record.ts";
import { arrivalIntervals } from "./service-by-interval.ts";
import { type Interval, levelInterval } from "./statistics.ts";
import { type QueueTheory, theoryBeside } from "./theory-beside.ts";
import { type JudgedTarget, judge } from "./verdicts.ts";
import { summarizeQuantiles, type WaitQuantiles } from "./wait-quantiles.ts";
import { runOnDays, warmUpRuleDays, type World } from "./world.ts";

/** All measures of one scope of messages. Waits in ms. */
export interface ScopeSummary {
  readonly label: string;
  readonly scope: Scope;
  readonly messages: Interval;
  readonly assignedWithin: Interval;
  readonly assignedWithinOfPatient: Interval;
  readonly settledWithin: Interval;
  readonly parked: Interval;
  readonly closedUnassigned: Interval;
  readonly lastAgentHits: Interval;
  readonly meanWaitOfAssigned: Interval;
  readonly workingWait: WaitQuantiles;
  readonly wallWait: WaitQuantiles;
  readonly wallP90OfAssigned: Interval;
}

/** What a run comes to: everything that the table, results.json and the report say. */
export interface RunSummary {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly replications: number;
  readonly confidence: number;
  readonly digest: string;
  readonly engineVersion: number;
  readonly node: string;
  readonly v8: string;
  readonly configurationHash: string;
  readonly scenarioHash: string;
  readonly start: string;
  readonly timeZone: string;
  readonly days: number;
  readonly warmUpDays: number;
  readonly withinMinutes: number;
  readonly assumptions: readonly string[];
  readonly warnings: readonly string[];
  readonly broken: readonly string[];
  readonly verdicts: readonly JudgedTarget[];
  readonly scopes: readonly ScopeSummary[];
  readonly groups: readonly GroupSummary[];
  /** Those that some channel with traffic uses. */
  readonly queues: readonly QueueSummary[];
  /** Service level by interval of arrival, all queues together. */
  readonly arrivals: ArrivalColumns;
  readonly theory: readonly QueueTheory[];
  /** Mean number a replication. */
  readonly reasons: readonly { readonly reason: string; readonly count: Interval }[];
  readonly refusedWrites: readonly { readonly code: string; readonly count: Interval }[];
  readonly commands: number;
}

export function summarize(
  world: World,
  records: readonly ReplicationRecord[],
  seed: number,
): RunSummary {
  const { scenario } = world;
  const { settings, configuration } = scenario;
  const measures = new Measures(world, records, settings.run.confidence);
  const target = settings.targets.find(({ measure }) => measure === "assigned-within");
  const withinMinutes = target?.measure === "assigned-within" ? target.minutes : 30;
  return {
    name: scenario.name,
    about: settings.about,
    seed,
    replications: records.length,
    confidence: settings.run.confidence,
    digest: runDigest(records.map(({ digest }) => digest)),
    engineVersion,
    node: process.versions.node,
    v8: process.versions.v8,
    configurationHash: hashOf(configuration),
    scenarioHash: hashOf(settings),
    start: settings.start,
    timeZone: settings.timeZone,
    days: settings.days,
    warmUpDays: Math.round((world.countFrom - world.from) / 86_400_000),
    withinMinutes,
    assumptions: settings.assumptions,
    warnings: warningsOf(world, records),
    broken: brokenIn(records),
    verdicts: judge(measures, settings.targets),
    scopes: scopesOf(world).map(({ label, scope }) =>
      summarizeScope(measures, label, scope, withinMinutes),
    ),
    groups: summarizeGroups(measures, withinMinutes),
    queues: summarizeQueues(measures, withinMinutes),
    arrivals: arrivalColumns(measures, arrivalIntervals(measures, withinMinutes * 60_000)),
    theory: theoryBeside(world, records, withinMinutes * 60_000),
    reasons: countsOf(records, (record) => record.reasons, settings.run.confidence).map(
      ({ key, count }) => ({ reason: key, count }),
    ),
    refusedWrites: countsOf(records, (record) => record.refusedWrites, settings.run.confidence).map(
      ({ key, count }) => ({ code: key, count }),
    ),
    commands: records.reduce((sum, record) => sum + record.commands, 0),
  };
}

/** All messages, then each channel with traffic, then each queue that any of them uses. */
function scopesOf(world: World): readonly { readonly label: string; readonly scope: Scope }[] {
  const channels = world.channels.filter(({ traffic }) => traffic !== undefined);
  const queues = new Set(channels.map(({ settings }) => settings.skillQueue));
  return [
    { label: "all", scope: {} },
    ...channels.map(({ id }) => ({ label: `channel ${id}`, scope: { channel: id } })),
    ...[...queues].map((id) => ({ label: `queue ${id}`, scope: { queue: id } })),
  ];
}

function summarizeScope(
  measures: Measures,
  label: string,
  scope: Scope,
  withinMinutes: number,
): ScopeSummary {
  const scoped = measures.select(scope);
  const limitMs = withinMinutes * 60_000;
  return {
    label,
    scope,
    messages: measures.messages(scoped),
    assignedWithin: measures.assignedWithin(scoped, limitMs, "working"),
    assignedWithinOfPatient: measures.assignedWithinOfPatient(scoped, limitMs, "working"),
    settledWithin: measures.settledWithin(scoped, limitMs, "working"),
    parked: measures.parked(scoped),
    closedUnassigned: measures.closedUnassigned(scoped),
    lastAgentHits: measures.lastAgentHits(scoped),
    meanWaitOfAssigned: measures.meanWaitOfAssigned(scoped, "working"),
    workingWait: summarizeQuantiles(measures, scoped, "working"),
    wallWait: summarizeQuantiles(measures, scoped, "wall"),
    wallP90OfAssigned: measures.waitQuantileOfAssigned(scoped, 0.9, "wall"),
  };
}

/** What may surprise whoever reads a run's figures. */
export function warningsOf(world: World, records: readonly ReplicationRecord[]): readonly string[] {
  const warnings: string[] = [...world.scenario.warnings];
  const rule = warmUpRuleDays(world.configuration);
  const given = world.scenario.settings.warmUpDays;
  if (given !== undefined && given < rule) {
    warnings.push(
      `warm-up: ${counted(given, "day")} simulated before the counted window, ${rule} would be the rule (longest memory plus a week); the system began empty.`,
    );
  }
  const unsettled = records.reduce((sum, record) => sum + record.unsettled, 0);
  if (unsettled > 0) {
    warnings.push(
      `${counted(unsettled, "counted message")} still waited ${runOnDays} days after the window: not assigned in any figure.`,
    );
  }
  if (records.every(({ messages }) => messages.count === 0)) {
    warnings.push("no message sought an agent, in the window or before it.");
  }
  if (records.length === 1) {
    warnings.push("one replication: no interval and no verdict but UNDECIDED can be given.");
  }
  const idle = world.agents.filter(({ group }) => group < 0).map(({ id }) => id);
  if (idle.length > 0) warnings.push(`never on shift: ${idle.slice(0, 12).join(", ")}.`);
  return warnings;
}

/** Invariants that broke, which are bugs of the simulation. */
export function brokenIn(records: readonly ReplicationRecord[]): readonly string[] {
  return records.flatMap(({ broken, replication }) =>
    broken.map((what) => `replication ${replication}: ${what}`),
  );
}

function countsOf(
  records: readonly ReplicationRecord[],
  pick: (record: ReplicationRecord) => Readonly<Record<string, number>>,
  confidence: number,
): readonly { readonly key: string; readonly count: Interval }[] {
  const keys = [...new Set(records.flatMap((record) => Object.keys(pick(record))))].toSorted();
  return keys.map((key) => ({
    key,
    count: levelInterval(
      records.map((record) => pick(record)[key] ?? 0),
      confidence,
    ),
  }));
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
