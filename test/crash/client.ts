import { setTimeout as wait } from "node:timers/promises";
import { Agent, request } from "undici";

/** What was answered in the end, and after how many attempts. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

const retryAfterMs = 40;
const giveUpAfterMs = 90_000;

/** A client that never takes silence for an answer: it asks again, with the same id, until it has one. */
export class Client {
  /** Of the worker's present life. */
  url = "";
  readonly #tenant: string;
  readonly #dispatcher = new Agent({ connections: 64, pipelining: 1 });

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  /** @param path below the tenant */
  async ask(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<Answer> {
    const giveUpAt = performance.now() + giveUpAfterMs;
    for (let attempts = 1; ; attempts += 1) {
      const answer = await this.#once(method, path, body);
      if (answer !== undefined) return { ...answer, attempts };
      if (performance.now() > giveUpAt) throw new Error(`${method} ${path} is never answered`);
      await wait(retryAfterMs);
    }
  }

  /** All pages of a list that goes on behind `next`. */
  async all<T>(path: string, key: "events" | "items", cursor: string, from?: string): Promise<T[]> {
    const found: T[] = [];
    for (let next: string | null = from ?? null; ;) {
      const behind: string = next === null ? "" : `&${cursor}=${next}`;
      const { body } = await this.ask("GET", `${path}${behind}`);
      const page = (body[key] ?? []) as T[];
      for (const item of page) found.push(item);
      next = (body["next"] ?? null) as string | null;
      if (page.length === 0 || next === null) return found;
    }
  }

  /** An agent's events from behind one of them on, until the connection ends or `signal` says so. */
  async *stream(agent: string, after: string | undefined, signal: AbortSignal) {
    const { statusCode, body } = await request(`${this.#base}/agents/${agent}/events`, {
      dispatcher: this.#dispatcher,
      headersTimeout: 5000,
      bodyTimeout: 0,
      signal,
      headers: {
        accept: "text/event-stream",
        ...(after !== undefined && { "last-event-id": after }),
      },
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`the stream answered ${statusCode}`);
    }
    let text = "";
    for await (const chunk of body.setEncoding("utf8")) {
      text += String(chunk);
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const data = /^data: (.*)$/mu.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data !== undefined) yield data;
      }
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  get #base(): string {
    return `${this.url}/v1/tenants/${this.#tenant}`;
  }

  /** Undefined where nobody knows what became of it. */
  async #once(method: "GET" | "POST" | "PUT", path: string, body: unknown) {
    try {
      const response = await request(`${this.#base}${path}`, {
        method,
        dispatcher: this.#dispatcher,
        headersTimeout: 10_000,
        bodyTimeout: 10_000,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
      });
      const text = await response.body.text();
      if (response.statusCode === 503 || response.statusCode === 429) return undefined;
      const parsed = text === "" ? {} : (JSON.parse(text) as Answer["body"]);
      return { status: response.statusCode, body: parsed };
    } catch {
      return undefined;
    }
  }
}
