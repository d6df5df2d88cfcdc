import { Type } from "typebox";
import { type App, type HttpContext, answers } from "../app.ts";
import { tenantParams, tenantPath } from "../paths.ts";
import { skillQueue } from "../schemas/answers.ts";
import { open } from "../schemas/keys.ts";
import { unknown } from "../tenants.ts";
import { skillQueueView } from "../views.ts";

export function queueRoutes(app: App, { routing }: HttpContext): void {
  app.route({
    method: "GET",
    url: `${tenantPath}/queues`,
    schema: {
      params: tenantParams,
      response: answers({ 200: open({ items: Type.Array(skillQueue) }, "In document order.") }),
    },
    config: {
      operation: {
        id: "listSkillQueues",
        tag: "conversations",
        summary: "Skill queues: who waits, who is there",
        problems: [],
      },
    },
    handler: async (request) => {
      const { tenant } = request.params;
      const views = await routing.query({ type: "skillQueues", tenant });
      if (views === undefined) throw unknown("tenant", tenant);
      return { items: views.map(skillQueueView) };
    },
  });
}
