import type { CalendarPlan } from "../core/commands.ts";
import { planCalendar } from "../core/configuration/calendar.ts";
import type { ChannelSettings, ResolvedConfiguration } from "../core/configuration/resolved.ts";
import type { Law } from "./distributions.ts";
import { keyOf } from "./keyed-random.ts";
import { instantOf, type LocalDay, localDays } from "./local-time.ts";
import { OpenClock } from "./open-clock.ts";
import { agentsOfGroup } from "./scenario/agent-patterns.ts";
import { lawOf } from "./scenario/law-settings.ts";
import type { Scenario } from "./scenario/scenario.ts";
import type { GroupSettings } from "./scenario/staff-settings.ts";
import { minuteOfDay, minutesOfHours } from "./scenario/text-forms.ts";
import { type ChannelTraffic, profileDays } from "./scenario/traffic-settings.ts";
import type { ShiftPlan } from "./shifts.ts";
import type { ChannelSources, TrafficSetting } from "./traffic.ts";

/**
 * A scenario with everything worked out that is the same in every replication: instants, laws,
 * calendars, who is in which group.
 */
export interface World {
  readonly scenario: Scenario;
  /** What the engine is given: the scenario's configuration, heartbeats apart (see `engineSettings`). */
  readonly configuration: ResolvedConfiguration;
  /** The counted window, epoch ms. */
  readonly countFrom: number;
  readonly countTo: number;
  /** The simulated span around it: warm-up before, and time for what is still open after. */
  readonly from: number;
  readonly to: number;
  readonly plans: readonly CalendarPlan[];
  readonly queues: readonly WorldQueue[];
  readonly channels: readonly WorldChannel[];
  readonly agents: readonly WorldAgent[];
  readonly groups: readonly WorldGroup[];
  readonly traffic: TrafficSetting;
  readonly days: readonly LocalDay[];
  /** A millisecond before each instant of the counted window at which a queue opens or closes. */
  readonly doors: readonly number[];
}

export interface WorldQueue {
  readonly id: string;
  /** Always open where the queue has no calendar. */
  readonly clock: OpenClock;
}

export interface WorldChannel {
  readonly id: string;
  readonly key: number;
  readonly settings: ChannelSettings;
  /** Units of a conversation. */
  readonly cost: number;
  /** Undefined: nothing arrives here. */
  readonly traffic: ChannelTraffic | undefined;
  readonly sources: ChannelSources;
  readonly laws: ChannelLaws;
  readonly returnFrom: readonly { readonly channel: number; readonly weight: number }[];
  /** Whether the last-agent rule can apply. */
  readonly lastAgent: boolean;
}

/** All in ms. */
export interface ChannelLaws {
  readonly returnAfter: Law;
  readonly replyAfter: Law;
  readonly withdrawsAfter: Law | undefined;
  readonly writesAgainAfter: Law | undefined;
  readonly first: Law;
  readonly later: Law;
  readonly botAnswersAfter: Law;
}

export interface WorldAgent {
  readonly id: string;
  readonly key: number;
  readonly capacity: number;
  readonly skills: ReadonlySet<string>;
  /** Place among the groups; −1: never signs in. */
  readonly group: number;
}

export interface WorldGroup {
  readonly name: string;
  readonly plan: ShiftPlan;
  readonly acceptProbability: number;
  readonly acceptsAfter: Law;
  readonly flapsPerHour: number;
  readonly flapLasts: Law | undefined;
  readonly efficiency: readonly number[];
}

/** Days that run on after the counted window until what arrived in it has settled. */
export const runOnDays = 7;

const dayMs = 86_400_000;

export function buildWorld(scenario: Scenario): World {
  const { settings, configuration } = scenario;
  const { timeZone } = settings;
  const countFrom = instantOf(settings.start, timeZone);
  const countTo = daysLater(settings.start, timeZone, settings.days);
  const from = countFrom - (settings.warmUpDays ?? warmUpRuleDays(configuration)) * dayMs;
  const to = countTo + runOnDays * dayMs;
  const plans = configuration.calendars.map((calendar) => ({
    calendar: calendar.id,
    from,
    ...planCalendar(calendar, from, to + 2 * dayMs),
  }));
  const queues = configuration.skillQueues.map((queue) => {
    const plan = plans.find(({ calendar }) => calendar === queue.calendar);
    return { id: queue.id, clock: new OpenClock(from, plan?.open ?? true, plan?.flips ?? []) };
  });
  return {
    scenario,
    configuration: engineSettings(configuration),
    countFrom,
    countTo,
    from,
    to,
    plans,
    queues,
    channels: configuration.channels.map((channel) => worldChannel(scenario, channel)),
    groups: Object.entries(settings.staff).map(([name, group]) => worldGroup(name, group)),
    agents: worldAgents(scenario),
    traffic: {
      timeZone,
      profiles: settings.profiles,
      specialDays: new Map(settings.specialDays.map(({ date, factor }) => [date, factor])),
      from,
      to,
    },
    days: localDays(timeZone, from, to),
    doors: doorsOf(plans, countFrom, countTo),
  };
}

/**
 * Warm-up by rule: the longest memory of the system (last-agent validity, routing limit, dormancy)
 * and a week.
 */
