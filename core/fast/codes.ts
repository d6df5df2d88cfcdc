import { assignmentRules, type AssignmentRule, type ConversationState } from "../events.ts";
import { presenceStatuses } from "../commands.ts";
import { passedOverCodes, reasonCodes, type ReasonCode } from "../reasons.ts";
import { routingModes } from "../configuration/resolved.ts";
import { savedTimerKinds } from "../snapshot-records.ts";

/** Rows hold small numbers where the contract has words; these are both sides of each. */

/** Number by word, beginning with `from`. */
function numbered<Word extends string>(words: readonly Word[], from: number): Record<Word, number> {
  return Object.fromEntries(words.map((word, index) => [word, index + from])) as Record<
    Word,
    number
  >;
}

/** 0: not in any state yet. */
export const state = {
  withBot: 1,
  queued: 2,
  offered: 3,
  assigned: 4,
  awaitingCustomer: 5,
  live: 6,
  dormant: 7,
  parked: 8,
  closed: 9,
  /** As it is seen, never stored. */
  held: 10,
} as const;
export const stateNames = [
  "",
  "with-bot",
  "queued",
  "offered",
  "assigned",
  "awaiting-customer",
  "live",
  "dormant",
  "parked",
  "closed",
  "held",
] as readonly ConversationState[];

/** Reasons: 0 is none. */
export const reason = numbered(reasonCodes, 1);
export function reasonName(code: number): ReasonCode | undefined {
  return reasonCodes[code - 1];
}

export const rule = numbered(assignmentRules, 0);
export function ruleName(code: number): AssignmentRule {
  return assignmentRules[code] ?? "person";
}

/** Precedence as in `passedOverCodes`; 0 is eligible. */
export const passedOver = numbered(passedOverCodes, 1);

export const presence = { offline: 0, away: 1, available: 2 } as const;
export const presenceNames = presenceStatuses.toReversed();

export const mode = numbered(routingModes, 0);
export const timerKinds = savedTimerKinds;
export const kind = numbered(timerKinds, 0);

/** Verdicts: 0 is none. */
export const verdictNames = ["allowed", "allowed-with-tag", "template-only", "blocked"] as const;
export const verdict = numbered(verdictNames, 1);
export const verdictReasonNames = [
  "replies_not_allowed",
  "reply_window_closed",
  "cannot_start",
] as const;
export const verdictReason = numbered(verdictReasonNames, 1);

/** Who caused a move, in the payload of `conversationMoved`. */
export const by = { nobody: 0, supervisor: 1, bot: 2, customer: 3, agent: 4, noted: 8 } as const;

/** A move says its reason and who caused it in one number. */
export const reasonUnit = 64;
