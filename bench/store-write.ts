import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../core/index.ts";
import { Store } from "../worker/store/store.ts";
import { EngineDesk, ids } from "./engine-desk.ts";
import { median, type Benchmark } from "./figures.ts";
import { elapsedMs } from "./sampling.ts";

/**
 * Goal: commands a second that the store can follow: the events of messages that are assigned,
 * answered and closed, noted a command at a time and written 1,024 commands to a transaction.
 *
 * Non-goal: reading, or what is durable: the store follows from the journal, and syncs with it only
 * where the journal is trimmed.
 */
export const storeWrite: Benchmark = {
  name: "store.write",
  goal: "commands a second whose events the store takes in",
  nonGoal: "reading from it",
  run: ({ smoke }) => {
    const recorded = events(smoke ? 1_000 : 30_000);
    const folder = mkdtempSync(join(tmpdir(), "nightdesk-bench-"));
    using store = new Store(join(folder, "store.sqlite"));
    try {
      const perBatchUs: number[] = [];
      for (let from = 0, batch = 1; from < recorded.length; from += 1_024, batch += 1) {
        const commands = recorded.slice(from, from + 1_024);
        const ms = elapsedMs(() => {
          for (const one of commands) store.note(batch, one);
          store.noteEnd(batch);
          store.settle();
        });
        perBatchUs.push((ms * 1_000) / commands.length);
      }
      const eventCount = recorded.reduce((sum, one) => sum + one.length, 0);
      const us = median(perBatchUs);
      const common = {
        name: "store.write",
        samples: recorded.length,
        resultHash: eventCount.toString(16),
      };
      return Promise.resolve([
        { ...common, metric: "throughput", unit: "commands/s", value: 1e6 / us } as const,
        { ...common, metric: "time of a command", unit: "us", value: us } as const,
      ]);
    } finally {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What each command came to: three for each of so many messages. */
function events(messageCount: number): Event[][] {
  const agents = ids("agent", 64);
  const desk = new EngineDesk({
    skillQueues: [{ id: "queue" }],
    agents: agents.map((id) => ({ id, capacity: 10, skills: { queue: 5 } })),
    channels: [{ id: "web", kind: "web", skillQueue: "queue" }],
    presence: { heartbeatSeconds: 3600 },
  });
  for (const agent of agents) desk.present(agent);
  const recorded: Event[][] = [];
  for (let index = 0; index < messageCount; index += 1) {
    desk.write();
    recorded.push([...desk.events]);
    const [given] = desk.given();
    if (given === undefined) throw new Error("nobody was given anything");
    desk.reply(given);
    recorded.push([...desk.events]);
    desk.close(given);
    recorded.push([...desk.events]);
  }
  return recorded;
}
