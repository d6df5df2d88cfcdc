import { channelPolicies, type ChannelPolicy } from "../configuration/channel-policies.ts";
import type { ChannelKind } from "../configuration/resolved.ts";
import type { MayWrite } from "../events.ts";
import * as codes from "./codes.ts";
import * as conversationRow from "./conversation-row.ts";
import { channelOf, isOffline, type Channel, type Partition } from "./state.ts";

const { verdict, verdictNames, verdictReason, verdictReasonNames } = codes;
const { F } = conversationRow;

const minuteMs = 60_000;

/** Who may write, as numbers (3.11); the same as `mayWrite` of reply-window.ts, without objects. */
export interface Verdict {
  verdict: number;
  /** 0: none. */
  reason: number;
  /** Instant of the next change for the worse; Infinity: never. */
  until: number;
}

/** One answer for all, to be read at once. */
const answer: Verdict = { verdict: 0, reason: 0, until: Infinity };

function say(of: number, why: number, until: number): Verdict {
  answer.verdict = of;
  answer.reason = why;
  answer.until = until;
  return answer;
}

/**
 * @param lastMessageAt -1: never
 * @param limitMinutes -1: none; 0: no replies at all
 */
export function verdictAt(
  policy: ChannelPolicy,
  now: number,
  lastMessageAt: number,
  limitMinutes: number,
): Verdict {
  if (limitMinutes === 0) return say(verdict.blocked, verdictReason.replies_not_allowed, Infinity);
  if (lastMessageAt < 0) {
    const blocked = policy.firstContact === "blocked";
    return say(verdict[policy.firstContact], blocked ? verdictReason.cannot_start : 0, Infinity);
  }
  const limitEndsAt = limitMinutes < 0 ? Infinity : lastMessageAt + limitMinutes * minuteMs;
  if (now >= limitEndsAt) return say(verdict.blocked, verdictReason.reply_window_closed, Infinity);
  let name: (typeof verdictNames)[number] = "allowed";
  let until = limitEndsAt;
  for (const step of policy.replyWindow) {
    const from = lastMessageAt + step.afterMs;
    if (from > now) {
      until = Math.min(until, from);
      break;
    }
    name = step.verdict;
  }
  return name === "blocked"
    ? say(verdict.blocked, verdictReason.reply_window_closed, Infinity)
    : say(verdict[name], 0, until);
}

/** That of the agent who owns the conversation, or who would (FINE-PRINT 25). */
export function verdictOf(partition: Partition, conversation: number): Verdict {
  const channel = channelOf(partition, conversation);
  const limitMinutes = isOffline(partition, conversation) ? limitOf(channel) : -1;
  const { policy } = channel;
  if (limitMinutes < 0 && policy.isUnrestricted) return say(verdict.allowed, 0, Infinity);
  const customer = partition.conversations.get(conversation, F.customer);
  const lastMessageAt = partition.customers.lastMessageAt(customer);
  return verdictAt(policy.ofKind, partition.now, lastMessageAt, limitMinutes);
}

/** What a channel's kind says, looked up once for each configuration. */
export interface Policy {
  readonly ofKind: ChannelPolicy;
  /** Whoever writes, whenever: it is allowed. */
  readonly isUnrestricted: boolean;
  /** That, and nothing is sent but what somebody writes. */
  readonly isPlain: boolean;
}

export function policyOf(kind: ChannelKind): Policy {
  const ofKind = channelPolicies[kind];
  const [first, ...others] = ofKind.replyWindow;
  const isUnrestricted =
    ofKind.firstContact === "allowed" &&
    others.length === 0 &&
    first?.verdict === "allowed" &&
    first.afterMs <= 0;
  return { ofKind, isUnrestricted, isPlain: isUnrestricted && kind !== "email" };
}

/** That of the bot: the tenant's limit does not bind it. */
export function botVerdictOf(partition: Partition, conversation: number): Verdict {
  const customer = partition.conversations.get(conversation, F.customer);
  return verdictAt(
    channelOf(partition, conversation).policy.ofKind,
    partition.now,
    partition.customers.lastMessageAt(customer),
    -1,
  );
}

/** The tenant's limit in minutes; -1: none. */
export function limitOf(channel: Channel): number {
  return channel.settings.offlineMessages.agentOutboundTimeLimitMinutes ?? -1;
}

/** As the contract says it. */
export function mayWriteFrom(of: number, why: number, until: number): MayWrite {
  const reasonName = verdictReasonNames[why - 1];
  if (why === 0 && until === Infinity) return { verdict: verdictNames[of - 1] ?? "blocked" };
  return {
    verdict: verdictNames[of - 1] ?? "blocked",
    ...(reasonName === undefined ? {} : { reason: reasonName }),
    ...(until === Infinity ? {} : { until }),
  };
}
