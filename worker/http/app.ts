import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { TSchema } from "typebox";
import type { TestClock } from "../clock.ts";
import type { WorkerLimits } from "../limits.ts";
import type { Intake, Routing } from "../shards/routing.ts";
import type { Telemetry } from "../telemetry.ts";
import type { DescribedRoute } from "./openapi.ts";
import type { ProblemCode } from "./problems.ts";
import type { Tenants } from "./tenants.ts";
import type { Wakeups } from "./wakeups.ts";

/** The HTTP application, its schemas being TypeBox's. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes work with. */
export interface HttpContext {
  readonly routing: Routing & Intake;
  readonly limits: WorkerLimits;
  readonly telemetry: Telemetry;
  readonly tenants: Tenants;
  readonly wakeups: Wakeups;
  readonly testClock?: TestClock;
  /** Every route so far, for the OpenAPI document. */
  readonly routes: readonly DescribedRoute[];
  /** Whether requests can be served: false before the worker has recovered. */
  readonly isReady: () => boolean;
}

/** What a route is, beside its schemas: for the OpenAPI document, and for the order of refusals. */
export interface Operation {
  /** `operationId`; the name of the call in generated clients. */
  readonly id: string;
  readonly tag:
    | "configuration"
    | "messages"
    | "agents"
    | "conversations"
    | "customers"
    | "operations";
  readonly summary: string;
  readonly description?: string;
  /** What it may be refused with, beyond what every route may. */
  readonly problems: readonly ProblemCode[];
  /** An id in the path that need not exist yet. */
  readonly creates?: "tenant" | "agent";
  /** A request without a body is one with `{}`. */
  readonly bodyOptional?: boolean;
  /** A JSON body that the handler checks itself, for the OpenAPI document. */
  readonly body?: TSchema;
  /** Bodies of other content types, for the OpenAPI document. */
  readonly bodyAlternatives?: Readonly<Record<string, { readonly description: string }>>;
  /** Answers by status that `response` does not describe as JSON; null for none at all. */
  readonly answers?: Readonly<
    Record<number, { readonly type: string; readonly description: string } | null>
  >;
  readonly headers?: readonly ("If-Match" | "Last-Event-ID")[];
  /** Whether a 2xx answer has the document's `ETag`. */
  readonly tagged?: boolean;
}

declare module "fastify" {
  interface FastifyContextConfig {
    readonly operation?: Operation;
  }
}

/**
 * `response` of a route's schema. Answers are made by the views, and the contract test holds them to
 * these schemas, so the types of handlers are left free of them.
 */
export function answers(schemas: Readonly<Record<number, TSchema>>): Record<number, TSchema> {
  return schemas;
}
