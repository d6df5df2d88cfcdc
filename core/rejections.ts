/**
 * Why the engine refuses a command. A rejection is a value, never an exception, and a refused
 * command changes nothing. The list is in order of precedence: where several hold, the first is
 * answered (FINE-PRINT 28).
 */
export const rejectionCodes = [
  "unknown_tenant",
  "unknown_channel",
  "unknown_agent",
  "unknown_skill_queue",
  "unknown_conversation",
  "configuration_changed",
  "in_use",
  "stale_version",
  "offline_messages_disabled",
  "wrong_state",
  "not_owner",
  "conversation_owned",
  "agent_not_available",
  "skill_missing",
  "no_capacity",
  "cannot_start",
  "replies_not_allowed",
  "reply_window_closed",
  "template_required",
  "tag_required",
] as const;
export type RejectionCode = (typeof rejectionCodes)[number];

export interface Rejection {
  readonly status: "rejected";
  readonly code: RejectionCode;
  /** What the code is about, for a person: ids in use, the state found, the version found. */
  readonly detail?: string;
}
