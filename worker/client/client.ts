import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.ts";

/** Where a worker is, and on whose behalf it is called. */
export interface NightdeskClientOptions {
  /** The worker's address without a path, `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Its id, as it is: the client encodes it. */
  readonly tenant: string;
  /** @defaultValue the global `fetch` */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Calls of one tenant by their path behind `/v1/tenants/{tenant}`. */
export type NightdeskClient = Client<TenantPaths, Json>;

/** Calls of the worker as a whole, and of any tenant, by their whole path. */
export type WorkerClient = Client<WorkerPaths, Json>;

/** What a refusal is, as RFC 9457 carries it. */
export type NightdeskProblem = Readonly<Partial<components["schemas"]["Problem"]>>;

/**
 * A client of one tenant whose calls, bodies and answers have the types of the OpenAPI document. It
 * resolves with `data` or with `error`, a problem with a stable `code`; `answerOf` makes one of both.
 *
 * @example
 * const nightdesk = createNightdeskClient({ baseUrl: "http://127.0.0.1:8080", tenant: "demo" });
 * const { data, error } = await nightdesk.POST("/messages", {
 *   body: { id: "m-1", channel: "web", customer: "kim@example.org", text: "Good evening" },
 * });
 */
export function createNightdeskClient(options: NightdeskClientOptions): NightdeskClient {
  const { baseUrl, tenant, fetch } = options;
  return createClient<TenantPaths, Json>({
    baseUrl: `${withoutSlash(baseUrl)}/v1/tenants/${encodeURIComponent(tenant)}`,
    ...(fetch !== undefined && { fetch }),
  });
}

/** A client of the worker as a whole: its health, its test clock, and each call by its whole path. */
export function createWorkerClient(options: Omit<NightdeskClientOptions, "tenant">): WorkerClient {
  const { baseUrl, fetch } = options;
  return createClient<WorkerPaths, Json>({
    baseUrl: withoutSlash(baseUrl),
    ...(fetch !== undefined && { fetch }),
  });
}

/** A call was refused. */
export class NightdeskError extends Error {
  /** From the catalogue of `docs/errors.md`; `unknown` where the answer was none of Nightdesk's. */
  readonly code: string;
  /** Of the HTTP answer. */
  readonly status: number;
  readonly problem: NightdeskProblem;

  constructor(status: number, problem: NightdeskProblem) {
    const { code = "unknown", detail, title } = problem;
    super(`${code}: ${detail ?? title ?? `status ${status}`}`);
    this.name = "NightdeskError";
    this.code = code;
    this.status = status;
    this.problem = problem;
  }
}

/**
 * The answer itself, of a call that was not refused.
 *
 * @throws NightdeskError with the refusal's code
 * @example
 * const { now } = answerOf(await worker.POST("/v1/test-clock", { body: { advanceMs: 60_000 } }));
 */
export function answerOf<Data>(result: Outcome<Data>): Data {
  const { response, error } = result;
  if (response.ok) return result.data as Data;
  const isProblem = typeof error === "object" && error !== null;
  throw new NightdeskError(response.status, isProblem ? error : {});
}

interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What `data` and `error` are typed as; a stream of events is read with `parseAs: "stream"`. */
type Json = "application/json" | "application/problem+json";

type WorkerPaths = {
  [Path in keyof paths]: { [Method in keyof paths[Path]]: InJson<paths[Path][Method]> };
};

/** `/v1/tenants/{tenant}/messages` as `/messages`, without the parameter that the client knows. */
type TenantPaths = {
  [Path in keyof paths as Path extends `/v1/tenants/{tenant}${infer Rest}` ? Rest : never]: {
    [Method in keyof paths[Path]]: WithoutTenant<InJson<paths[Path][Method]>>;
  };
};

type WithoutTenant<Operation> = Operation extends {
  parameters: infer Parameters extends { path: { tenant: string } };
}
  ? Omit<Operation, "parameters"> & {
      parameters: Omit<Parameters, "path"> & PathOf<Omit<Parameters["path"], "tenant">>;
    }
  : Operation;

type PathOf<Path> = keyof Path extends never ? { path?: never } : { path: Path };

/** An operation without its bodies of other types: YAML, and many messages line by line. */
type InJson<Operation> = {
  [Key in keyof Operation]: Key extends "requestBody"
    ? JsonBody<Operation[Key]>
    : Key extends "responses"
      ? JsonAnswers<Operation[Key]>
      : Operation[Key];
};

type JsonAnswers<Responses> = {
  [
    Status in keyof Responses as Responses[Status] extends NdjsonAnswer ? never : Status
  ]: Responses[Status];
};

interface NdjsonAnswer {
  content: { "application/x-ndjson": string };
}

type JsonBody<Body> = Body extends { content: { "application/json": infer Content } }
  ? { content: { "application/json": Content } }
  : Body;

function withoutSlash(url: string): string {
  return url.replace(/\/$/u, "");
}
