import { channelPolicies } from "./configuration/channel-policies.ts";
import type { ChannelKind } from "./configuration/resolved.ts";
import type { MayWrite, WriteVerdict } from "./events.ts";
import type { RejectionCode } from "./rejections.ts";

const minuteMs = 60_000;

/** What decides whether someone may write to a customer at a moment (3.11). */
export interface WriteSituation {
  readonly kind: ChannelKind;
  readonly now: number;
  /** Arrival of the customer's last message in any conversation of the channel. */
  readonly lastMessageAt: number | undefined;
  /**
   * The tenant's limit where it binds: for agents in offline conversations. null = none,
   * 0 = no replies at all.
   */
  readonly limitMinutes: number | null;
}

/** Whether to write now, and until when it stays so. */
export function mayWrite(situation: WriteSituation): MayWrite {
  const { kind, now, lastMessageAt, limitMinutes } = situation;
  if (limitMinutes === 0) return { verdict: "blocked", reason: "replies_not_allowed" };
  const policy = channelPolicies[kind];
  if (lastMessageAt === undefined) {
    return policy.firstContact === "blocked"
      ? { verdict: "blocked", reason: "cannot_start" }
      : { verdict: policy.firstContact };
  }
  const limitEndsAt = limitMinutes === null ? Infinity : lastMessageAt + limitMinutes * minuteMs;
  if (now >= limitEndsAt) return { verdict: "blocked", reason: "reply_window_closed" };
  let verdict: WriteVerdict = "allowed";
  let until = limitEndsAt;
  for (const step of policy.replyWindow) {
    const from = lastMessageAt + step.afterMs;
    if (from <= now) {
      verdict = step.verdict;
    } else {
      until = Math.min(until, from);
      break;
    }
  }
  if (verdict === "blocked") return { verdict, reason: "reply_window_closed" };
  return until === Infinity ? { verdict } : { verdict, until };
}

/** The instants after `now` at which the verdict will change, soonest first. */
export function verdictChanges(situation: WriteSituation): readonly number[] {
  const changes: number[] = [];
  let { until } = mayWrite(situation);
  while (until !== undefined) {
    changes.push(until);
    ({ until } = mayWrite({ ...situation, now: until }));
  }
  return changes;
}

/** End of the time in which anything may be written, undefined where it has no end. */
export function replyWindowEndsAt(situation: WriteSituation): number | undefined {
  const { kind, lastMessageAt, limitMinutes } = situation;
  if (lastMessageAt === undefined) return undefined;
  const platformMs = channelPolicies[kind].replyWindow[1]?.afterMs ?? Infinity;
  const tenantMs = limitMinutes === null ? Infinity : limitMinutes * minuteMs;
  const lengthMs = Math.min(platformMs, tenantMs);
  return lengthMs === Infinity ? undefined : lastMessageAt + lengthMs;
}

/** Why a message is refused under this verdict, or undefined if it may be sent. */
export function writeRejection(
  { verdict, reason }: MayWrite,
  message: { readonly template?: boolean; readonly tag?: string },
): RejectionCode | undefined {
  switch (verdict) {
    case "allowed":
      return undefined;
    case "allowed-with-tag":
      return isHumanAgentTag(message.tag) ? undefined : "tag_required";
    case "template-only":
      return message.template === true ? undefined : "template_required";
    case "blocked":
      return reason ?? "reply_window_closed";
  }
}

/** Platforms write it `HUMAN_AGENT`; case and separator are not looked at. */
function isHumanAgentTag(tag: string | undefined): boolean {
  return tag !== undefined && tag.toLowerCase().replaceAll("_", "-") === "human-agent";
}
