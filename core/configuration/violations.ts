/**
 * What can be wrong with a configuration, in the order in which problems of one path are listed:
 * first the shape of the value itself, then what it refers to, then what it contradicts.
 */
export const violationCodes = [
  "unknown_key",
  "required",
  "wrong_type",
  "out_of_range",
  "not_one_of",
  "channel_kind_unsupported",
  "too_long",
  "prompt_too_long",
  "prompt_forbidden_character",
  "hours_invalid",
  "hours_overlap",
  "date_invalid",
  "time_zone_unknown",
  "url_invalid",
  "duplicate_id",
  "unknown_reference",
  "cost_above_capacity",
  "called_timeout_too_long",
  "last_agent_mode_disabled",
  "last_agent_mode_differs",
  "last_agent_wait_too_long",
  "chatbot_url_missing",
  "chatbot_access_code_missing",
  "email_only",
  "auto_reply_template_missing",
] as const;
export type ViolationCode = (typeof violationCodes)[number];

/** What is allowed but probably not meant. */
export const warningCodes = ["prompt_unused", "limit_shorter_than_night"] as const;
export type WarningCode = (typeof warningCodes)[number];

/**
 * What would have been allowed: a range, the list of a choice, a greatest length, or null where no
 * such thing can be said.
 */
export type ViolationLimit =
  | { readonly min: number; readonly max: number }
  | readonly string[]
  | number
  | null;

/** One problem of a configuration; warnings have the same shape (FINE-PRINT 40). */
export interface Violation<Code extends string = ViolationCode | WarningCode> {
  /** JSON Pointer into the document as sent; a missing key has the path it would have. */
  readonly path: string;
  readonly code: Code;
  /** For a person, in one sentence. */
  readonly message: string;
  /**
   * What stands at the path, or the default that applies there; null where nothing does. Lists and
   * objects are quoted to a depth of eight, so that it can always be written as JSON.
   */
  readonly value: unknown;
  readonly limit: ViolationLimit;
}
