/** Codes that say why something happened to a conversation or an agent; docs/errors.md explains each. */
export const reasonCodes = [
  // why a conversation went offline
  "calendar_closed",
  "nobody_signed_in",
  "line_full",
  "connect_wait_over",
  // why it left an agent, a queue, or changed state
  "offline_messages_disabled",
  "customer_wrote",
  "agent_wrote",
  "customer_reply_timeout",
  "called_customer_reply_timeout",
  "bot_idle",
  "dormancy",
  "routing_time_limit",
  "offer_timeout",
  "declined",
  "accepted",
  "matched",
  "assigned_by_person",
  "contacted",
  "released",
  "released_by_supervisor",
  "handed_off",
  "first_reply_overdue",
  "agent_left",
  "agent_gone",
  "agent_removed",
  "skill_lost",
  "queue_replaced",
  "closed_by_agent",
  "closed_by_supervisor",
  "closed_by_bot",
  "customer_ended",
  "erased",
  // the bot
  "given_to_bot",
  "bot_handed_off",
  "bot_unreachable",
  "bot_refused",
  "bot_malformed",
  "bot_silent",
  // why a reservation ended
  "taken",
  "last_agent_wait_over",
  "mode_without_last_agent",
  // presence
  "declared",
  "heartbeat_missed",
  "missed_offers",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const botFailures = [
  "bot_unreachable",
  "bot_refused",
  "bot_malformed",
  "bot_silent",
] as const satisfies readonly ReasonCode[];
export type BotFailure = (typeof botFailures)[number];

/** Why an agent with the skill was not eligible, first cause first (FINE-PRINT 33). */
export const passedOverCodes = [
  "offline",
  "away",
  "no_capacity",
  "surge_rate",
  "passed_over",
  "reserved_for_other",
] as const;
export type PassedOverCode = (typeof passedOverCodes)[number];
