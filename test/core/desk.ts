import { planCalendar } from "../../core/configuration/calendar.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import { channelKinds, weekdays } from "../../core/configuration/resolved.ts";
import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import type { CalendarPlan, EngineLimits } from "../../core/index.ts";

type Settings = Readonly<Record<string, unknown>>;
/** Queues, agents or channels by id. */
export type Parts = Readonly<Record<string, Settings>>;

/** A small tenant, said in as few words as its script needs. */
export interface DeskSettings {
  /** Opening hours of every day, in UTC; absent: always open. */
  readonly hours?: readonly string[];
  /** By id, in place of `hours`. */
  readonly calendars?: Parts;
  /** By id. @defaultValue one queue `desk` */
  readonly queues?: Parts;
  /** By id: a capacity, or settings. Skills are every queue at level 5 unless given. @defaultValue `ana` with capacity 1 */
  readonly agents?: Readonly<Record<string, number | Settings>>;
  /**
   * By id, which is the kind too unless one is given; in the first queue, with offline messages
   * unless told otherwise. @defaultValue one channel `web`
   */
  readonly channels?: Parts;
  readonly costs?: Settings;
  readonly presence?: Settings;
  readonly retention?: Settings;
}

/** What a script starts with, and the configurations that it may change to by name. */
export interface Desk {
  readonly configuration: ResolvedConfiguration;
  readonly later: Readonly<Record<string, ResolvedConfiguration>>;
  readonly limits: Partial<EngineLimits>;
}

/**
 * The desk of a script.
 *
 * @example desk({ hours: ["09:00-18:00"], agents: { ana: 2 } }, { alone: { agents: { ben: 1 } } })
 */
export function desk(
  settings: DeskSettings = {},
  later: Readonly<Record<string, DeskSettings>> = {},
  limits: Partial<EngineLimits> = {},
): Desk {
  return {
    configuration: configurationOf(settings),
    later: Object.fromEntries(
      Object.entries(later).map(([name, changes]) => [
        name,
        configurationOf({ ...settings, ...changes }),
      ]),
    ),
    limits,
  };
}

/** Errors: an Error with every violation if the settings make no valid document. */
export function configurationOf(settings: DeskSettings): ResolvedConfiguration {
  const resolution = resolveConfiguration(documentOf(settings));
  if ("violations" in resolution) throw new Error(JSON.stringify(resolution.violations, null, 1));
  return resolution.configuration;
}

/** What the host would compute: plans to some weeks from `at` on. */
export function plansOf(
  configuration: ResolvedConfiguration,
  at: number,
  days = 45,
): CalendarPlan[] {
  return configuration.calendars.map((calendar) => ({
    calendar: calendar.id,
    from: at,
    ...planCalendar(calendar, at, at + days * 86_400_000),
  }));
}

function documentOf(settings: DeskSettings): unknown {
  const { hours, queues = { desk: {} }, agents = { ana: 1 }, channels = { web: {} } } = settings;
  const calendars =
    settings.calendars ??
    (hours === undefined ? {} : { office: { weekly: everyDay(hours), timeZone: "UTC" } });
  const [calendar] = Object.keys(calendars);
  const [firstQueue] = Object.keys(queues);
  const skills = Object.fromEntries(Object.keys(queues).map((id) => [id, 5]));
  return {
    calendars: withIds(calendars),
    skillQueues: withIds(queues).map((queue) => ({
      ...(calendar === undefined ? {} : { calendar }),
      ...queue,
    })),
    agents: Object.entries(agents).map(([id, agent]) =>
      typeof agent === "number"
        ? { id, skills, capacity: agent }
        : { id, skills, capacity: 1, ...agent },
    ),
    channelCosts: settings.costs ?? {},
    channels: withIds(channels).map((channel) => ({
      skillQueue: firstQueue,
      ...(channelKinds.some((kind) => kind === channel.id) ? { kind: channel.id } : {}),
      ...channel,
      offlineMessages: { enabled: true, ...(channel["offlineMessages"] as object | undefined) },
    })),
    presence: { heartbeatSeconds: 3600, ...settings.presence },
    retention: settings.retention ?? {},
  };
}

/** A queue with `calendar: undefined` is always open. */
function withIds(items: Readonly<Record<string, Settings>>): (Settings & { id: string })[] {
  return Object.entries(items).map(([id, item]) => ({ id, ...item }));
}

function everyDay(hours: readonly string[]): Settings {
  return Object.fromEntries(weekdays.map((day) => [day, hours]));
}
