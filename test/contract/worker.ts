import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { startWorker, type WorkerProcess } from "../../loadtest/worker-process.ts";
import { TenantDesk } from "./tenant.ts";
import type { Answer, ConfigurationDocument } from "./wire.ts";
import { exchange } from "./wire.ts";

/** Monday, eight in the morning. */
export const monday = "2026-03-02T08:00:00.000Z";
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The real worker in its own process, with a clock that stands still until a test moves it. */
export class ContractWorker implements AsyncDisposable {
  readonly data: string;
  #process: WorkerProcess;
  readonly #flags: readonly string[];
  #now: number;
  #tenants = 0;

  private constructor(data: string, process: WorkerProcess, flags: readonly string[], now: number) {
    this.data = data;
    this.#process = process;
    this.#flags = flags;
    this.#now = now;
  }

  static async start(flags: readonly string[] = [], from = monday): Promise<ContractWorker> {
    const data = await mkdtemp(join(tmpdir(), "nightdesk-contract-"));
    // Two partitions, so that a clock that walks has more than one to take along.
    const all = ["--data", data, "--port", "0", "--partitions", "2", "--test-clock", from];
    all.push(...flags);
    return new ContractWorker(data, await startWorker(all), all, Date.parse(from));
  }

  get url(): string {
    return this.#process.url;
  }

  /** What the clock shows, in ms. */
  get nowMs(): number {
    return this.#now;
  }

  get now(): string {
    return new Date(this.#now).toISOString();
  }

  /** The instant that lies so far ahead, as the wire writes it. */
  in(aheadMs: number): string {
    return new Date(this.#now + aheadMs).toISOString();
  }

  async advance(byMs: number): Promise<void> {
    await this.moveTo(this.#now + byMs);
  }

  async moveTo(atMs: number): Promise<void> {
    const answer = await this.call("POST", "/v1/test-clock", { to: new Date(atMs).toISOString() });
    expect(answer).toMatchObject({ status: 200, body: { now: new Date(atMs).toISOString() } });
    this.#now = atMs;
  }

  /** To the next instant at which a clock in UTC shows this time, at least a minute from now. */
  async next(time: `${number}:${number}`): Promise<void> {
    await this.moveTo(this.nextMs(time));
  }

  nextMs(time: string): number {
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    const ofDay = hours * hourMs + minutes * minuteMs;
    const today = this.#now - (this.#now % dayMs) + ofDay;
    return today >= this.#now + minuteMs ? today : today + dayMs;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return exchange<T>(this.url, method, path, body);
  }

  /** A tenant of its own for one test. */
  async tenant(document: ConfigurationDocument): Promise<TenantDesk> {
    this.#tenants += 1;
    const desk = new TenantDesk(this, `t${this.#tenants}`);
    const answer = await desk.configure(document);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
    return desk;
  }

  /** A name that no tenant has yet. */
  unused(): TenantDesk {
    this.#tenants += 1;
    return new TenantDesk(this, `t${this.#tenants}`);
  }

  /** Kill it as a power cut would, and start it on what it left. */
  async crash(): Promise<void> {
    await this.#process.kill();
    this.#process = await startWorker(this.#flags);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}
