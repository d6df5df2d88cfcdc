import { once } from "node:events";
import { type IncomingHttpHeaders, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Happenings } from "./happenings.ts";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A status and, where they matter, headers and body; or a function that does as it likes. */
export type Reply =
  | number
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | ((response: ServerResponse) => void);

/** A real HTTP server on loopback that keeps what it was sent and answers what the test says. */
export class RecordingServer implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  /** What to answer; the request counts from 0. */
  reply: (request: ReceivedRequest, index: number) => Reply | Promise<Reply>;
  /** Requests being answered now, and the most at any time. */
  busy = 0;
  busiest = 0;
  readonly #happenings = new Happenings();
  readonly #server = createServer((message, response) => {
    message.setEncoding("utf8");
    let body = "";
    message.on("data", (chunk: string) => {
      body += chunk;
    });
    message.on("end", () => {
      const { method = "", url: path = "", headers } = message;
      void this.#answer({ method, path, headers, body }, response);
    });
  });

  constructor(reply: RecordingServer["reply"]) {
    this.reply = reply;
  }

  static async start(reply: RecordingServer["reply"] = () => 204): Promise<RecordingServer> {
    const server = new RecordingServer(reply);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/hook?from=nightdesk`;
  }

  /** Resolves when so many requests have arrived. */
  async received(count: number): Promise<readonly ReceivedRequest[]> {
    await this.#happenings.until(() => this.requests.length >= count);
    return this.requests;
  }

  /** Resolves when no request is being answered. */
  async idle(): Promise<void> {
    await this.#happenings.until(() => this.busy === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const index = this.requests.length;
    this.requests.push(request);
    this.busy += 1;
    this.busiest = Math.max(this.busiest, this.busy);
    response.on("close", () => {
      this.busy -= 1;
      this.#happenings.happened();
    });
    this.#happenings.happened();
    const reply = await this.reply(request, index);
    if (typeof reply === "function") reply(response);
    else if (typeof reply === "number") response.writeHead(reply).end();
    else response.writeHead(reply.status, reply.headers).end(reply.body);
  }
}

/** A port on which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = await RecordingServer.start();
  const { url } = server;
  await server[Symbol.asyncDispose]();
  return url;
}
