import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type App, type HttpContext, type Operation, answers } from "../app.ts";
import { type EventSource, eventsPerPoll, readEvents } from "../event-reader.ts";
import { streamEvents } from "../event-stream.ts";
import { longPoll, waitMsDefault } from "../long-poll.ts";
import { agentParams, agentPath, tenantParams, tenantPath } from "../paths.ts";
import { invalidRequest } from "../problems.ts";
import { event } from "../schemas/event-answers.ts";
import { named, open } from "../schemas/keys.ts";
import { type Wait, waitQuery } from "../schemas/queries.ts";
import { parseSequence, wireSequence } from "../wire.ts";

const eventStream = "text/event-stream";

const eventPage = open(
  {
    events: Type.Array(event, { description: "Oldest first; empty when the time was over." }),
    next: Type.String({ description: "Give it as `after` the next time." }),
  },
  "Events.",
  named("EventPage"),
);

export function eventRoutes(app: App, context: HttpContext): void {
  const { tenants } = context;

  app.route({
    method: "GET",
    url: `${agentPath}/events`,
    schema: {
      params: agentParams,
      querystring: waitQuery(),
      response: answers({ 200: eventPage }),
    },
    config: {
      operation: {
        id: "readAgentEvents",
        tag: "agents",
        summary: "What happens to one agent, by long poll or as a stream",
        problems: ["unknown_agent"],
        ...streamed,
      },
    },
    handler: async (request, reply) => {
      const { tenant, agent } = request.params;
      await tenants.require({ tenant, agent });
      return answerEvents(context, { tenant, agent }, request.query, request, reply);
    },
  });

  app.route({
    method: "GET",
    url: `${tenantPath}/events`,
    schema: {
      params: tenantParams,
      querystring: waitQuery(),
      response: answers({ 200: eventPage }),
    },
    config: {
      operation: {
        id: "readEvents",
        tag: "agents",
        summary: "What happens to the whole tenant, by long poll or as a stream",
        problems: [],
        ...streamed,
      },
    },
    handler: async (request, reply) => {
      const { tenant } = request.params;
      await tenants.require({ tenant });
      return answerEvents(context, { tenant }, request.query, request, reply);
    },
  });
}

const streamed = {
  description:
    "With `Accept: text/event-stream` a stream: each event with its id, comments as heartbeats, resumed by `Last-Event-ID`. A stream with more than 1 MiB unsent is closed; it can be resumed.",
  headers: ["Last-Event-ID"],
  answers: { 200: { type: eventStream, description: "One Event in each `data`." } },
} as const satisfies Partial<Operation>;

async function answerEvents(
  context: HttpContext,
  source: EventSource,
  { after, waitMs = waitMsDefault }: Wait,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const from = lastEventId(request) ?? parseSequence(after ?? "") ?? 0;
  if (asksForStream(request)) {
    reply.hijack();
    streamEvents(context, source, from, reply.raw).catch((error: unknown) => {
      // The client resumes where it was; it is told nothing, since half an answer has gone out.
      request.log.warn({ err: error }, "event stream ended");
      reply.raw.destroy();
    });
    return reply;
  }
  const { items, next } = await longPoll(context.wakeups, source, reply.raw, waitMs, () =>
    readEvents(context.routing, source, from, eventsPerPoll),
  );
  return reply.send({ events: items, next: wireSequence(next) });
}

/** A client that comes back says what it had last; that is newer than its `after`. */
function lastEventId(request: FastifyRequest): number | undefined {
  const id = request.headers["last-event-id"];
  if (typeof id !== "string" || id === "") return undefined;
  const sequence = parseSequence(id);
  if (sequence !== undefined) return sequence;
  const message = "Must be the id of an event.";
  throw invalidRequest([
    { path: "Last-Event-ID", code: "wrong_type", message, value: id, limit: null },
  ]);
}

function asksForStream({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? "").split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === eventStream && !parameters.some((one) => /^q=0(?:\.0*)?$/u.test(one));
  });
}
