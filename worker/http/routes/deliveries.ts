import { Type } from "typebox";
import type { CommandInput } from "../../shards/routing.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { channelParams, channelPath, entryParams } from "../paths.ts";
import { Problem, refusal } from "../problems.ts";
import { deliveryReport } from "../schemas/actions.ts";
import { failedDelivery } from "../schemas/answers.ts";
import { choice, closed } from "../schemas/keys.ts";
import { itemsPerPageDefault, pageKeys, pageOf } from "../schemas/queries.ts";
import { failedDeliveryView } from "../views.ts";
import { parseSequence, wireSequence } from "../wire.ts";

const entryPath = `${channelPath}/deliveries/:entry`;

export function deliveryRoutes(app: App, context: HttpContext): void {
  reportRoutes(app, context);
  const { routing, tenants } = context;

  app.route({
    method: "GET",
    url: `${channelPath}/deliveries`,
    schema: {
      params: channelParams,
      querystring: closed(
        {
          status: Type.Optional(choice(["failed"], "The dead letters.", { default: "failed" })),
          ...pageKeys(parseSequence),
        },
        "",
      ),
      response: answers({ 200: pageOf("FailedDeliveryPage", failedDelivery) }),
    },
    config: {
      operation: {
        id: "listDeliveries",
        tag: "customers",
        summary: "Entries that did not reach their customer",
        problems: ["unknown_channel"],
      },
    },
    handler: async (request) => {
      const { tenant, channel } = request.params;
      await tenants.require({ tenant, channel });
      const { cursor, limit = itemsPerPageDefault } = request.query;
      const entries = await routing.query({
        type: "failedDeliveries",
        tenant,
        channel,
        after: parseSequence(cursor ?? "") ?? 0,
        limit: limit + 1,
      });
      const items = entries.slice(0, limit);
      const last = entries.length > limit ? items.at(-1) : undefined;
      const next = last === undefined ? null : wireSequence(last.sequence);
      return { items: items.map(failedDeliveryView), next };
    },
  });
}

function reportRoutes(app: App, { routing, tenants }: HttpContext): void {
  app.route({
    method: "POST",
    url: entryPath,
    schema: { params: entryParams, body: deliveryReport() },
    config: {
      operation: {
        id: "reportDelivery",
        tag: "customers",
        summary: "The channel says what became of an entry",
        problems: ["unknown_channel", "unknown_entry"],
        answers: { 204: null },
      },
    },
    handler: async (request, reply) => {
      const { tenant, channel, entry } = request.params;
      const { status, reason } = request.body;
      await tenants.require({ tenant, channel });
      const { sequence } = await tenants.findEntry(tenant, channel, entry);
      await submit({
        type: "recordDelivery",
        tenant,
        channel,
        entry: sequence,
        status,
        ...(reason !== undefined && { reason }),
      });
      return reply.code(204).send();
    },
  });

  app.route({
    method: "POST",
    url: `${entryPath}/resend`,
    schema: { params: entryParams },
    config: {
      operation: {
        id: "resendDelivery",
        tag: "customers",
        summary: "Send an entry again",
        problems: ["unknown_channel", "unknown_entry", "wrong_state"],
        answers: { 204: null },
      },
    },
    handler: async (request, reply) => {
      const { tenant, channel, entry } = request.params;
      await tenants.require({ tenant, channel });
      const { sequence, delivery } = await tenants.findEntry(tenant, channel, entry);
      if (delivery === "withdrawn") {
        throw new Problem("wrong_state", "The entry was withdrawn before it was delivered.");
      }
      await submit({ type: "recordDelivery", tenant, channel, entry: sequence, status: "pending" });
      return reply.code(204).send();
    },
  });

  async function submit(command: CommandInput): Promise<void> {
    const result = await routing.submit(command);
    if (result.status === "rejected") throw refusal(result);
  }
}
