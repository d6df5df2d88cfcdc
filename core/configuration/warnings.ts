import { channelPolicies } from "./channel-policies.ts";
import { longestClosedMinutes } from "./hours.ts";
import type { ChannelSettings, ResolvedConfiguration } from "./resolved.ts";
import { routingLimitMinutes } from "./routing-limit.ts";
import type { Violation, WarningCode } from "./violations.ts";

type Found = Generator<Violation<WarningCode>>;

/** What a valid configuration allows but probably does not mean, channel by channel. */
export function* warningsOf(configuration: ResolvedConfiguration): Found {
  const nights = nightsOf(configuration);
  for (const [index, channel] of configuration.channels.entries()) {
    const at = `/channels/${index}/offlineMessages`;
    yield* promptUnused(channel, at);
    yield* limitShorterThanNight(channel, nights.get(channel.skillQueue), at);
  }
}

function* promptUnused(channel: ChannelSettings, at: string): Found {
  const { prompt } = channel.offlineMessages;
  if (prompt === undefined || channelPolicies[channel.kind].prompts) return;
  yield {
    path: `${at}/prompt`,
    code: "prompt_unused",
    message: `No prompt is ever sent on ${channel.kind}.`,
    value: prompt,
    limit: null,
  };
}

/** By skill queue with a calendar, the longest stretch in which its weekly hours are closed. */
function nightsOf(configuration: ResolvedConfiguration): ReadonlyMap<string, number> {
  const ofCalendar = new Map(
    configuration.calendars.map(({ id, weekly }) => [id, longestClosedMinutes(weekly)]),
  );
  const ofQueue = new Map<string, number>();
  for (const { id, calendar } of configuration.skillQueues) {
    const night = calendar === undefined ? undefined : ofCalendar.get(calendar);
    if (night !== undefined) ofQueue.set(id, night);
  }
  return ofQueue;
}

/** On the wall clock a limit below the longest closed stretch parks what comes in that night. */
function* limitShorterThanNight(
  { offlineMessages }: ChannelSettings,
  night: number | undefined,
  at: string,
): Found {
  const { enabled, routingClock, routingTimeLimit, routingTimeLimitUnit } = offlineMessages;
  if (!enabled || routingClock !== "wall" || night === undefined) return;
  if (routingLimitMinutes(routingTimeLimit, routingTimeLimitUnit) >= night) return;
  yield {
    path: `${at}/routingTimeLimit`,
    code: "limit_shorter_than_night",
    message: Number.isFinite(night)
      ? `Counts while closed, and ends before the longest closed stretch of ${night} minutes.`
      : "Counts while closed, and the weekly hours of the queue's calendar never open.",
    value: routingTimeLimit,
    limit: Number.isFinite(night) ? night : null,
  };
}
