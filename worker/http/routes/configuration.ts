import { isUtf8 } from "node:buffer";
import { Type } from "typebox";
import type { ResolvedConfiguration } from "../../../core/configuration/resolved.ts";
import { configurationSchema } from "../../../core/configuration/schema.ts";
import { type App, type HttpContext, answers } from "../app.ts";
import { DocumentText, readDocument } from "../configuration-documents.ts";
import { etagOf, isAny, requireMatch } from "../etag.ts";
import { tenantParams, tenantPath } from "../paths.ts";
import { invalidRequest, refusal } from "../problems.ts";
import { unreadable } from "../requests.ts";
import { warnings } from "../schemas/answers.ts";
import { closed, named, printable } from "../schemas/keys.ts";
import { unknown } from "../tenants.ts";

const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"];

const document = {
  ...configurationSchema,
  ...named("Configuration"),
  examples: [
    {
      skillQueues: [{ id: "billing" }],
      agents: [{ id: "ana", skills: { billing: 8 }, capacity: 6 }],
      channels: [
        { id: "web", kind: "web", skillQueue: "billing", offlineMessages: { enabled: true } },
      ],
    },
  ],
};

export function configurationRoutes(app: App, context: HttpContext): void {
  const { routing, limits, tenants } = context;
  readDocumentTexts(app);

  app.route({
    method: "PUT",
    url: `${tenantPath}/configuration`,
    schema: {
      params: closed({ tenant: printable(limits.idBytesMax, "Id of the tenant.") }, ""),
      querystring: closed(
        {
          dryRun: Type.Optional(
            Type.Boolean({ description: "Only validate; nothing is changed.", default: false }),
          ),
          replace: Type.Optional(
            Type.Array(Type.String(), {
              description:
                "`old:new`, may be repeated: a removed queue or channel, and the one that takes over its open conversations.",
            }),
          ),
        },
        "",
      ),
      response: answers({ 200: warnings }),
    },
    config: {
      operation: {
        id: "putConfiguration",
        tag: "configuration",
        summary: "Replace the tenant's configuration, or create the tenant",
        description: "All violations come at once. What is running keeps the timers it has.",
        problems: [
          "configuration_changed",
          "in_use",
          "invalid_configuration",
          "unknown_channel",
          "unknown_skill_queue",
        ],
        creates: "tenant",
        body: document,
        bodyAlternatives: { "application/yaml": { description: "The same document as YAML." } },
        headers: ["If-Match"],
        tagged: true,
      },
    },
    handler: async (request, reply) => {
      const { tenant } = request.params;
      const { dryRun = false, replace = [] } = request.query;
      const { configuration, warnings: found } = readDocument(textOf(request.body));
      const replacements = readReplacements(replace, configuration);
      const ifMatch = request.headers["if-match"];
      const expectedRevision = await revisionToReplace(context, tenant, ifMatch);
      if (dryRun) return reply.send({ warnings: found });
      const result = await routing.submit({
        type: "configureTenant",
        tenant,
        configuration,
        ...(replace.length > 0 && { replace: replacements }),
        ...(expectedRevision !== undefined && { expectedRevision }),
      });
      tenants.forget(tenant);
      if (result.status === "rejected") throw refusal(result);
      if (result.status === "configured") reply.header("etag", etagOf(result.revision));
      return reply.send({ warnings: found });
    },
  });

  app.route({
    method: "GET",
    url: `${tenantPath}/configuration`,
    schema: { params: tenantParams, response: answers({ 200: document }) },
    config: {
      operation: {
        id: "getConfiguration",
        tag: "configuration",
        summary: "The configuration with every default filled in",
        description: "It is a valid document itself. Secrets are names in it; values never show.",
        problems: [],
        tagged: true,
      },
    },
    handler: async (request, reply) => {
      const { tenant } = request.params;
      const view = await routing.query({ type: "configuration", tenant });
      if (view === undefined) throw unknown("tenant", tenant);
      return reply.header("etag", etagOf(view.revision)).send(view.configuration);
    },
  });
}

/** JSON and YAML alike are read by the handler, which knows places in the text. */
function readDocumentTexts(app: App): void {
  const parserOf = (format: "json" | "yaml") => (_: unknown, body: Buffer) => {
    if (!isUtf8(body)) throw unreadable("It is not UTF-8.");
    return Promise.resolve(new DocumentText(body.toString("utf8"), format));
  };
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, parserOf("json"));
  app.addContentTypeParser(yamlTypes, { parseAs: "buffer" }, parserOf("yaml"));
}

function textOf(body: unknown): DocumentText {
  if (!(body instanceof DocumentText)) throw unreadable("The body is empty.");
  return body;
}

/** The revision that `If-Match` asks for; undefined where any will do. */
async function revisionToReplace(
  { routing }: HttpContext,
  tenant: string,
  ifMatch: string | undefined,
): Promise<number | undefined> {
  if (ifMatch === undefined) return undefined;
  const view = await routing.query({ type: "configuration", tenant });
  requireMatch(ifMatch, view?.revision);
  return isAny(ifMatch) ? undefined : view?.revision;
}

/**
 * `old:new` pairs as one map. Ids may have colons of their own: of several ways to read a pair, the
 * one counts whose second id the new document has.
 */
function readReplacements(
  pairs: readonly string[],
  { skillQueues, channels }: ResolvedConfiguration,
): Record<string, string> {
  const ids = new Set([...skillQueues, ...channels].map(({ id }) => id));
  const readings = pairs.map((pair) => {
    const ways = [...pair.matchAll(/:/gu)]
      .map(({ index }) => [pair.slice(0, index), pair.slice(index + 1)] as const)
      .filter(([from, to]) => from !== "" && to !== "");
    return ways.find(([, to]) => ids.has(to)) ?? ways[0];
  });
  const wrong = pairs.filter((_, index) => readings[index] === undefined);
  if (wrong.length > 0) {
    const message = "Must be old:new, two ids.";
    throw invalidRequest(
      wrong.map((value) => ({ path: "?replace", code: "wrong_type", message, value, limit: null })),
    );
  }
  return Object.fromEntries(
    readings.flatMap((reading) => (reading === undefined ? [] : [reading])),
  );
}
