import { Type } from "typebox";
import { type App, type HttpContext, answers } from "../app.ts";
import { Acknowledgements, readEntries } from "../customer-poll.ts";
import { longPoll, waitMsDefault } from "../long-poll.ts";
import { channelPath, customerParams, polledParams, tenantPath } from "../paths.ts";
import { refusal } from "../problems.ts";
import { customerEntry } from "../schemas/answers.ts";
import { count, named, open } from "../schemas/keys.ts";
import { waitQuery } from "../schemas/queries.ts";
import { parseSequence, wireSequence } from "../wire.ts";

const entryPage = open(
  {
    entries: Type.Array(customerEntry, { description: "Oldest first." }),
    next: Type.String({ description: "Give it as `after` the next time: so it is acknowledged." }),
  },
  "What the customer is to have.",
  named("CustomerEntryPage"),
);

const erasure = open(
  { conversations: count("How many it concerned.") },
  "What was erased.",
  named("Erasure"),
);

export function customerRoutes(app: App, context: HttpContext): void {
  const { routing, limits, tenants, wakeups } = context;
  const acknowledgements = new Acknowledgements(routing);

  app.route({
    method: "GET",
    url: `${channelPath}/customers/:customer/poll`,
    schema: {
      params: polledParams(limits),
      querystring: waitQuery(),
      response: answers({ 200: entryPage }),
    },
    config: {
      operation: {
        id: "pollCustomer",
        tag: "customers",
        summary: "The customer side of a channel without push",
        description: "Acknowledges nothing but what `after` passes.",
        problems: ["unknown_channel"],
      },
    },
    handler: async (request, reply) => {
      const { waitMs = waitMsDefault } = request.query;
      await tenants.require({ tenant: request.params.tenant, channel: request.params.channel });
      const after = parseSequence(request.query.after ?? "") ?? 0;
      await acknowledgements.acknowledge(request.params, after);
      const { items, next } = await longPoll(wakeups, request.params, reply.raw, waitMs, () =>
        readEntries(routing, request.params, after),
      );
      return { entries: items, next: wireSequence(next) };
    },
  });

  app.route({
    method: "DELETE",
    url: `${tenantPath}/customers/:customer`,
    schema: { params: customerParams(limits), response: answers({ 202: erasure }) },
    config: {
      operation: {
        id: "eraseCustomer",
        tag: "customers",
        summary: "Erase a customer: an address on any channel, or a customerId",
        description:
          "Gone at once from everything that answers; from the disk with the journal segments and snapshots that hold it.",
        problems: ["invalid_request"],
      },
    },
    handler: async (request, reply) => {
      const { tenant, customer } = request.params;
      const result = await routing.submit({ type: "eraseCustomer", tenant, customer });
      if (result.status === "rejected") throw refusal(result);
      if (result.status !== "erased") throw new Error(`no erasure: ${result.status}`);
      return reply.code(202).send({ conversations: result.conversations.length });
    },
  });
}
