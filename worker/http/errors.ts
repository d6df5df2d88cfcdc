import type { FastifyError, FastifyReply } from "fastify";
import { OperatingError } from "../shards/routing.ts";
import type { App } from "./app.ts";
import { Problem, type ProblemCode } from "./problems.ts";

/** Every error that reaches a client is a problem (RFC 9457) with a code of the catalogue. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof OperatingError) {
    const headers = { "retry-after": String(error.retryAfterSeconds) };
    return new Problem(error.code, error.message, {}, headers);
  }
  const code = codeOf(error);
  return code === undefined
    ? new Problem("internal_error", "The cause is in the worker's log.")
    : new Problem(code, error instanceof Error ? error.message : String(error));
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type("application/problem+json")
    .send(JSON.stringify(problem.body()));
}

/** Turns whatever goes wrong, from the first byte on, into a problem. */
export function answerErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === "internal_error") request.log.error({ err: error }, "request failed");
    return sendProblem(reply, problem);
  });
}

/** Fastify's own errors, by their codes. */
function codeOf(error: unknown): ProblemCode | undefined {
  const { code, statusCode = 500 } = error as Partial<FastifyError>;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return "too_large";
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return "unsupported_media_type";
    default:
      return statusCode >= 400 && statusCode < 500 ? "bad_request" : undefined;
  }
}
