import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSite } from "./failing-worker.ts";
import type { RunningWorker } from "./failing-worker.ts";

const floodMs = 16_000;

// Far more than it can take, on a disk that is made slow so that this machine can send it. The ids
// repeat, so that what grows is not what is kept.
// What the garbage collector has not got to yet counts as resident: one more try.
const options = { timeout: 90_000, retry: 2 };

test(
  "a flood: refused early what is too much, memory level, nothing accepted lost, and back at once",
  options,
  async () => {
    const site = makeSite();
    const worker = await site.start("--partitions=1", "--limit", "inboxCommandsMax=64").ready();
    for (let place = 0; place < 50; place += 1) await worker.send(`m-${place}`);
    site.sabotage("slow 20");
    const flood = new Flood(worker);
    const running = flood.run(256);
    // By now the heap has its working size, on a busy machine too.
    await flood.until(floodMs / 2);
    const before = residentBytes(worker);
    await flood.until(floodMs);
    const after = residentBytes(worker);
    flood.stop();
    await running;
    site.sabotage("");
    const { accepted, refused, others } = flood;
    expect(others).toEqual([]);
    expect(refused.length).toBeGreaterThan(accepted.length / 4);
    expect(refused.every(({ retryAfter }) => Number(retryAfter) >= 1)).toBe(true);
    // Whoever is refused hears it long before one that waits for the disk would.
    expect(median(refused)).toBeLessThan(2 * median(accepted));
    expect(after).toBeLessThan(before * 1.1);
    const endedAt = performance.now();
    expect((await worker.sendUntilTaken("after")).status).toBe(202);
    expect(performance.now() - endedAt).toBeLessThan(10_000);
    const kept = await worker.kept();
    const ids = new Set(accepted.map(({ id }) => id));
    expect([...ids].filter((id) => kept.get(id) !== 1)).toEqual([]);
  },
);

interface Answered {
  readonly id: string;
  readonly ms: number;
  readonly retryAfter: string | undefined;
}

class Flood {
  readonly accepted: Answered[] = [];
  readonly refused: Answered[] = [];
  /** Whatever is neither taken nor refused as overload. */
  readonly others: string[] = [];
  readonly #worker: RunningWorker;
  readonly #beganAt = performance.now();
  #isOver = false;

  constructor(worker: RunningWorker) {
    this.#worker = worker;
  }

  async run(senders: number): Promise<void> {
    await Promise.all(Array.from({ length: senders }, async (_, place) => this.#send(place)));
  }

  /** Resolves so long after the beginning; between two requests of its own. */
  async until(ms: number): Promise<void> {
    while (performance.now() - this.#beganAt < ms) await this.#worker.call("GET", "/healthz");
  }

  stop(): void {
    this.#isOver = true;
  }

  async #send(place: number): Promise<void> {
    for (let count = 0; !this.#isOver; count += 1) {
      const id = `m-${(place * 7 + count) % 500}`;
      const askedAt = performance.now();
      const { status, body, retryAfter } = await this.#worker.send(id);
      const answered = { id, ms: performance.now() - askedAt, retryAfter };
      if (status === 202) this.accepted.push(answered);
      else if (status === 503 && body["code"] === "overloaded") this.refused.push(answered);
      else this.others.push(`${status} ${String(body["code"])}`);
    }
  }
}

function median(answers: readonly Answered[]): number {
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function residentBytes({ pid }: RunningWorker): number {
  const [, kilobytes = ""] =
    /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
