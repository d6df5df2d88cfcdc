import { batchPoisson } from "./arrivals/batch.ts";
import { campaign } from "./arrivals/campaign.ts";
import { dayFactors, intervalFactor } from "./arrivals/day-factor.ts";
import { hawkes } from "./arrivals/hawkes.ts";
import { markovModulatedPoisson } from "./arrivals/mmpp.ts";
import { type ArrivalProcess, poisson } from "./arrivals/process.ts";
import { inhomogeneousPoisson, RateSteps } from "./arrivals/rate-steps.ts";
import { type CountedInterval, replay, replayCounts } from "./arrivals/trace.ts";
import { arrivalStream, keyOf, type KeyedRandom } from "./keyed-random.ts";
import { instantIn, type LocalDay, localDays } from "./local-time.ts";
import type { Mrg32k3a } from "./random.ts";
import { lawOf } from "./scenario/law-settings.ts";
import { minuteOfDay } from "./scenario/text-forms.ts";
import {
  type ArrivalsSettings,
  profileDays,
  type ProfileSettings,
} from "./scenario/traffic-settings.ts";

type Profiled = Extract<ArrivalsSettings, { process: "profile" }>;

/** The instants recorded in a trace file, read once before any replication. */
export interface RecordedTrace {
  readonly times?: readonly number[];
  readonly counts?: readonly Omit<CountedInterval, "steps">[];
}

