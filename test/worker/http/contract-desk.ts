import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Service, startService } from "../../../worker/service.ts";
import { DescribedAnswers } from "./described-answers.ts";

/** Monday, an hour before the office opens. */
export const mondayMorning = "2026-03-02T07:00:00.000Z";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Held to the OpenAPI document before a test looks into it. */
  readonly body: Body;
}

/** What tests look into, of whichever answer they asked for. */
export interface Body {
  readonly id: string;
  readonly type: string;
  readonly code: string;
  readonly violations: readonly { readonly path: string; readonly code: string }[];
  readonly warnings: readonly object[];
  readonly conversation: string;
  readonly state: string;
  readonly version: number;
  readonly agent: string;
  readonly duplicate: boolean;
  readonly status: string;
  readonly expiresAt: string;
  readonly units: { readonly used: number };
  readonly items: readonly Body[];
  readonly entries: readonly Body[];
  readonly events: readonly Body[];
  readonly next: string;
  readonly text: string;
  readonly customer: string;
  readonly at: string;
  readonly name: string;
  readonly skillQueues: readonly object[];
  readonly channelCosts: object;
}

/**
 * A real worker on the test clock, to which tests speak over HTTP. Every answer is held to the
 * OpenAPI document, and what has been called and refused is remembered.
 */
export class ContractDesk implements AsyncDisposable {
  readonly called = new Set<string>();
  readonly codes = new Set<string>();
  readonly described: DescribedAnswers;
  #service: Service;
  readonly #folder: string;
  readonly #bot: Server;

  private constructor(service: Service, folder: string, bot: Server, described: DescribedAnswers) {
    this.#service = service;
    this.#folder = folder;
    this.#bot = bot;
    this.described = described;
  }

  static async start(): Promise<ContractDesk> {
    const folder = await mkdtemp(join(tmpdir(), "nightdesk-contract-"));
    await writeFile(join(folder, "bot-code"), "open-sesame\n");
    const service = await startOn(folder);
    // A bot that takes every message and writes through the API in its own time.
    const bot = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => {
      bot.listen(0, "127.0.0.1", resolve);
    });
    const document = await (await fetch(`${service.url}/openapi.json`)).json();
    const described = new DescribedAnswers(document as Readonly<Record<string, unknown>>);
    return new ContractDesk(service, folder, bot, described);
  }

  get url(): string {
    return this.#service.url;
  }

  /** Stops the worker and starts another on its data. */
  async restart(): Promise<void> {
    await this.#service.stop();
    this.#service = await startOn(this.#folder);
  }

  get botUrl(): string {
    return `http://127.0.0.1:${(this.#bot.address() as AddressInfo).port}/`;
  }

  /** A call under the tenant `acme`, or from the root where the path begins with `/`. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const url = this.url + (path.startsWith("/") ? path : `/v1/tenants/acme/${path}`);
    const answer = await fetch(url, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const type = answer.headers.get("content-type") ?? "";
    const text = await answer.text();
    const read: unknown =
      type.includes("json") && !type.includes("ndjson") ? JSON.parse(text) : text;
    const given = type === "" ? undefined : read;
    const { pathname } = new URL(url);
    const { status } = answer;
    const found = this.described.problemsOf({ method, path: pathname, status, type, body: given });
    expect(found.problems.map((one) => `${method} ${path} ${one}: ${text}`)).toEqual([]);
    if (found.operation !== undefined && status < 300) this.called.add(found.operation);
    if (type.includes("problem")) this.codes.add((given as { readonly code: string }).code);
    return { status, headers: answer.headers, body: given as Body };
  }

  /** Sends messages as a stream of lines; resolves with the answer to each. */
  async stream(lines: string): Promise<readonly Body[]> {
    const type = { "content-type": "application/x-ndjson" };
    const answer = await this.call("POST", "messages", lines, type);
    const answers = (answer.body as unknown as string).trim().split("\n");
    return answers.map((line) => JSON.parse(line) as Body);
  }

  /** As `call`, for a refusal: resolves with its status and code. */
  async refused(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    const answer = await this.call(method, path, body, headers);
    return `${answer.status} ${answer.body.code}`;
  }

  async advance(ms: number): Promise<void> {
    expect((await this.call("POST", "/v1/test-clock", { advanceMs: ms })).status).toBe(200);
  }

  async advanceTo(to: string): Promise<void> {
    expect((await this.call("POST", "/v1/test-clock", { to })).body).toEqual({ now: to });
  }

  async present(agent: string, status = "available"): Promise<void> {
    expect((await this.call("PUT", `agents/${agent}/presence`, { status })).status).toBe(200);
  }

  /** A message of a customer; resolves with the answer. */
  async message(channel: string, customer: string, change: object = {}): Promise<Body> {
    this.#messageCount += 1;
    const id = `m${this.#messageCount}`;
    const message = { id, channel, customer, text: `hello from ${customer}`, ...change };
    const answer = await this.call("POST", "messages", message);
    expect(answer.status).toBe(202);
    return answer.body;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.stop();
    this.#bot.closeAllConnections();
    this.#bot.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #messageCount = 0;
}

function startOn(folder: string): Promise<Service> {
  return startService({
    port: 0,
    data: join(folder, "data"),
    secrets: folder,
    partitions: 1,
    threads: 1,
    testClock: Date.parse(mondayMorning),
    logLevel: "silent",
  });
}
