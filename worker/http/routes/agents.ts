import { Type } from "typebox";
import type { AgentView } from "../../../core/engine.ts";
import { configurationSchema } from "../../../core/configuration/schema.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { changeConfiguration } from "../configuration-changes.ts";
import { withAgent } from "../configuration-documents.ts";
import { etagOf } from "../etag.ts";
import { agentParams, agentPath, tenantParams, tenantPath } from "../paths.ts";
import { refusal } from "../problems.ts";
import { unreadable } from "../requests.ts";
import { presence } from "../schemas/actions.ts";
import { agent as agentAnswer, presenceAnswer } from "../schemas/answers.ts";
import { named, open } from "../schemas/keys.ts";
import { unknown } from "../tenants.ts";
import { agentView, presenceView } from "../views.ts";

/** An agent of the document, whose id may be left out. */
const agentDocument = {
  ...configurationSchema.properties.agents.items,
  required: ["skills", "capacity"],
  ...named("AgentDocument"),
  examples: [{ name: "Ana", skills: { billing: 8 }, capacity: 6 }],
};

export function agentRoutes(app: App, context: HttpContext): void {
  presenceRoute(app, context);
  readingRoutes(app, context);

  app.route({
    method: "PUT",
    url: agentPath,
    // The body belongs to the document, and is checked with it.
    schema: { params: agentParams, response: answers({ 200: agentAnswer }) },
    config: {
      operation: {
        id: "putAgent",
        tag: "agents",
        summary: "Replace one agent of the configuration, or add one at its end",
        description:
          "The whole document is validated; problems of the agent are told by their place in this body, others by their place in the document.",
        problems: ["configuration_changed", "invalid_configuration", "unreadable_body"],
        creates: "agent",
        body: agentDocument,
        headers: ["If-Match"],
        tagged: true,
      },
    },
    handler: async (request, reply) => {
      const { tenant, agent } = request.params;
      const { body } = request;
      if (body === undefined) throw unreadable("The body is empty.");
      const revision = await changeConfiguration(
        context,
        tenant,
        request.headers["if-match"],
        (configuration) => withAgent(configuration, agent, body),
      );
      const changed = await findAgent(context, tenant, agent);
      return reply.header("etag", etagOf(revision)).send(agentView(changed));
    },
  });

  app.route({
    method: "DELETE",
    url: agentPath,
    schema: { params: agentParams },
    config: {
      operation: {
        id: "deleteAgent",
        tag: "agents",
        summary: "Remove one agent from the configuration",
        description: "What the agent owns loses its owner.",
        problems: ["unknown_agent", "configuration_changed"],
        answers: { 204: null },
        headers: ["If-Match"],
        tagged: true,
      },
    },
    handler: async (request, reply) => {
      const { tenant, agent } = request.params;
      const revision = await changeConfiguration(
        context,
        tenant,
        request.headers["if-match"],
        ({ agents, ...others }) => {
          if (agents.every(({ id }) => id !== agent)) throw unknown("agent", agent);
          return { ...others, agents: agents.filter(({ id }) => id !== agent) };
        },
      );
      return reply.code(204).header("etag", etagOf(revision)).send();
    },
  });
}

function readingRoutes(app: App, context: HttpContext): void {
  const { routing } = context;

  app.route({
    method: "GET",
    url: `${tenantPath}/agents`,
    schema: {
      params: tenantParams,
      response: answers({ 200: open({ items: Type.Array(agentAnswer) }, "In document order.") }),
    },
    config: {
      operation: { id: "listAgents", tag: "agents", summary: "All agents", problems: [] },
    },
    handler: async (request) => {
      const { tenant } = request.params;
      const views = await routing.query({ type: "agents", tenant });
      if (views === undefined) throw unknown("tenant", tenant);
      return { items: views.map(agentView) };
    },
  });

  app.route({
    method: "GET",
    url: agentPath,
    schema: { params: agentParams, response: answers({ 200: agentAnswer }) },
    config: {
      operation: {
        id: "getAgent",
        tag: "agents",
        summary: "One agent: presence, units, owned conversations",
        problems: ["unknown_agent"],
        tagged: true,
      },
    },
    handler: async (request, reply) => {
      const { tenant, agent } = request.params;
      const { revision } = await context.tenants.find(tenant);
      const view = await findAgent(context, tenant, agent);
      return reply.header("etag", etagOf(revision)).send(agentView(view));
    },
  });
}

function presenceRoute(app: App, { routing }: HttpContext): void {
  app.route({
    method: "PUT",
    url: `${agentPath}/presence`,
    schema: {
      params: agentParams,
      body: presence(),
      response: answers({ 200: presenceAnswer }),
    },
    config: {
      operation: {
        id: "setPresence",
        tag: "agents",
        summary: "Declare an agent's presence; also the heartbeat",
        problems: ["unknown_agent"],
      },
    },
    handler: async (request) => {
      const { tenant, agent } = request.params;
      const { status } = request.body;
      const result = await routing.submit({ type: "setPresence", tenant, agent, status });
      if (result.status === "rejected") throw refusal(result);
      if (result.status !== "presence") throw new Error(`no presence: ${result.status}`);
      return presenceView(result);
    },
  });
}

/** Problems: `unknown_tenant`, `unknown_agent`. */
async function findAgent(
  { routing }: HttpContext,
  tenant: string,
  agent: string,
): Promise<AgentView> {
  const views = await routing.query({ type: "agents", tenant });
  if (views === undefined) throw unknown("tenant", tenant);
  const view = views.find(({ id }) => id === agent);
  if (view === undefined) throw unknown("agent", agent);
  return view;
}