export function warmUpRuleDays(configuration: ResolvedConfiguration): number {
  const perDay = { minutes: 1 / 1440, hours: 1 / 24, days: 1 };
  const memories = configuration.channels.flatMap(({ lastAgentMode, offlineMessages }) => [
    lastAgentMode.enabled ? lastAgentMode.validityMinutes / 1440 : 0,
    offlineMessages.enabled
      ? offlineMessages.routingTimeLimit * perDay[offlineMessages.routingTimeLimitUnit]
      : 0,
    offlineMessages.enabled ? configuration.retention.dormantDays : 0,
  ]);
  return Math.ceil(Math.max(0, ...memories)) + 7;
}

function doorsOf(
  plans: readonly CalendarPlan[],
  countFrom: number,
  countTo: number,
): readonly number[] {
  const flips = new Set(plans.flatMap((plan) => plan.flips));
  return [...flips]
    .filter((at) => at > countFrom && at <= countTo)
    .toSorted((a, b) => a - b)
    .map((at) => at - 1);
}

/** The engine keeps a closed conversation as long as it recognises ids: not at all. */
const deduplicationHours = 0;

/**
 * Desktops heartbeat far more often than anything else happens. The simulation leaves these no-ops
 * out: presence does not expire in the engine, and a lost connection is declared `offline` at the
 * instant at which the configured heartbeat would have been missed.
 *
 * Nothing is sent twice, and a closed conversation is never opened again, so neither ids nor closed
 * conversations are kept for the configured hours: they would be most of what the engine remembers.
 */
function engineSettings(configuration: ResolvedConfiguration): ResolvedConfiguration {
  const never = 1_000_000_000;
  const { presence, retention } = configuration;
  return {
    ...configuration,
    presence: { ...presence, heartbeatSeconds: never },
    retention: { ...retention, deduplicationHours },
  };
}

function worldChannel(
  { settings, configuration, traces }: Scenario,
  channel: ChannelSettings,
): WorldChannel {
  const traffic = settings.traffic[channel.id];
  const sources = (traffic?.arrivals ?? []).map((source, index) => {
    const trace = traces[channel.id]?.[index];
    return {
      settings: source,
      ...(trace === undefined ? {} : { trace }),
      ...(source.process === "campaign" ? { sentAt: instantOf(source.at, settings.timeZone) } : {}),
    };
  });
  const weights = Object.entries(traffic?.customers.returnFrom ?? { [channel.id]: 1 });
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return {
    id: channel.id,
    key: keyOf(channel.id),
    settings: channel,
    cost: configuration.channelCosts[channel.kind],
    traffic,
    sources: { channel: channel.id, sources },
    laws: channelLaws(traffic),
    returnFrom: weights.map(([id, weight]) => ({
      channel: configuration.channels.findIndex((other) => other.id === id),
      weight: weight / total,
    })),
    lastAgent:
      channel.lastAgentMode.enabled || channel.offlineMessages.routingMode === "last-agent",
  };
}

const immediately = { law: "deterministic", value: 0, unit: "minutes" } as const;

function channelLaws(traffic: ChannelTraffic | undefined): ChannelLaws {
  const customers = traffic?.customers;
  const first = traffic?.handling.first ?? immediately;
  return {
    returnAfter: lawOf(customers?.returnAfter ?? immediately),
    replyAfter: lawOf(customers?.replies.after ?? immediately),
    withdrawsAfter:
      customers?.withdrawsAfter === undefined ? undefined : lawOf(customers.withdrawsAfter),
    writesAgainAfter:
      customers?.writesAgain === undefined ? undefined : lawOf(customers.writesAgain.after),
    first: lawOf(first),
    later: lawOf(traffic?.handling.later ?? first),
    botAnswersAfter: lawOf(traffic?.bot.answersAfter ?? immediately),
  };
}

function worldAgents({ settings, configuration }: Scenario): readonly WorldAgent[] {
  const ids = configuration.agents.map((agent) => agent.id);
  const groups = Object.values(settings.staff).map(
    (group) => new Set(agentsOfGroup(group.agents, ids)),
  );
  return configuration.agents.map((agent) => ({
    id: agent.id,
    key: keyOf(agent.id),
    capacity: agent.capacity,
    skills: new Set(Object.keys(agent.skills)),
    group: groups.findIndex((members) => members.has(agent.id)),
  }));
}

function worldGroup(name: string, group: GroupSettings): WorldGroup {
  return {
    name,
    plan: {
      hours: profileDays.map((day) =>
        (group.shifts[day] ?? []).flatMap((hours) => minutesOfHours(hours) ?? []),
      ),
      daysOff: new Set(group.daysOff),
      breaks: group.breaks.map(({ at, minutes }) => ({ at: minuteOfDay(at) ?? 0, minutes })),
      lateness: group.lateness === undefined ? undefined : lawOf(group.lateness),
      absence: group.absence,
    },
    acceptProbability: group.accepts.probability,
    acceptsAfter: lawOf(group.accepts.after),
    flapsPerHour: group.flaps?.perHour ?? 0,
    flapLasts: group.flaps === undefined ? undefined : lawOf(group.flaps.last),
    efficiency: group.efficiency,
  };
}

function daysLater(start: string, timeZone: string, days: number): number {
  return Temporal.PlainDateTime.from(start).add({ days }).toZonedDateTime(timeZone)
    .epochMilliseconds;
}
