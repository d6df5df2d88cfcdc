import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received<T> {
  readonly body: T;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
}

export interface Reply {
  readonly status?: number;
  /** Sent as it is if a string, else as JSON; nothing if absent. */
  readonly body?: unknown;
  /** Never answers. */
  readonly silent?: boolean;
}

/** A real endpoint on loopback: a chatbot, or the customer side of a channel. */
export class Endpoint<T> implements AsyncDisposable {
  readonly received: Received<T>[] = [];
  reply: (body: T) => Reply = () => ({});
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        const body = JSON.parse(text) as T;
        const { status = 200, body: answer, silent = false } = this.reply(body);
        if (!silent) {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(
            typeof answer === "string"
              ? answer
              : answer === undefined
                ? ""
                : JSON.stringify(answer),
          );
        }
        this.received.push({ body, text, headers: request.headers, path: request.url ?? "" });
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const go of waiting) go();
      });
    });
  }

  static async listen<T>(): Promise<Endpoint<T>> {
    const endpoint = new Endpoint<T>();
    endpoint.#server.listen(0, "127.0.0.1");
    await once(endpoint.#server, "listening");
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/in`;
  }

  /** Waits until so many requests have come whose body is of interest. */
  async until(
    count: number,
    of: (body: T) => boolean = () => true,
  ): Promise<readonly Received<T>[]> {
    for (;;) {
      const found = this.received.filter(({ body }) => of(body));
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
