import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import { agentsOfGroup } from "./agent-patterns.ts";
import { pointerTo, type ScenarioProblem } from "./read-shape.ts";
import type { ScenarioSettings, Target } from "./schema.ts";
import { type ArrivalsSettings, profileDays } from "./traffic-settings.ts";

type IsSound = (path: string) => boolean;

/**
 * What no schema can say: names that must exist, agents in two groups, days that have more intervals
 * than a day has, probabilities that do not sum to one. Parts whose shape is wrong are left out, so
 * that both kinds of problems can be told at once.
 *
 * @param isSound whether what stands at a path has its shape
 */
export function crossProblems(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
  isSound: IsSound,
): readonly ScenarioProblem[] {
  return [
    ...trafficProblems(settings, configuration, isSound),
    ...profileProblems(settings, isSound),
    ...staffProblems(settings, configuration, isSound),
    ...targetProblems(settings, configuration, isSound),
  ];
}

function trafficProblems(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
  isSound: IsSound,
): ScenarioProblem[] {
  const channels = configuration.channels.map((channel) => channel.id);
  const problems: ScenarioProblem[] = [];
  // A name that is given counts as known, whatever is wrong with what it names.
  for (const [channel, traffic] of Object.entries(settings.traffic ?? {})) {
    const path = pointerTo("/traffic", channel);
    if (!channels.includes(channel)) problems.push(unknown(path, "channel", channel, channels));
    const isKnown = isSound(`${path}/customers`);
    for (const from of Object.keys((isKnown && traffic.customers.returnFrom) || {})) {
      if (from in settings.traffic) continue;
      const at = pointerTo(`${path}/customers/returnFrom`, from);
      problems.push(unknown(at, "channel with traffic", from, Object.keys(settings.traffic)));
    }
    for (const [index, source] of (traffic?.arrivals ?? []).entries()) {
      if (!isSound(`${path}/arrivals/${index}`)) continue;
      problems.push(...sourceProblems(settings, source, `${path}/arrivals/${index}`));
    }
  }
  return problems;
}

function sourceProblems(
  settings: ScenarioSettings,
  source: ArrivalsSettings,
  path: string,
): ScenarioProblem[] {
  const names = Object.keys(settings.profiles ?? {});
  const named: [string, string | undefined][] =
    source.process === "profile"
      ? [
          [`${path}/profile`, source.profile],
          [`${path}/outOfHours/profile`, source.outOfHours?.profile],
        ]
      : source.process === "trace"
        ? [[`${path}/profile`, source.profile]]
        : [];
  const problems = named.flatMap(([at, name]) =>
    name === undefined || names.includes(name) ? [] : [unknown(at, "profile", name, names)],
  );
  if (source.process === "batch") {
    const sum = source.sizes.reduce((total, p) => total + p, 0);
    if (Math.abs(sum - 1) > 1e-9) {
      problems.push({
        path: `${path}/sizes`,
        code: "not_a_distribution",
        message: `The probabilities sum to ${sum}, not to 1.`,
        value: sum,
        limit: { min: 1, max: 1 },
      });
    }
  }
  return problems;
}

function profileProblems(settings: ScenarioSettings, isSound: IsSound): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  for (const [name, profile] of Object.entries(settings.profiles ?? {})) {
    if (!isSound(pointerTo("/profiles", name))) continue;
    const path = `${pointerTo("/profiles", name)}/days`;
    const days = profileDays.flatMap((day) => {
      const shape = profile.days[day];
      return shape === undefined ? [] : [{ day, shape }];
    });
    for (const { day, shape } of days) {
      const [hours = 0, minutes = 0] = shape.from.split(":").map(Number);
      const end = hours * 60 + minutes + shape.shares.length * profile.intervalMinutes;
      if (end > 1440) {
        problems.push({
          path: `${path}/${day}/shares`,
          code: "longer_than_a_day",
          message: `${shape.shares.length} intervals of ${profile.intervalMinutes} min from ${shape.from} reach past midnight.`,
          value: shape.shares.length,
          limit: {
            min: 1,
            max: Math.floor((1440 - hours * 60 - minutes) / profile.intervalMinutes),
          },
        });
      }
      if (!shape.shares.some((share) => share > 0)) {
        problems.push(empty(`${path}/${day}/shares`, "At least one share must be above 0."));
      }
    }
    if (!days.some(({ shape }) => shape.weight > 0)) {
      problems.push(empty(path, "At least one day must have a weight above 0."));
    }
  }
  return problems;
}

function staffProblems(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
  isSound: IsSound,
): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  const groups = new Map<string, string>();
  const ids = configuration.agents.map((agent) => agent.id);
  for (const [name, group] of Object.entries(settings.staff ?? {})) {
    if (!isSound(`${pointerTo("/staff", name)}/agents`)) continue;
    for (const [index, pattern] of group.agents.entries()) {
      const path = `${pointerTo("/staff", name)}/agents/${index}`;
      const matched = agentsOfGroup([pattern], ids);
      if (matched.length === 0) problems.push(unknown(path, "agent", pattern, ids.slice(0, 20)));
      for (const agent of matched) {
        const other = groups.get(agent);
        if (other !== undefined && other !== name) {
          problems.push({
            path,
            code: "agent_in_two_groups",
            message: `${agent} is already in group ${other}.`,
            value: pattern,
            limit: null,
          });
        }
        groups.set(agent, name);
      }
    }
  }
  return problems;
}

function targetProblems(
  settings: ScenarioSettings,
  configuration: ResolvedConfiguration,
  isSound: IsSound,
): ScenarioProblem[] {
  return (settings.targets ?? []).flatMap((target: Target, index) => {
    const path = `/targets/${index}`;
    const known = {
      channel: configuration.channels.map(({ id }) => id),
      queue: configuration.skillQueues.map(({ id }) => id),
      group: Object.keys(settings.staff ?? {}),
    };
    // Where another key of the target is wrong, these may still be looked at.
    return (["channel", "queue", "group"] as const).flatMap((key) => {
      if (!isSound(`${path}/${key}`)) return [];
      const name = (target as Readonly<Partial<Record<typeof key, string>>>)[key];
      return name === undefined || known[key].includes(name)
        ? []
        : [unknown(`${path}/${key}`, key, name, known[key])];
    });
  });
}

function unknown(
  path: string,
  what: string,
  value: string,
  limit: readonly string[],
): ScenarioProblem {
  return { path, code: "unknown_reference", message: `No such ${what}.`, value, limit };
}

function empty(path: string, message: string): ScenarioProblem {
  return { path, code: "nothing_arrives", message, value: null, limit: null };
}
