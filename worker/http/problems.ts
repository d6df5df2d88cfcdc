import type { Rejection, RejectionCode } from "../../core/rejections.ts";
import type { OperatingErrorCode } from "../shards/routing.ts";
import type { RequestViolation } from "./violations.ts";

/** Errors that HTTP itself answers, beside the engine's rejections and the machinery's failures. */
export const problemCodes = [
  "bad_request",
  "unreadable_body",
  "not_found",
  "unknown_entry",
  "method_not_allowed",
  "request_timeout",
  "too_large",
  "too_many_lines",
  "unsupported_media_type",
  "invalid_request",
  "invalid_configuration",
  "headers_too_large",
  "internal_error",
  "not_ready",
] as const;
export type ProblemCode = (typeof problemCodes)[number] | RejectionCode | OperatingErrorCode;

interface Meaning {
  readonly status: number;
  readonly title: string;
}

/** Status and title of every code that the worker answers with and knows beforehand. */
export const problemMeanings: Readonly<Record<ProblemCode, Meaning>> = {
  bad_request: { status: 400, title: "The request is no valid HTTP" },
  unreadable_body: { status: 400, title: "The body cannot be read" },
  not_found: { status: 404, title: "There is no such route" },
  unknown_tenant: { status: 404, title: "There is no such tenant" },
  unknown_channel: { status: 404, title: "There is no such channel" },
  unknown_agent: { status: 404, title: "There is no such agent" },
  unknown_skill_queue: { status: 404, title: "There is no such skill queue" },
  unknown_conversation: { status: 404, title: "There is no such conversation" },
  unknown_entry: { status: 404, title: "There is no such entry" },
  method_not_allowed: { status: 405, title: "The route does not know this method" },
  request_timeout: { status: 408, title: "The request took too long to arrive" },
  in_use: { status: 409, title: "What would be removed still has open conversations" },
  stale_version: { status: 409, title: "The conversation has changed since that version" },
  offline_messages_disabled: { status: 409, title: "The channel takes no offline messages" },
  wrong_state: { status: 409, title: "The conversation is in another state" },
  not_owner: { status: 409, title: "Only the owner may do that" },
  conversation_owned: { status: 409, title: "Another agent owns the conversation" },
  agent_not_available: { status: 409, title: "The agent is not available" },
  skill_missing: { status: 409, title: "The agent lacks the skill" },
  no_capacity: { status: 409, title: "The agent has not enough free units" },
  configuration_changed: { status: 412, title: "The configuration is another by now" },
  too_large: { status: 413, title: "The body is too large" },
  too_many_lines: { status: 413, title: "The body has too many lines" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  invalid_request: { status: 422, title: "The request is not valid" },
  invalid_configuration: { status: 422, title: "The configuration is not valid" },
  cannot_start: { status: 403, title: "The platform lets only the customer begin" },
  replies_not_allowed: { status: 403, title: "Agents may not reply to offline messages here" },
  reply_window_closed: { status: 403, title: "The time to reply is over" },
  template_required: { status: 403, title: "Only an approved template may be sent now" },
  tag_required: { status: 403, title: "Only a tagged message may be sent now" },
  headers_too_large: { status: 431, title: "The header fields are too large" },
  internal_error: { status: 500, title: "The worker failed" },
  not_ready: { status: 503, title: "The worker is not ready yet" },
  overloaded: { status: 503, title: "Too much waits already" },
  shard_restarting: { status: 503, title: "The partition recovers from its journal" },
  journal_full: { status: 503, title: "The disk has no space" },
  journal_failed: { status: 503, title: "The disk refused" },
  partition_unavailable: { status: 503, title: "The partition did not start" },
  stopping: { status: 503, title: "The worker is stopping" },
};

/** An error body (RFC 9457) with the stable `code` of this contract. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly violations?: readonly RequestViolation[];
  /** NDJSON: the line it is about, from 1. */
  readonly line?: number;
  /** Bulk actions: the conversation it is about. */
  readonly conversation?: string;
}

/** What a problem may say beyond its code and detail. */
export type ProblemExtension = Pick<ProblemBody, "violations">;

/** Thrown to answer a request with a problem. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: ProblemCode;
  readonly extension: ProblemExtension;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    extension: ProblemExtension = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.status = problemMeanings[code].status;
    this.title = problemMeanings[code].title;
    this.extension = extension;
    this.headers = headers;
  }

  body(): ProblemBody {
    const { code, status, title, message: detail, extension } = this;
    return { type: `urn:nightdesk:problem:${code}`, title, status, code, detail, ...extension };
  }
}

/** The answer to a command that the engine refused. */
export function refusal(rejection: Rejection): Problem {
  const { code, detail } = rejection;
  return new Problem(code, detail ?? `${problemMeanings[code].title}.`);
}

/** A request of the wrong shape, with everything that is wrong about it. */
export function invalidRequest(violations: readonly RequestViolation[]): Problem {
  return new Problem("invalid_request", countOf(violations), { violations });
}

export function invalidConfiguration(violations: readonly RequestViolation[]): Problem {
  return new Problem("invalid_configuration", countOf(violations), { violations });
}

function countOf(violations: readonly RequestViolation[]): string {
  const [first] = violations;
  const one =
    first === undefined ? "" : ` The first: ${first.path || "the body"}: ${first.message}`;
  return `${violations.length} ${violations.length === 1 ? "problem" : "problems"}.${one}`;
}
