import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { keptMessages } from "../kept-messages.ts";
import { root } from "../repository.ts";

/** A place for a worker whose machine fails on demand: data, configurations, and the word for it. */
export interface Site {
  readonly folder: string;
  readonly data: string;
  /** Tell the machine how to fail, or with "" not to. */
  readonly sabotage: (order: string) => void;
  /** Give no configuration of this tenant any more. */
  readonly forget: (tenant: string) => void;
  /** Start a worker here. */
  readonly start: (...flags: readonly string[]) => RunningWorker;
}

const document = {
  skillQueues: [{ id: "desk" }],
  agents: [{ id: "ana", skills: { desk: 5 }, capacity: 5 }],
  channels: [{ id: "web", kind: "web", skillQueue: "desk", offlineMessages: { enabled: true } }],
};

/** @param data where the data is to be. @defaultValue a temporary folder */
export function makeSite(tenants: readonly string[] = ["acme"], data?: string): Site {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-failures-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const orders = join(folder, "orders");
  const configurations = mkdtempSync(join(folder, "tenants-"));
  for (const tenant of tenants) {
    writeFileSync(join(configurations, `${tenant}.json`), JSON.stringify(document));
  }
  const place = data ?? join(folder, "data");
  const own = [`--config=${configurations}`, `--data=${place}`, "--port=0", "--log-level=warn"];
  return {
    folder,
    data: place,
    forget: (tenant) => rmSync(join(configurations, `${tenant}.json`)),
    sabotage: (order) => writeFileSync(orders, order),
    start: (...flags) => new RunningWorker([...own, ...flags], orders),
  };
}

/** A worker process. It is killed at the end of the test, whatever becomes of it. */
export class RunningWorker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #log = "";
  #url: string | undefined;

  constructor(flags: readonly string[], orders: string) {
    this.#child = spawn(
      process.execPath,
      [
        "--max-old-space-size=192",
        `--import=${new URL("sabotage.ts", import.meta.url).href}`,
        join(root, "worker/bin.ts"),
        "start",
        ...flags,
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NIGHTDESK_SABOTAGE: orders } },
    );
    this.#ended = once(this.#child, "exit");
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#log += chunk;
    });
    onTestFinished(async () => this.kill());
  }

  /** What it has said on standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** Of the process; 0 where it never began. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it listens. */
  async ready(): Promise<this> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no standard output");
    for await (const line of createInterface({ input: stdout })) {
      this.#url = /^listening on (\S+)$/u.exec(line)?.[1];
      if (this.#url === undefined) continue;
      stdout.resume();
      return this;
    }
    throw new Error(`it did not start:\n${this.#log}`);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended();
  }

  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async call(method: string, path: string, body?: unknown): Promise<Called> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    const retryAfter = response.headers.get("retry-after") ?? undefined;
    const parsed = (text === "" ? {} : JSON.parse(text)) as Called["body"];
    return { status: response.status, body: parsed, retryAfter };
  }

  /** Where it listens. */
  get port(): number {
    return Number(new URL(this.#url ?? "").port);
  }

  /** The status of a request that is sent as it is. */
  async raw(path: string, init: RequestInit): Promise<number> {
    const response = await fetch(`${this.#url}${path}`, init);
    await response.arrayBuffer();
    return response.status;
  }

  /** A customer's message. */
  async send(id: string, text = "Hello?", tenant = "acme"): Promise<Called> {
    const message = { id, channel: "web", customer: `customer-${id}`, text };
    return this.call("POST", `/v1/tenants/${tenant}/messages`, message);
  }

  /** The same until it is taken, as a client does that was told to try again. */
  async sendUntilTaken(id: string, tenant = "acme"): Promise<Called> {
    for (;;) {
      const called = await this.send(id, "Hello?", tenant);
      if (called.status !== 503) return called;
    }
  }

  /** How often each id stands in a timeline. */
  async kept(tenant = "acme"): Promise<ReadonlyMap<string, number>> {
    return keptMessages((method, path) => this.call(method, path), tenant);
  }
}

export interface Called {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | undefined;
}
