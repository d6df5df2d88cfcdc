import { channelPolicies } from "./channel-policies.ts";
import {
  type ChannelDraft,
  type OfflineMessagesDraft,
  isReadable,
  isSound,
  unsound,
} from "./draft.ts";
import { routingLimitMinutes } from "./routing-limit.ts";

/**
 * Fills in the defaults that depend on other settings: the reply timeouts by kind, and the last
 * agent's waits, 10 and 5 minutes or half of the routing limit (rounded down) if that is less.
 * Where the other setting is unsound, so is what depends on it.
 */
export function withDerivedDefaults(channel: ChannelDraft): ChannelDraft {
  const { kind, customerReplyTimeoutMinutes, lastAgentMode, offlineMessages } = channel;
  const policy = isSound(kind) ? channelPolicies[kind] : undefined;
  return {
    ...channel,
    // Not `??`: null is a timeout that somebody chose.
    customerReplyTimeoutMinutes:
      customerReplyTimeoutMinutes === undefined
        ? (policy?.customerReplyTimeoutMinutes ?? unsound)
        : customerReplyTimeoutMinutes,
    lastAgentMode: withWaits(lastAgentMode, offlineMessages),
    offlineMessages: isReadable(offlineMessages)
      ? {
          ...offlineMessages,
          calledCustomerReplyTimeoutMinutes:
            offlineMessages.calledCustomerReplyTimeoutMinutes ??
            policy?.calledCustomerReplyTimeoutMinutes ??
            unsound,
        }
      : unsound,
  };
}

/** The routing limit of a channel, where its parts are sound. */
export function limitMinutesOf(offlineMessages: OfflineMessagesDraft): number | undefined {
  const { routingTimeLimit: limit, routingTimeLimitUnit: unit } = offlineMessages;
  return typeof limit === "number" && typeof unit === "string"
    ? routingLimitMinutes(limit, unit)
    : undefined;
}

function withWaits(
  lastAgentMode: ChannelDraft["lastAgentMode"],
  offlineMessages: ChannelDraft["offlineMessages"],
): NonNullable<ChannelDraft["lastAgentMode"]> {
  if (!isReadable(lastAgentMode)) return unsound;
  const limit = isReadable(offlineMessages) ? limitMinutesOf(offlineMessages) : undefined;
  const atMost = (minutes: number) =>
    limit === undefined ? unsound : Math.min(minutes, Math.floor(limit / 2));
  return {
    ...lastAgentMode,
    waitMinutes: lastAgentMode.waitMinutes ?? atMost(10),
    offlineWaitMinutes: lastAgentMode.offlineWaitMinutes ?? atMost(5),
  };
}