/** Everything that arrivals are generated from. */
export interface TrafficSetting {
  readonly timeZone: string;
  readonly profiles: Readonly<Record<string, ProfileSettings>>;
  /** Local date → factor on every profile. */
  readonly specialDays: ReadonlyMap<string, number>;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** One channel's sources, each with its trace where it is one. */
export interface ChannelSources {
  readonly channel: string;
  readonly sources: readonly {
    readonly settings: ArrivalsSettings;
    readonly trace?: RecordedTrace;
    /** Epoch ms, of a campaign. */
    readonly sentAt?: number;
  }[];
}

/**
 * Every arrival of one channel in one replication: integer epoch ms, ascending. They depend on seed,
 * replication and channel id only.
 */
export function channelArrivals(
  setting: TrafficSetting,
  { channel, sources }: ChannelSources,
  random: KeyedRandom,
  seed: number,
  replication: number,
): Float64Array {
  const stream = arrivalStream(seed, channel, replication);
  const lists = sources.map((source) => sourceArrivals(setting, channel, source, random, stream));
  const times = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let count = 0;
  let isSorted = true;
  for (const list of lists) {
    for (const time of list) {
      const at = Math.floor(time);
      if (count > 0 && at < (times[count - 1] ?? 0)) isSorted = false;
      times[count] = at;
      count += 1;
    }
  }
  return isSorted ? times : times.toSorted();
}

function sourceArrivals(
  setting: TrafficSetting,
  channel: string,
  source: ChannelSources["sources"][number],
  random: KeyedRandom,
  stream: Mrg32k3a,
): number[] {
  const { settings } = source;
  const { from, to } = setting;
  if (settings.process !== "profile") {
    return plainProcess(setting, source).arrivals(stream, from, to);
  }
  const out = settings.outOfHours;
  const parts = [
    { profile: settings.profile, perWeek: settings.perWeek * (1 - (out?.share ?? 0)) },
    ...(out === undefined ? [] : [{ profile: out.profile, perWeek: settings.perWeek * out.share }]),
  ];
  return parts.flatMap((part) => {
    const steps = profileSteps(setting, channel, { ...settings, ...part }, random);
    return inhomogeneousPoisson(steps).arrivals(stream, from, to);
  });
}

const hourMs = 3_600_000;

function plainProcess(
  setting: TrafficSetting,
  { settings, trace, sentAt }: ChannelSources["sources"][number],
): ArrivalProcess {
  switch (settings.process) {
    case "poisson":
      return poisson(settings.perHour / hourMs);
    case "batch":
      return batchPoisson(settings.perHour / hourMs, settings.sizes);
    case "mmpp":
      return markovModulatedPoisson({
        rate1: settings.perHour1 / hourMs,
        rate2: settings.perHour2 / hourMs,
        leave1: settings.leave1PerHour / hourMs,
        leave2: settings.leave2PerHour / hourMs,
      });
    case "hawkes":
      return hawkes(settings.perHour / hourMs, settings.branching, settings.decayPerHour / hourMs);
    case "campaign":
      return campaign(sentAt ?? setting.from, settings.size, lawOf(settings.delay));
    case "trace":
      return traceProcess(setting, settings.profile, trace ?? {});
    case "profile":
      throw new Error("a profile is generated with its day factors");
  }
}

function traceProcess(
  setting: TrafficSetting,
  profile: string | undefined,
  trace: RecordedTrace,
): ArrivalProcess {
  if (trace.counts === undefined) return replay(trace.times ?? []);
  const shape = profile === undefined ? undefined : setting.profiles[profile];
  if (shape === undefined) return replayCounts(trace.counts);
  const first = Math.min(...trace.counts.map((interval) => interval.from));
  const last = Math.max(...trace.counts.map((interval) => interval.to));
  const days = localDays(setting.timeZone, first, last);
  return replayCounts(
    trace.counts.map((interval) => {
      const day = days.find((candidate) => candidate.from === interval.from);
      return day === undefined
        ? interval
        : { ...interval, steps: stepsOfDays(setting, shape, [day], () => 1) };
    }),
  );
}

/** The rate of a profile over the whole horizon, busy and quiet days and intervals included. */
function profileSteps(
  setting: TrafficSetting,
  channel: string,
  settings: Profiled,
  random: KeyedRandom,
): RateSteps {
  const profile = setting.profiles[settings.profile];
  const days = localDays(setting.timeZone, setting.from, setting.to);
  if (profile === undefined) return new RateSteps([], []);
  const key = keyOf(channel);
  const factors = factorsOf(settings, days, key, random);
  const week = profileDays.reduce((sum, name) => sum + (profile.days[name]?.weight ?? 0), 0);
  return stepsOfDays(setting, profile, days, (day, index, interval) => {
    const weight = profile.days[profileDays[day.weekday] ?? "mon"]?.weight ?? 0;
    const special = setting.specialDays.get(day.date) ?? 1;
    const noise =
      settings.intervalShape === undefined
        ? 1
        : intervalFactor(random, key, day.number * 1440 + interval, settings.intervalShape);
    return ((settings.perWeek * weight) / week) * special * (factors[index] ?? 1) * noise;
  });
}

function factorsOf(
  settings: Profiled,
  days: readonly LocalDay[],
  key: number,
  random: KeyedRandom,
): Float64Array {
  const factor = settings.dayFactor;
  if (factor === undefined) return new Float64Array(days.length).fill(1);
  const { shape } = factor;
  const shapes = typeof shape === "number" ? [shape] : days.map((day) => shape[day.weekday] ?? 1);
  const owner = factor.shared ? keyOf("") : key;
  return dayFactors(random, owner, days[0]?.number ?? 0, days.length, {
    shapes,
    correlation: factor.correlation,
  });
}

/** The expected count of each interval is `amount` × its share of the day. */
function stepsOfDays(
  setting: TrafficSetting,
  profile: ProfileSettings,
  days: readonly LocalDay[],
  amount: (day: LocalDay, index: number, interval: number) => number,
): RateSteps {
  const starts: number[] = [];
  const rates: number[] = [];
  const width = profile.intervalMinutes * 60_000;
  for (const [index, day] of days.entries()) {
    const shape = profile.days[profileDays[day.weekday] ?? "mon"];
    const total = shape?.shares.reduce((sum, value) => sum + value, 0) ?? 0;
    const begin = minuteOfDay(shape?.from ?? "00:00") ?? 0;
    // From the end of the intervals before, nothing arrives until the first one.
    starts.push(day.from);
    rates.push(0);
    for (const [interval, value] of (shape?.shares ?? []).entries()) {
      const at = instantIn(day, setting.timeZone, begin + interval * profile.intervalMinutes);
      if (at >= day.to) break;
      starts.push(at);
      rates.push((amount(day, index, interval) * value) / total / width);
    }
    const end = instantIn(
      day,
      setting.timeZone,
      Math.min(1440, begin + (shape?.shares.length ?? 0) * profile.intervalMinutes),
    );
    starts.push(Math.min(end, day.to));
    rates.push(0);
  }
  starts.push(days.at(-1)?.to ?? 0);
  return new RateSteps(starts, rates);
}
