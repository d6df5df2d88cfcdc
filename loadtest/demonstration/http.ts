import { setTimeout as wait } from "node:timers/promises";
import { Agent, request } from "undici";

const retryAfterMs = 100;
const giveUpAfterMs = 30_000;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The worker's tenant as its clients see it: every request is repeated until it is answered, which
 * is safe because every write carries an id or says the same again.
 */
export class Client {
  /** Set anew when the worker comes back. */
  url = "";
  readonly #tenant: string;
  readonly #dispatcher = new Agent({ connections: 128, pipelining: 1 });

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  /** `path` below the tenant, or from the root where it starts with `/v1/test-clock`. */
  async send(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.#repeat(method, path, payload, "application/json");
    return { status: response.status, body: parse(response.text) };
  }

  /** Messages as NDJSON; the answers line by line, in order. */
  async sendLines(path: string, lines: readonly string[]): Promise<Answer["body"][]> {
    const payload = `${lines.join("\n")}\n`;
    const response = await this.#repeat("POST", path, payload, "application/x-ndjson");
    return response.text.trim().split("\n").map(parse);
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #repeat(
    method: "GET" | "POST" | "PUT",
    path: string,
    payload: string | undefined,
    contentType: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const giveUpAt = performance.now() + giveUpAfterMs;
    for (;;) {
      try {
        const root = path.startsWith("/v1/") ? "" : `/v1/tenants/${this.#tenant}`;
        const { statusCode, body } = await request(`${this.url}${root}${path}`, {
          method,
          dispatcher: this.#dispatcher,
          headersTimeout: giveUpAfterMs,
          bodyTimeout: giveUpAfterMs,
          ...(payload === undefined
            ? {}
            : { body: payload, headers: { "content-type": contentType } }),
        });
        const text = await body.text();
        if (statusCode !== 429 && statusCode !== 503) return { status: statusCode, text };
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
      }
      await wait(retryAfterMs);
    }
  }
}

function parse(text: string): Answer["body"] {
  return text === "" ? {} : (JSON.parse(text) as Answer["body"]);
}
