import { setTimeout as wait } from "node:timers/promises";
import {
  createNightdeskClient,
  createWorkerClient,
  type NightdeskClient,
  type WorkerClient,
} from "../../worker/client/client.ts";

const retryAfterMs = 100;
const giveUpAfterMs = 30_000;
/** Stands for the worker, whose real address changes with each life. */
const anyLife = "http://worker.invalid";

/**
 * The worker as its clients see it: every request is repeated until it is answered, which is safe
 * because every write carries an id or says the same again.
 */
export class PatientClient {
  /** Set anew when the worker comes back. */
  url = "";
  readonly tenant: NightdeskClient;
  readonly worker: WorkerClient;
  readonly #tenantId: string;

  constructor(tenantId: string) {
    this.#tenantId = tenantId;
    const fetch = async (request: Request): Promise<Response> => this.#patiently(request);
    this.tenant = createNightdeskClient({ baseUrl: anyLife, tenant: tenantId, fetch });
    this.worker = createWorkerClient({ baseUrl: anyLife, fetch });
  }

  /** Messages as NDJSON; the answers line by line, in order. */
  async sendLines(lines: readonly string[]): Promise<Readonly<Record<string, unknown>>[]> {
    const request = new Request(`${anyLife}/v1/tenants/${this.#tenantId}/messages`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: `${lines.join("\n")}\n`,
    });
    const text = await (await this.#patiently(request)).text();
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  async #patiently(request: Request): Promise<Response> {
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url);
    const body = method === "GET" ? null : await request.text();
    const giveUpAt = performance.now() + giveUpAfterMs;
    for (;;) {
      try {
        const response = await fetch(`${this.url}${pathname}${search}`, { method, headers, body });
        // Read whole here: an answer that breaks off is no answer, and is asked for again.
        const text = await response.text();
        const { status } = response;
        if (status !== 429 && status !== 503) {
          return new Response(status === 204 ? null : text, { status, headers: response.headers });
        }
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
      }
      await wait(retryAfterMs);
    }
  }
}
