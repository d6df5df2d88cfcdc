import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import { readShape } from "../scenario/read-shape.ts";
import { scenarioSchema, type ScenarioSettings } from "../scenario/schema.ts";
import { buildWorld, type World } from "../world.ts";

/** A system in which queueing theory holds: no calendar, capacity 1 and no last agents unless said. */
export interface TheorySystem {
  readonly days: number;
  /** @defaultValue 1 */
  readonly warmUpDays?: number;
  readonly channels: Readonly<Record<string, TheoryChannel>>;
  readonly groups: Readonly<Record<string, TheoryGroup>>;
  readonly profiles?: object;
  readonly retention?: object;
  /** Settings of every queue. @defaultValue those under which formulas hold */
  readonly queueSettings?: object;
  /** Local hours of the one calendar and of all shifts. @defaultValue always open */
  readonly hours?: string;
}

/** A channel with a queue of its own, except where `queue` names another's. */
export interface TheoryChannel {
  readonly perMinute: number;
  /** A law, minutes unless it says otherwise. */
  readonly handling: object;
  readonly queue?: string;
  readonly settings?: object;
  readonly offlineMessages?: object;
  readonly customers?: object;
  /** Instead of the Poisson process at `perMinute`. */
  readonly arrivals?: object;
}

export interface TheoryGroup {
  readonly agents: number;
  readonly queues: readonly string[];
  readonly capacity?: number;
  /** Work done at once with 1, 2, … conversations in hand. @defaultValue 1, whatever the number */
  readonly efficiency?: readonly number[];
}

export const exponentialWork = (mean: number): object => ({ law: "exponential", mean });

const formulaQueue = { connectWaitSeconds: 0, liveFirst: false };
const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export function theoryWorld(system: TheorySystem): World {
  const { channels, groups, hours } = system;
  const week = Object.fromEntries(weekdays.map((day) => [day, [hours ?? "00:00-24:00"]]));
  const queues = new Set(Object.entries(channels).map(([id, { queue }]) => queue ?? id));
  const members = Object.entries(groups).flatMap(([group, { agents, queues: skills, capacity }]) =>
    Array.from({ length: agents }, (_unused, index) => ({
      id: `${group}-${index}`,
      skills: Object.fromEntries(skills.map((queue) => [queue, 5])),
      capacity: capacity ?? 1,
    })),
  );
  const configuration = {
    ...(hours === undefined ? {} : { calendars: [{ id: "hours", timeZone: "UTC", weekly: week }] }),
    ...(system.retention === undefined ? {} : { retention: system.retention }),
    skillQueues: Array.from(queues, (id) => ({
      id,
      ...(hours === undefined ? {} : { calendar: "hours" }),
      ...(system.queueSettings ?? formulaQueue),
    })),
    agents: members,
    channels: Object.entries(channels).map(([id, { queue, settings, offlineMessages }]) => ({
      id,
      kind: "web",
      skillQueue: queue ?? id,
      ...settings,
      offlineMessages: {
        enabled: true,
        routingTimeLimit: 60,
        routingTimeLimitUnit: "days",
        ...offlineMessages,
      },
    })),
  };
  return worldOf({
    configuration,
    start: "2026-03-02T00:00",
    timeZone: "UTC",
    days: system.days,
    warmUpDays: system.warmUpDays ?? 1,
    profiles: system.profiles ?? {},
    traffic: Object.fromEntries(
      Object.entries(channels).map(([id, channel]) => [id, channelTraffic(channel)]),
    ),
    staff: Object.fromEntries(
      Object.entries(groups).map(([group, { efficiency }]) => [
        group,
        { agents: [`${group}-*`], shifts: week, efficiency: efficiency ?? [1] },
      ]),
    ),
  });
}

function channelTraffic({ perMinute, handling, arrivals, customers }: TheoryChannel): object {
  return {
    arrivals: [arrivals ?? { process: "poisson", perHour: perMinute * 60 }],
    customers: { replies: { neverAnswers: 1 }, ...customers },
    handling: { first: handling, closes: 1 },
  };
}

/** The world of a scenario document that has its configuration inside. */
function worldOf(document: { readonly configuration: object; readonly [key: string]: unknown }) {
  const resolution = resolveConfiguration(document.configuration);
  if ("violations" in resolution) throw new Error(JSON.stringify(resolution.violations));
  const { value, problems } = readShape(scenarioSchema, document);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return buildWorld({
    name: "case",
    settings: value as ScenarioSettings,
    configuration: resolution.configuration,
    traces: {},
    warnings: [],
  });
}
