import pino from "pino";
import type { App } from "../../../worker/http/app.ts";
import { createServer } from "../../../worker/http/server.ts";
import type { ServerOptions } from "../../../worker/http/server.ts";
import { defaultWorkerLimits } from "../../../worker/limits.ts";
import { Telemetry } from "../../../worker/telemetry.ts";
import { ScriptedRouting } from "./scripted-routing.ts";

/** A server over a scripted routing; it listens only where a test asks it to. */
export interface HttpFixture extends AsyncDisposable {
  readonly app: App;
  readonly routing: ScriptedRouting;
  /** Requests through the server without a connection. */
  call(method: Method, path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  /** Listens on a free port; resolves with the address. */
  listen(): Promise<string>;
}

type Method = "GET" | "PUT" | "POST" | "DELETE" | "HEAD" | "PATCH";
type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export function serve(options: Partial<ServerOptions> = {}): HttpFixture {
  const routing = new ScriptedRouting();
  const app = createServer({
    routing,
    limits: defaultWorkerLimits,
    telemetry: new Telemetry(),
    logger: pino({ level: "silent" }),
    ...options,
  });
  return {
    app,
    routing,
    call: async (method, path, body, headers = {}) => {
      const answer = await app.inject({
        method,
        url: path,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { payload: payloadOf(body) }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        get body() {
          return JSON.parse(answer.body) as Answer["body"];
        },
      };
    },
    listen: () => app.listen({ host: "127.0.0.1", port: 0 }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

function payloadOf(body: unknown): string | Buffer {
  return typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** The codes of a 422 by path. */
export function violationsOf(answer: Answer): readonly string[] {
  const violations = answer.body["violations"] as readonly { path: string; code: string }[];
  return violations.map(({ path, code }) => `${path} ${code}`);
}
