import { limitMinutesOf } from "./derived-defaults.ts";
import { type ChannelDraft, type OfflineMessagesDraft, isReadable, isSound } from "./draft.ts";
import { pointerTo } from "./json-pointer.ts";
import type { Violation, ViolationCode } from "./violations.ts";

type Found = Generator<Violation<ViolationCode>>;

/**
 * The rules between the settings of one channel, on resolved values. Mail templates and the two
 * places of last agent mode must agree always; the rest binds where offline messages are enabled
 * (FINE-PRINT 2). A rule is silent where a setting it needs is unsound: that is reported already.
 */
export function* channelViolations(channel: ChannelDraft, path: string): Found {
  const offline = channel.offlineMessages;
  if (!isReadable(offline)) return;
  const at = pointerTo(path, "offlineMessages");
  yield* lastAgentModesDiffer(channel, offline, at);
  yield* emailReplies(channel, offline, path);
  if (offline.enabled !== true) return;
  yield* calledTimeout(channel, offline, at);
  yield* routingMode(channel, offline, at);
  yield* lastAgentWaits(channel, offline, path);
}

function* lastAgentModesDiffer(
  channel: ChannelDraft,
  offline: OfflineMessagesDraft,
  at: string,
): Found {
  if (!isReadable(offline.lastAgentMode) || !isReadable(channel.lastAgentMode)) return;
  const ofChannel = new Map<string, unknown>(Object.entries(channel.lastAgentMode));
  for (const [key, value] of Object.entries<unknown>(offline.lastAgentMode)) {
    const expected = ofChannel.get(key);
    if (!isSound(value) || !isSound(expected) || value === expected) continue;
    yield {
      path: pointerTo(pointerTo(at, "lastAgentMode"), key),
      code: "last_agent_mode_differs",
      message: `Must equal ${key} of the channel's lastAgentMode, ${String(expected)}.`,
      value,
      limit: null,
    };
  }
}

function* emailReplies(channel: ChannelDraft, offline: OfflineMessagesDraft, path: string): Found {
  if (offline.automaticReplyToEachEmail !== true || !isSound(channel.kind)) return;
  if (channel.kind !== "email") {
    yield {
      path: `${path}/offlineMessages/automaticReplyToEachEmail`,
      code: "email_only",
      message: `Only email can be answered automatically; this channel is ${channel.kind}.`,
      value: true,
      limit: null,
    };
    return;
  }
  if (!isReadable(channel.autoReply)) return;
  for (const template of ["workingHours", "nonWorkingHours"] as const) {
    if (channel.autoReply[template] !== undefined) continue;
    yield {
      path: `${path}/autoReply/${template}`,
      code: "auto_reply_template_missing",
      message: "Automatic replies need the templates of working and of non-working hours.",
      value: null,
      limit: null,
    };
  }
}

function* calledTimeout(channel: ChannelDraft, offline: OfflineMessagesDraft, at: string): Found {
  const called = offline.calledCustomerReplyTimeoutMinutes;
  const timeout = channel.customerReplyTimeoutMinutes;
  // A timeout of null never ends, so any called timeout is shorter.
  if (typeof called !== "number" || typeof timeout !== "number" || called < timeout) return;
  yield {
    path: `${at}/calledCustomerReplyTimeoutMinutes`,
    code: "called_timeout_too_long",
    message: `Of ${called} minutes here, must be less than the customer reply timeout of ${timeout}.`,
    value: called,
    limit: { min: 1, max: timeout - 1 },
  };
}

function* routingMode(channel: ChannelDraft, offline: OfflineMessagesDraft, at: string): Found {
  const { routingMode: mode, chatbot = {} } = offline;
  if (
    mode === "last-agent" &&
    isReadable(channel.lastAgentMode) &&
    channel.lastAgentMode.enabled === false
  ) {
    yield {
      path: `${at}/routingMode`,
      code: "last_agent_mode_disabled",
      message: "Routing mode last-agent needs the channel's lastAgentMode enabled.",
      value: mode,
      limit: null,
    };
  }
  if (mode !== "chatbot" || !isReadable(chatbot)) return;
  for (const [key, code] of [
    ["url", "chatbot_url_missing"],
    ["accessCode", "chatbot_access_code_missing"],
  ] as const) {
    if (chatbot[key] !== undefined) continue;
    yield {
      path: `${at}/chatbot/${key}`,
      code,
      message: `Routing mode chatbot needs its ${key}.`,
      value: null,
      limit: null,
    };
  }
}

function* lastAgentWaits(
  channel: ChannelDraft,
  offline: OfflineMessagesDraft,
  path: string,
): Found {
  const limit = limitMinutesOf(offline);
  if (limit === undefined || !isReadable(channel.lastAgentMode)) return;
  for (const key of ["waitMinutes", "offlineWaitMinutes"] as const) {
    const wait = channel.lastAgentMode[key];
    if (typeof wait !== "number" || wait < limit) continue;
    yield {
      path: `${path}/lastAgentMode/${key}`,
      code: "last_agent_wait_too_long",
      message: `Must be less than the routing time limit of ${limit} minutes.`,
      value: wait,
      limit: { min: 0, max: limit - 1 },
    };
  }
}
