import { type Dispatcher, Pool } from "undici";
import type { RealTime } from "./real-time.ts";

/** A POST of JSON with bounds on everything. */
export interface BoundedPost {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** Why there was no answer. */
export type Silence =
  | { readonly kind: "timed-out" }
  | { readonly kind: "stopped" }
  | { readonly kind: "unreachable"; readonly error: unknown };

/** So that a connection that nobody answers does not outlive the request that wanted it. */
const connectTimeoutMs = 5000;

/** Connections to one endpoint. */
export interface EndpointPool {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Resolves when what is in flight has ended. */
  close(): Promise<void>;
}

/** Makes the connections to an endpoint, at most so many. */
export type Connect = (url: URL, connections: number) => EndpointPool;

/** Connections to one endpoint alone, so that no endpoint waits for another's. */
export function endpointPool(url: URL, connections: number): EndpointPool {
  return new Pool(url.origin, {
    connections,
    pipelining: 1,
    connectTimeout: connectTimeoutMs,
    // The request's own bound covers sending, waiting and reading.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/**
 * Send `post` and let `read` make something of the answer, all within `timeoutMs`. Redirects are not
 * followed: where messages of customers go is the configuration's to say.
 *
 * @param aborting aborted when delivery waits no longer for what is under way
 */
export async function postBounded<Answer>(
  pool: EndpointPool,
  post: BoundedPost,
  time: RealTime,
  aborting: AbortSignal,
  read: (response: Dispatcher.ResponseData, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | Silence> {
  const timeout = new AbortController();
  const cancel = time.after(post.timeoutMs, () => timeout.abort());
  const signal = AbortSignal.any([timeout.signal, aborting]);
  try {
    const { path, headers, body } = post;
    const response = await pool.request({ method: "POST", path, headers, body, signal });
    return await read(response, signal);
  } catch (error) {
    if (aborting.aborted) return { kind: "stopped" };
    return timeout.signal.aborted ? { kind: "timed-out" } : { kind: "unreachable", error };
  } finally {
    cancel();
  }
}

/** Read what is left, so that the connection can be used again, but neither much nor for long. */
export async function discard(
  { body }: Dispatcher.ResponseData,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await body.dump({ limit, signal });
  } catch {
    // The status has arrived, and it is all that counts.
  }
}
