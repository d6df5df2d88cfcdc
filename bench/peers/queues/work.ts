import { setTimeout as pause } from "node:timers/promises";
import { percentile } from "../../figures.ts";

/*
 * The work that all contestants do: messages that each need one of eight skills, given to one of
 * eight slots of that skill, each exactly once. Producers and consumers are processes of their own;
 * they share the machine's monotonic clock.
 */

export const skillCount = 8;
export const slotsPerSkill = 8;
/** Messages that a producer hands over at a time in a burst. */
export const chunk = 500;

export interface Message {
  readonly id: number;
  readonly skill: number;
  /** When it was to be sent, monotonic ms: waiting for a slow system is part of its latency. */
  readonly dueAt: number;
  readonly text: string;
}

/** What a producer is asked to send. */
export interface Sending {
  readonly first: number;
  readonly count: number;
  /** Messages a second; 0: all at once. */
  readonly rate: number;
}

/** Milliseconds of the clock that all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function message(id: number, dueAt: number): Message {
  const text = "Is my order on its way? It was to come on Monday.";
  return { id, skill: id % skillCount, dueAt, text };
}

/** `ADDRESS FIRST COUNT RATE` of a producer. */
export function sendingOf(argv: readonly string[]): Sending & { readonly address: string } {
  const [address = "", first, count, rate] = argv;
  return { address, first: Number(first), count: Number(count), rate: Number(rate) };
}

/**
 * Send as asked: in a burst as many at a time as `many` takes, else one after the other at even
 * intervals, without waiting for what came before (open loop).
 */
export async function sendAll(
  { first, count, rate }: Sending,
  ways: {
    readonly many: (messages: readonly Message[]) => Promise<unknown>;
    readonly one: (message: Message) => Promise<unknown>;
    /** @defaultValue 500 */
    readonly chunk?: number;
  },
): Promise<void> {
  const beginning = monotonicMs();
  if (rate === 0) {
    const step = ways.chunk ?? chunk;
    for (let from = 0; from < count; from += step) {
      const length = Math.min(step, count - from);
      await ways.many(
        Array.from({ length }, (_, index) => message(first + from + index, beginning)),
      );
    }
    return;
  }
  const sending: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueAt = beginning + (index * 1_000) / rate;
    const wait = dueAt - monotonicMs();
    if (wait > 0) await pause(wait);
    sending.push(ways.one(message(first + index, dueAt)));
  }
  await Promise.all(sending);
}

/** What a consumer saw of one phase. */
export interface Seen {
  readonly count: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly "p99.9": number;
  readonly max: number;
}

/**
 * Counts deliveries phase by phase and writes a line of JSON when one is complete. A message that
 * comes twice, or that was never sent, is an error: it ends the process.
 */
export class Deliveries {
  readonly #phases: number[];
  readonly #taken: Uint8Array;
  #first = 0;
  #latencies: number[] = [];
  #begunAt = Infinity;

  /** @param counts messages of each phase, as `2000,20000` */
  constructor(counts: string) {
    this.#phases = counts.split(",").map(Number);
    this.#taken = new Uint8Array(this.#phases.reduce((sum, count) => sum + count, 0));
  }

  take(id: number, dueAt: number): void {
    const now = monotonicMs();
    if (this.#taken[id] !== 0) throw new Error(`message ${id} came twice, or was never sent`);
    this.#taken[id] = 1;
    this.#latencies.push(now - dueAt);
    this.#begunAt = Math.min(this.#begunAt, dueAt);
    const [count = 0] = this.#phases;
    if (this.#latencies.length < count) return;
    for (let index = this.#first; index < this.#first + count; index += 1) {
      if (this.#taken[index] !== 1) throw new Error(`message ${index} was lost`);
    }
    say({ seen: this.#seen(count, now) });
    this.#first += count;
    this.#phases.shift();
    this.#latencies = [];
    this.#begunAt = Infinity;
  }

  #seen(count: number, now: number): Seen {
    const sorted = Float64Array.from(this.#latencies).toSorted();
    const of = (share: number) => percentile(sorted, share);
    const perSecond = count / ((now - this.#begunAt) / 1_000);
    return { count, perSecond, p50: of(0.5), p99: of(0.99), "p99.9": of(0.999), max: of(1) };
  }
}

/** One line of JSON to the process that began this one. */
export function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
