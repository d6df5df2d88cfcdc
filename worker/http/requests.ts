import { isUtf8 } from "node:buffer";
import type { FastifyRequest, preValidationHookHandler } from "fastify";
import type { TSchema } from "typebox";
import type { App, HttpContext } from "./app.ts";
import { Problem, invalidRequest } from "./problems.ts";
import type { RequestedIds } from "./tenants.ts";
import { closed } from "./schemas/keys.ts";
import { validatorOf } from "./validator.ts";
import type { RequestViolation } from "./violations.ts";

/**
 * How requests are read and refused, in the order of the contract: 413, 400, 404, 422. Fastify
 * checks first, since most requests are sound; where it finds something, ids that do not exist
 * still come before it.
 */
export function prepareRequests(app: App, context: HttpContext): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body: Buffer, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJsonBytes(body));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
  app.setValidatorCompiler<TSchema>(({ schema }) => {
    const validator = validatorOf(schema);
    return (value: unknown) =>
      validator.check(value) ? { value } : { error: new Error("not valid") };
  });
  app.addHook("onRoute", (route) => {
    const { schema, config } = route;
    route.attachValidation = true;
    route.preValidation = [
      ...(schema?.querystring === undefined
        ? []
        : [queryReader(schema.querystring as QuerySchema)]),
      ...(schema?.body === undefined ? [] : [emptyBody(config?.operation?.bodyOptional === true)]),
    ];
    const takesNoQuery = route.url.startsWith("/v1/") && schema?.querystring === undefined;
    route.preHandler = async (request) => {
      if (request.validationError === undefined && !(takesNoQuery && hasQuery(request))) return;
      await refuse(request, context, takesNoQuery ? noQuery : schema?.querystring);
    };
  });
}

/** The value of a JSON text in UTF-8. Problems: `unreadable_body`. */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw unreadable("It is not UTF-8.");
  return parseJson(bytes.toString("utf8"));
}

/** The value of a JSON text. Problems: `unreadable_body`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

export function unreadable(detail: string): Problem {
  return new Problem("unreadable_body", detail);
}

/** Ids in the body of a message, a contact or an action, as far as they are there. */
export function idsOfBody(body: unknown): RequestedIds {
  const from = textsOf(memberOf(body, "from"), ["agent"]);
  return { ...from, ...textsOf(body, ["channel", "agent", "skillQueue"]) };
}

/** Of a route that knows no query parameter: so that no `?dryRun=true` is passed over there. */
const noQuery = closed({}, "");

function hasQuery({ query }: FastifyRequest): boolean {
  for (const _ in query as object) return true;
  return false;
}

async function refuse(
  request: FastifyRequest,
  context: HttpContext,
  query: unknown,
): Promise<never> {
  const { schema, config } = request.routeOptions;
  const { creates } = config.operation ?? {};
  const path = textsOf(request.params, ["tenant", "channel", "agent", "conversation", "entry"]);
  if (creates !== "tenant") {
    const { agent: _, ...others } = path;
    const body = creates === undefined ? idsOfBody(request.body) : {};
    await context.tenants.require({ ...body, ...(creates === "agent" ? others : path) });
  }
  const parts: readonly (readonly RequestViolation[])[] = [
    violationsIn(schema?.params, request.params).map((one) => at(one, `{${one.path.slice(1)}}`)),
    violationsIn(query, request.query).map((one) => at(one, `?${one.path.slice(1)}`)),
    violationsIn(schema?.body, request.body),
  ];
  throw invalidRequest(parts.flat());
}

function violationsIn(schema: unknown, value: unknown): readonly RequestViolation[] {
  if (schema === undefined) return [];
  const validator = validatorOf(schema as TSchema);
  return validator.check(value) ? [] : validator.violations(value);
}

function at(violation: RequestViolation, path: string): RequestViolation {
  return { ...violation, path };
}

function emptyBody(allowed: boolean): preValidationHookHandler {
  return (request, _, done) => {
    if (request.body !== undefined) return done();
    if (!allowed) return done(unreadable("The body is empty."));
    request.body = {};
    return done();
  };
}

interface QuerySchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

function queryReader(schema: QuerySchema): preValidationHookHandler {
  return (request, _, done) => {
    request.query = readQuery(request.query, schema);
    done();
  };
}

/**
 * Query parameters as their schema reads them: digits as a number, `true` and `false` as such, one of
 * a list as a list. Whatever does not look so stays the text that it is.
 */
function readQuery(query: unknown, { properties = {} }: QuerySchema): Record<string, unknown> {
  const entries = Object.entries(query as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      readParameter(value, Object.hasOwn(properties, key) ? properties[key]?.type : undefined),
    ]),
  );
}

function readParameter(value: unknown, type: string | undefined): unknown {
  if (type === "array") return [value].flat();
  if (typeof value !== "string") return value;
  if (type === "integer" && /^-?\d{1,15}$/u.test(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function textsOf(value: unknown, keys: readonly (keyof RequestedIds)[]): RequestedIds {
  const found = keys.map((key) => [key, memberOf(value, key)] as const);
  return Object.fromEntries(found.filter(([, member]) => typeof member === "string"));
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
