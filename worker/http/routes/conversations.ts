import { Type } from "typebox";
import type { ConversationState } from "../../../core/events.ts";
import type { ConversationFilter } from "../../shards/routing.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { contactCustomer, writeMessage } from "../command-inputs.ts";
import { outcomeOf } from "../conversation-commands.ts";
import { conversationParams, conversationPath, tenantParams, tenantPath } from "../paths.ts";
import { conversation, outcome } from "../schemas/answers.ts";
import { timelineEntry } from "../schemas/event-answers.ts";
import { named, open } from "../schemas/keys.ts";
import { agentMessage, contact } from "../schemas/messages.ts";
import { conversationQuery, itemsPerPageDefault, pageOf } from "../schemas/queries.ts";
import { timelineView } from "../timeline-view.ts";
import { conversationView, outcomeView } from "../views.ts";
import { parseConversation, wireConversation } from "../wire.ts";

const windowProblems = [
  "cannot_start",
  "replies_not_allowed",
  "reply_window_closed",
  "template_required",
  "tag_required",
] as const;

const timeline = open(
  { entries: Type.Array(timelineEntry, { description: "Oldest first." }) },
  "The story of a conversation.",
  named("Timeline"),
);

export function conversationRoutes(app: App, context: HttpContext): void {
  readingRoutes(app, context);
  writingRoutes(app, context);
}

function readingRoutes(app: App, { routing, tenants }: HttpContext): void {
  app.route({
    method: "GET",
    url: `${tenantPath}/conversations`,
    schema: {
      params: tenantParams,
      querystring: conversationQuery(),
      response: answers({ 200: pageOf("ConversationPage", conversation) }),
    },
    config: {
      operation: {
        id: "listConversations",
        tag: "conversations",
        summary: "Conversations, in the order in which they were opened",
        problems: [],
      },
    },
    handler: async (request) => {
      const { tenant } = request.params;
      await tenants.find(tenant);
      const filter = filterOf(request.query);
      const { items, more } = await routing.query({ type: "conversations", tenant, ...filter });
      const last = items.at(-1);
      const next = more && last !== undefined ? wireConversation(last.id) : null;
      return { items: items.map(conversationView), next };
    },
  });

  app.route({
    method: "GET",
    url: conversationPath,
    schema: { params: conversationParams, response: answers({ 200: conversation }) },
    config: {
      operation: {
        id: "getConversation",
        tag: "conversations",
        summary: "One conversation, with its deadlines and who may write",
        problems: ["unknown_conversation"],
      },
    },
    handler: async (request) => {
      const { tenant, conversation: id } = request.params;
      const number = await tenants.conversationNumber(tenant, id);
      const view = await routing.query({ type: "conversation", tenant, conversation: number });
      return view === undefined ? tenants.refuseConversation(tenant, id) : conversationView(view);
    },
  });

  app.route({
    method: "GET",
    url: `${conversationPath}/timeline`,
    schema: { params: conversationParams, response: answers({ 200: timeline }) },
    config: {
      operation: {
        id: "getTimeline",
        tag: "conversations",
        summary: "Messages and decisions with their reasons, in order",
        problems: ["unknown_conversation"],
      },
    },
    handler: async (request) => {
      const { tenant, conversation: id } = request.params;
      const number = await tenants.conversationNumber(tenant, id);
      const events = await routing.query({ type: "timeline", tenant, conversation: number });
      if (events === undefined) return tenants.refuseConversation(tenant, id);
      return { entries: events.map(timelineView) };
    },
  });
}

function writingRoutes(app: App, { routing, tenants, limits }: HttpContext): void {
  app.route({
    method: "POST",
    url: `${tenantPath}/conversations`,
    schema: {
      params: tenantParams,
      body: contact(limits),
      response: answers({ 201: outcome, 202: outcome }),
    },
    config: {
      operation: {
        id: "contactCustomer",
        tag: "conversations",
        summary: "An agent writes first",
        description:
          "201 with the conversation. A repeated id answers with the status of the first write, 202 if that was a message in a conversation.",
        problems: [
          "unknown_channel",
          "unknown_agent",
          "offline_messages_disabled",
          "conversation_owned",
          "wrong_state",
          "agent_not_available",
          "no_capacity",
          ...windowProblems,
        ],
      },
    },
    handler: async (request, reply) => {
      const { tenant } = request.params;
      const written = outcomeOf(await routing.submit(contactCustomer(tenant, request.body)));
      const id = wireConversation(written.conversation);
      return reply
        .code(written.duplicateOf === "write" ? 202 : 201)
        .header("location", `/v1/tenants/${encodeURIComponent(tenant)}/conversations/${id}`)
        .send(outcomeView(written, "text"));
    },
  });

  app.route({
    method: "POST",
    url: `${conversationPath}/messages`,
    schema: {
      params: conversationParams,
      body: agentMessage(limits),
      response: answers({ 201: outcome, 202: outcome }),
    },
    config: {
      operation: {
        id: "writeMessage",
        tag: "conversations",
        summary: "The owner, or the bot, writes to the customer",
        description:
          "202 once it is durable. A repeated id answers with the status of the first write, 201 if that was a contact.",
        problems: [
          "unknown_agent",
          "unknown_conversation",
          "stale_version",
          "wrong_state",
          "not_owner",
          ...windowProblems,
        ],
      },
    },
    handler: async (request, reply) => {
      const { tenant, conversation: id } = request.params;
      const number = await tenants.conversationNumber(tenant, id);
      const command = writeMessage(tenant, number, request.body);
      const written = outcomeOf(await routing.submit(command));
      return reply
        .code(written.duplicateOf === "contact" ? 201 : 202)
        .send(outcomeView(written, "text"));
    },
  });
}

interface ConversationQuery {
  readonly state?: string;
  readonly queue?: string;
  readonly agent?: string;
  readonly channel?: string;
  readonly customer?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

function filterOf(query: ConversationQuery): ConversationFilter {
  const { state, queue, agent, channel, customer, cursor, limit = itemsPerPageDefault } = query;
  const after = parseConversation(cursor ?? "");
  return {
    ...(state !== undefined && { states: state.split(",") as ConversationState[] }),
    ...(queue !== undefined && { skillQueue: queue }),
    ...(agent !== undefined && { agent }),
    ...(channel !== undefined && { channel }),
    // A `+` that was not encoded arrives as a blank, and no address begins with one.
    ...(customer !== undefined && { customer: customer.replace(/^ /u, "+") }),
    ...(after !== undefined && { after }),
    limit,
  };
}
