import { Type } from "typebox";
import { type TestClock, ClockRefusal } from "../../clock.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { openApiDocument } from "../openapi.ts";
import { Problem, invalidRequest } from "../problems.ts";
import { advanceMsMax, clockAdvance } from "../schemas/actions.ts";
import { open, time } from "../schemas/keys.ts";
import { parseTime, wireTime } from "../wire.ts";

const fine = open({ status: Type.Literal("ok") }, "All is well.");

export function operationRoutes(app: App, context: HttpContext): void {
  const { telemetry, isReady, testClock } = context;

  app.route({
    method: "GET",
    url: "/healthz",
    exposeHeadRoute: true,
    schema: { response: answers({ 200: fine }) },
    config: {
      operation: {
        id: "getHealth",
        tag: "operations",
        summary: "Whether the process answers",
        problems: [],
      },
    },
    handler: () => Promise.resolve({ status: "ok" }),
  });

  app.route({
    method: "GET",
    url: "/readyz",
    exposeHeadRoute: true,
    schema: { response: answers({ 200: fine }) },
    config: {
      operation: {
        id: "getReadiness",
        tag: "operations",
        summary: "Whether the worker has recovered and takes requests",
        problems: ["not_ready"],
      },
    },
    handler: async () => {
      if (!isReady()) throw new Problem("not_ready", "Not every partition has recovered yet.");
      return { status: "ok" };
    },
  });

  app.route({
    method: "GET",
    url: "/metrics",
    schema: {},
    config: {
      operation: {
        id: "getMetrics",
        tag: "operations",
        summary: "What is counted and measured, for Prometheus",
        problems: [],
        answers: { 200: { type: "text/plain", description: "The Prometheus text format." } },
      },
    },
    handler: async (_, reply) =>
      reply.type(telemetry.registry.contentType).send(await telemetry.registry.metrics()),
  });

  app.route({
    method: "GET",
    url: "/openapi.json",
    schema: {},
    config: {
      operation: {
        id: "getOpenApi",
        tag: "operations",
        summary: "This document",
        problems: [],
        answers: { 200: { type: "application/json", description: "OpenAPI 3.1." } },
      },
    },
    handler: async (_, reply) =>
      reply.type("application/json").send(openApiDocument(context.routes)),
  });

  if (testClock !== undefined) clockRoute(app, context, testClock);
}

/** Only under `--test-clock`. */
function clockRoute(app: App, { routing }: HttpContext, testClock: TestClock): void {
  app.route({
    method: "POST",
    url: "/v1/test-clock",
    schema: {
      body: clockAdvance(),
      response: answers({ 200: open({ now: time("Where it stands.") }, "The test clock.") }),
    },
    config: {
      operation: {
        id: "advanceTestClock",
        tag: "operations",
        summary: "Walk the test clock through every deadline and calendar change",
        description: "Answers when all of it is durable.",
        problems: [],
      },
    },
    handler: async (request) => {
      const { advanceMs, to } = request.body;
      if (advanceMs !== undefined) return { now: wireTime(await testClock.advance({ advanceMs })) };
      const instant = parseTime(to ?? "") ?? NaN;
      if (instant - routing.now() > advanceMsMax) throw outOfRange(to, "It is too far away.");
      try {
        return { now: wireTime(await testClock.advance({ to: instant })) };
      } catch (error) {
        throw error instanceof ClockRefusal ? outOfRange(to, error.message) : error;
      }
    },
  });
}

function outOfRange(value: unknown, message: string): Problem {
  return invalidRequest([{ path: "/to", code: "out_of_range", message, value, limit: null }]);
}
