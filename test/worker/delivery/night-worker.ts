import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type WorkerLimits, defaultWorkerLimits } from "../../../worker/limits.ts";
import { type Service, startService } from "../../../worker/service.ts";
import { pushSecret } from "./scene.ts";

/** Monday, 20:00 in Berlin: closed until nine the next morning. */
const evening = Date.UTC(2026, 0, 5, 19);
export const morning = "2026-01-06T08:00:00.000Z";

/** Open on weekdays from nine; one queue with that calendar, and one agent who accepts by hand. */
const office = {
  calendars: [
    {
      id: "office",
      timeZone: "Europe/Berlin",
      weekly: { mon: ["09:00-18:00"], tue: ["09:00-18:00"] },
    },
  ],
  skillQueues: [{ id: "billing", calendar: "office", acceptance: "manual" }],
  agents: [{ id: "ana", skills: { billing: 8 }, capacity: 6 }],
  presence: { heartbeatSeconds: 3600 },
};

/** A channel of the queue. */
export function channel(id: string, kind: string, offlineMessages: object, push?: string): object {
  return {
    id,
    kind,
    skillQueue: "billing",
    ...(push !== undefined && { push: { url: push, secret: "push" } }),
    offlineMessages: { enabled: true, ...offlineMessages },
  };
}

/** A whole worker on a test clock that stands in the evening, with the tenant `acme`. */
export class NightWorker implements AsyncDisposable {
  readonly folder: string;
  readonly #limits: Partial<WorkerLimits>;
  readonly #undo: AsyncDisposableStack;
  #service: Service;

  private constructor(
    folder: string,
    limits: Partial<WorkerLimits>,
    service: Service,
    undo: AsyncDisposableStack,
  ) {
    this.folder = folder;
    this.#limits = limits;
    this.#service = service;
    this.#undo = undo;
  }

  static async start(limits: Partial<WorkerLimits> = {}): Promise<NightWorker> {
    const undo = new AsyncDisposableStack();
    const folder = undo.use(await mkdtempDisposable(join(tmpdir(), "nightdesk-delivery-"))).path;
    await mkdir(join(folder, "secrets"));
    await writeFile(join(folder, "secrets", "push"), `${pushSecret}\n`);
    await writeFile(join(folder, "secrets", "bot"), "open-sesame\n");
    await writeFile(join(folder, "secrets", "token"), "4711:token\n");
    return new NightWorker(folder, limits, await serve(folder, limits), undo);
  }

  get url(): string {
    return this.#service.url;
  }

  secretFile(name: string): string {
    return join(this.folder, "secrets", name);
  }

  async configure(channels: readonly object[]): Promise<void> {
    await this.call("PUT", "configuration", { ...office, channels });
  }

  /** Call the API of the tenant; refuses what is no 2xx. */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    return this.#fetch(method, `/v1/tenants/acme/${path}`, body);
  }

  async advanceTo(to: string): Promise<void> {
    await this.#fetch("POST", "/v1/test-clock", { to });
  }

  /** Stop and start again on the same folder. */
  async restart(): Promise<void> {
    await this.#service.stop();
    this.#service = await serve(this.folder, this.#limits);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.stop();
    await this.#undo.disposeAsync();
  }

  async #fetch(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  }
}

function serve(folder: string, limits: Partial<WorkerLimits>): Promise<Service> {
  return startService({
    data: join(folder, "data"),
    secrets: join(folder, "secrets"),
    port: 0,
    partitions: 1,
    threads: 1,
    testClock: evening,
    stopTimeoutSeconds: 2,
    logLevel: "silent",
    limits: { ...defaultWorkerLimits, ...limits },
  });
}
