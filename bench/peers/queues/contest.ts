import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endWithUs } from "../../ended-with-us.ts";
import { processorSecondsOfEnded, processorSecondsOfTree } from "../../processor-time.ts";
import type { Contestant } from "./contestants.ts";
import type { Seen } from "./work.ts";

/** What is sent in one go, after what came before has been delivered. */
export interface Phase {
  readonly count: number;
  /** Messages a second; 0: all at once. */
  readonly rate: number;
}

/** What came of one phase. */
export interface PhaseSeen extends Phase, Seen {
  /** Microseconds of processor time for each message, of the server and of its two clients. */
  readonly serverUs: number;
  readonly clientsUs: number;
}

/**
 * One contestant through all phases, each message delivered exactly once, with a server, a consumer
 * and a producer of its own.
 *
 * Errors: where a message is lost or comes twice, and where a phase takes longer than `timeoutMs`.
 */
export async function contend(
  contestant: Contestant,
  phases: readonly Phase[],
  timeoutMs: number = 120_000,
): Promise<PhaseSeen[]> {
  await using started = await contestant.start();
  const counts = phases.map(({ count }) => count).join(",");
  await using consumer = begin(contestant, [
    "consume",
    started.address,
    counts,
    ...started.consumer,
  ]);
  const lines = consumer.lines(timeoutMs);
  await lines.next();
  const seen: PhaseSeen[] = [];
  let first = 0;
  // The producer is the only child that ends meanwhile.
  const used = () => ({
    server: processorSecondsOfTree(started.pid),
    clients: processorSecondsOfTree(consumer.pid) + processorSecondsOfEnded(),
  });
  for (const { count, rate } of phases) {
    const before = used();
    const sending = ["produce", started.address, first, count, rate].map(String);
    await using producer = begin(contestant, sending);
    const [line] = await Promise.all([lines.next(), producer.ended()]);
    const { seen: phase } = line.value as { readonly seen: Seen };
    const after = used();
    const serverUs = ((after.server - before.server) * 1e6) / count;
    const clientsUs = ((after.clients - before.clients) * 1e6) / count;
    seen.push({ ...phase, count, rate, serverUs, clientsUs });
    first += count;
  }
  return seen;
}

interface Client extends AsyncDisposable {
  readonly pid: number;
  /** Each line it writes, as JSON; an error where none comes in time. */
  readonly lines: (timeoutMs: number) => AsyncGenerator<unknown, void, undefined>;
  /** Resolves when it ended well. */
  readonly ended: () => Promise<void>;
}

function begin({ name, script }: Contestant, argv: readonly string[]): Client {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(script), ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child);
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    async *lines(timeoutMs) {
      const { stdout } = child;
      if (stdout === null) throw new Error("a client has no standard output");
      const reading = createInterface({ input: stdout })[Symbol.asyncIterator]();
      for (;;) {
        // Whoever says nothing in time is ended, and the lines with it.
        const late = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
        const { value, done } = await reading.next();
        clearTimeout(late);
        if (done === true) throw new Error(`${name}: ${argv[0]} ended, or was too slow`);
        yield JSON.parse(value) as unknown;
      }
    },
    ended: async () => {
      const code = await exited;
      if (code !== 0) throw new Error(`${name}: ${argv[0]} ended with ${String(code)}`);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
