import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import { agentsOfGroup } from "./agent-patterns.ts";
import { instantOf } from "../local-time.ts";
import type { RecordedTrace } from "../traffic.ts";
import { lawOf } from "./law-settings.ts";
import { overloadedCut } from "./overload.ts";
import { pointerTo, type ScenarioProblem } from "./read-shape.ts";
import type { ScenarioSettings } from "./schema.ts";
import { minutesOfHours } from "./text-forms.ts";
import { type ChannelTraffic, profileDays } from "./traffic-settings.ts";

/** Offered work and the hands for it, in hours an ordinary week. */
export interface Feasibility {
  readonly problems: readonly ScenarioProblem[];
  readonly warnings: readonly string[];
}

/**
 * Looks for what cannot work before anything runs: a channel whose queue nobody rostered can serve
 * is refused; offered work above what the hands can do is refused where nothing parks, and is a
 * warning elsewhere. The overloaded part is named as a cut: the queues whose work together exceeds
 * everybody who has any of their skills (max-flow = min-cut).
 *
 * @param traces channel id → one entry for each of its sources, as read from their files
 */
export function feasibility(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
  traces: Traces,
): Feasibility {
  const hours = weeklyHours(settings, configuration);
  const problems: ScenarioProblem[] = [];
  const offered = new Map<string, number>();
  for (const channel of configuration.channels) {
    const traffic = settings.traffic[channel.id];
    if (traffic === undefined) continue;
    const able = configuration.agents.filter(
      (agent) => channel.skillQueue in agent.skills && (hours.get(agent.id) ?? 0) > 0,
    );
    if (able.length === 0) {
      // Work that nobody can do is refused here, and is no part of an overload.
      problems.push({
        path: pointerTo("/traffic", channel.id),
        code: "no_eligible_agent",
        message: `Nobody in \`staff\` has the skill ${channel.skillQueue}.`,
        value: channel.id,
        limit: null,
      });
      continue;
    }
    const before = offered.get(channel.skillQueue) ?? 0;
    const work = weeklyWorkHours(settings, traffic, traces[channel.id] ?? []);
    offered.set(channel.skillQueue, before + work);
  }
  const cut = overloadedCut({
    queues: offered,
    agents: configuration.agents.map(({ id, skills }) => ({
      capacity: hours.get(id) ?? 0,
      queues: Object.keys(skills),
    })),
  });
  if (cut === undefined) return { problems, warnings: [] };
  const message = `Queues ${cut.queues.join(", ")} get ${cut.offered.toFixed(0)} h of work a week; everybody with one of these skills can do ${cut.capacity.toFixed(0)} h.`;
  const parks = configuration.channels.some(
    (channel) => cut.queues.includes(channel.skillQueue) && channel.offlineMessages.enabled,
  );
  if (parks) return { problems, warnings: [`overload: ${message}`] };
  return {
    problems: [
      ...problems,
      { path: "/staff", code: "overload", message, value: null, limit: null },
    ],
    warnings: [],
  };
}

/** Each agent's productive hours a week at the top of the efficiency curve they can reach. */
function weeklyHours(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
): ReadonlyMap<string, number> {
  const hours = new Map<string, number>();
  const ids = configuration.agents.map((agent) => agent.id);
  for (const group of Object.values(settings.staff)) {
    const breakMinutes = group.breaks.reduce((sum, pause) => sum + pause.minutes, 0);
    let minutes = 0;
    for (const day of profileDays) {
      const shifts = (group.shifts[day] ?? []).map(minutesOfHours);
      const length = shifts.reduce((sum, shift) => sum + (shift ? shift.to - shift.from : 0), 0);
      minutes += Math.max(0, length - (length > 0 ? breakMinutes : 0));
    }
    for (const id of agentsOfGroup(group.agents, ids)) {
      const capacity = configuration.agents.find((agent) => agent.id === id)?.capacity ?? 1;
      const best = Math.max(...group.efficiency.slice(0, capacity));
      hours.set(id, (minutes / 60) * (1 - group.absence) * best);
    }
  }
  return hours;
}

type Traces = Readonly<Record<string, readonly (RecordedTrace | undefined)[]>>;

function weeklyWorkHours(
  settings: ScenarioSettings,
  traffic: ChannelTraffic,
  traces: readonly (RecordedTrace | undefined)[],
): number {
  const { first, later } = traffic.handling;
  const { replies } = traffic.customers;
  const laterMean = lawOf(later ?? first).mean;
  const answers = (1 - replies.neverAnswers) * replies.meanReplies;
  const work = lawOf(first).mean + answers * laterMean;
  const contained = 1 - traffic.bot.contains;
  return (messagesPerWeek(settings, traffic, traces) * contained * work) / 3_600_000;
}

function messagesPerWeek(
  settings: ScenarioSettings,
  traffic: ChannelTraffic,
  traces: readonly (RecordedTrace | undefined)[],
): number {
  const hoursPerWeek = 168;
  return traffic.arrivals.reduce((sum, source, place) => {
    switch (source.process) {
      case "profile":
        return sum + source.perWeek;
      case "poisson":
        return sum + source.perHour * hoursPerWeek;
      case "batch": {
        const size = source.sizes.reduce((mean, p, index) => mean + p * (index + 1), 0);
        return sum + source.perHour * hoursPerWeek * size;
      }
      case "mmpp": {
        const { perHour1, perHour2, leave1PerHour, leave2PerHour } = source;
        const leave = leave1PerHour + leave2PerHour;
        return sum + ((perHour1 * leave2PerHour + perHour2 * leave1PerHour) / leave) * hoursPerWeek;
      }
      case "hawkes":
        return sum + (source.perHour / (1 - source.branching)) * hoursPerWeek;
      case "campaign":
        return sum + (source.size * 7) / settings.days;
      case "trace":
        return sum + (recordedIn(settings, traces[place] ?? {}) * 7) / settings.days;
    }
  }, 0);
}

/** Messages that a trace has in the counted window. */
function recordedIn(
  settings: ScenarioSettings,
  { times = [], counts = [] }: RecordedTrace,
): number {
  const from = instantOf(settings.start, settings.timeZone);
  const to = from + settings.days * 86_400_000;
  const isCounted = (at: number): boolean => at >= from && at < to;
  return (
    times.filter(isCounted).length +
    counts.reduce((sum, interval) => (isCounted(interval.from) ? sum + interval.count : sum), 0)
  );
}
