import type { RouteOptions } from "fastify";
import type { TSchema } from "typebox";
import type { Operation } from "./app.ts";
import { type ProblemCode, problemMeanings } from "./problems.ts";
import { problem } from "./schemas/answers.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a route is made of, as far as it is described. */
export type DescribedRoute = Pick<RouteOptions, "method" | "url" | "schema" | "config">;

/**
 * The OpenAPI 3.1 document, made from the very schemas that check requests. Every route with an
 * `operation` is in it.
 */
export function openApiDocument(routes: readonly DescribedRoute[]): Json {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operation = route.config?.operation;
    // A HEAD that goes with a GET needs no description of its own.
    if (operation === undefined || typeof route.method !== "string") continue;
    if (route.method === "HEAD") continue;
    const path = route.url.replaceAll(/:(\w+)/gu, "{$1}");
    const methods = (paths[path] ??= {});
    methods[route.method.toLowerCase()] = describe(route, operation, components);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Nightdesk",
      version: "1",
      description:
        "Routes messages of customers to the right agent, in time, once, explained. Times are RFC 3339 in UTC with milliseconds; errors are RFC 9457 problems with a stable `code`; a 2xx answer to a write means that it is durable. Readers ignore keys and types that they do not know.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The worker that serves this document." }],
    tags: tags.map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: components.schemas },
  };
}

const tags: readonly (readonly [Operation["tag"], string])[] = [
  ["configuration", "One document for each tenant."],
  ["messages", "What customers write."],
  ["agents", "Who answers: agents, their presence, what they are told."],
  ["conversations", "The work."],
  ["customers", "What customers are told."],
  ["operations", "Running the worker."],
];

function describe(route: DescribedRoute, operation: Operation, components: Components): Json {
  const { id, tag, summary, description, bodyOptional = false } = operation;
  const content = bodyContent(route, operation, components);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...parametersIn("path", route.schema?.params, components),
      ...parametersIn("query", route.schema?.querystring, components),
      ...(operation.headers ?? []).map((name) => ({
        name,
        in: "header",
        required: false,
        description: headerDescriptions[name],
        schema: { type: "string" },
      })),
    ],
    ...(content !== undefined && { requestBody: { required: !bodyOptional, content } }),
    responses: {
      ...soundAnswers(route, operation, components),
      ...problemAnswers(codesOf(route, operation, content !== undefined), components),
    },
  };
}

const headerDescriptions = {
  "If-Match": "`ETag` of the configuration that was seen; 412 if it is another by now.",
  "Last-Event-ID": "Id of the last event that was had; goes before `after`.",
} as const;

function bodyContent(
  { schema }: DescribedRoute,
  { body, bodyAlternatives = {} }: Operation,
  components: Components,
): Json | undefined {
  const described = body ?? schema?.body;
  if (described === undefined) return undefined;
  const alternatives = Object.entries(bodyAlternatives).map(
    ([type, { description }]): [string, Json] => [
      type,
      { schema: { type: "string", description } },
    ],
  );
  return Object.fromEntries<Json>([
    ["application/json", { schema: components.describe(described) }],
    ...alternatives,
  ]);
}

function parametersIn(place: "path" | "query", schema: unknown, components: Components): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, TSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...described } = components.describe(property) as Json;
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description !== undefined && { description }),
      schema: described,
    };
  });
}

function soundAnswers(
  { schema }: DescribedRoute,
  { answers = {}, tagged = false }: Operation,
  components: Components,
): Json {
  const responses: Record<string, { description: string; headers?: Json; content?: Json }> = {};
  const headers = tagged ? { ETag: { schema: { type: "string" } } } : undefined;
  const contentOf = (status: string) => responses[status]?.content;
  const schemas = (schema?.response ?? {}) as Readonly<Record<string, Described>>;
  for (const [status, answer] of Object.entries(schemas)) {
    const described = components.describe(answer);
    responses[status] = {
      description: answer.description ?? "Done.",
      ...(headers !== undefined && { headers }),
      content: { "application/json": { schema: described } },
    };
  }
  for (const [status, answer] of Object.entries(answers)) {
    const type = answer === null ? {} : { [answer.type]: { schema: textOf(answer.type) } };
    const content = { ...contentOf(status), ...type };
    responses[status] = {
      description: responses[status]?.description ?? answer?.description ?? "Done.",
      ...(headers !== undefined && { headers }),
      ...(Object.keys(content).length > 0 && { content }),
    };
  }
  return responses;
}

interface Described {
  readonly description?: string;
}

function textOf(type: string): Json {
  return type === "application/json" ? { type: "object" } : { type: "string" };
}

/** Every code a route may be refused with: its own, and those that its shape brings along. */
function codesOf(
  { url }: DescribedRoute,
  { problems, creates }: Operation,
  hasBody: boolean,
): readonly ProblemCode[] {
  return [
    ...problems,
    ...(url.includes(":tenant") && creates !== "tenant" ? (["unknown_tenant"] as const) : []),
    ...(url.startsWith("/v1") ? (["invalid_request"] as const) : []),
    ...(hasBody ? bodyProblems : []),
    ...alwaysPossible,
    ...(url.startsWith("/v1") ? fromTheMachinery : []),
  ];
}

const bodyProblems = ["unreadable_body", "too_large", "unsupported_media_type"] as const;
const alwaysPossible = ["bad_request", "internal_error", "stopping"] as const;
const fromTheMachinery = [
  "overloaded",
  "shard_restarting",
  "journal_full",
  "journal_failed",
  "partition_unavailable",
] as const;

function problemAnswers(codes: readonly ProblemCode[], components: Components): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => problemMeanings[code].status);
  const described = components.describe(problem);
  const responses = [...byStatus].map(([status, ofStatus]) => {
    const meanings = ofStatus.map((code) => `\`${code}\`: ${problemMeanings[code].title}.`);
    const schema = {
      allOf: [described, { properties: { code: { type: "string", enum: ofStatus.toSorted() } } }],
    };
    return [
      status,
      {
        description: meanings.join(" "),
        ...(status === 503 && {
          headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
        }),
        content: { "application/problem+json": { schema } },
      },
    ] as const;
  });
  return Object.fromEntries(responses);
}

/** Turns TypeBox schemas into plain JSON Schema, those with a name into references to one place. */
class Components {
  readonly schemas: Record<string, Json> = {};

  describe(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.describe(one));
    if (typeof schema !== "object" || schema === null) return schema;
    const { "~component": name, "~described": instead, ...words } = schema as Json;
    if (instead !== undefined) return this.describe(instead);
    if (typeof name !== "string") return this.#plain(words);
    // The place is taken before what is inside, which keeps the order that of first use.
    if (!(name in this.schemas)) {
      this.schemas[name] = {};
      this.schemas[name] = this.#plain(words);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #plain(words: Json): Json {
    const described = Object.entries(words).flatMap(([key, value]) => {
      if (key === "~format") return [["format", value] as const];
      if (key.startsWith("~") || typeof value === "function") return [];
      // Classes of Unicode are unknown to many readers of patterns; the descriptions say it in words.
      if (key === "pattern" && String(value).includes("\\p{")) return [];
      const isData = key === "examples" || key === "default" || key === "enum" || key === "const";
      return [[key, isData ? value : this.describe(value)] as const];
    });
    return Object.fromEntries(described);
  }
}
