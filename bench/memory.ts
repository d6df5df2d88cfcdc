import { EngineDesk, tenant } from "./engine-desk.ts";
import type { Benchmark } from "./figures.ts";
import { waitingTenant } from "./waiting-tenant.ts";

/*
 * Goal: resident bytes for each conversation that waits (row, timers, customer) and for each id that
 * is remembered, from a fresh process: how much the resident set grows from the first part of them
 * to all, garbage having been collected before each look.
 *
 * Non-goal: what a whole worker uses; it has a store, a journal's buffers and requests under way.
 */

const nonGoal = "the memory of a whole worker";
const agent = "nobody";
const execArgv = ["--expose-gc"];

/** Resident bytes that each of `count` adds, after `before` of them. */
function residentBytesOf(write: (index: number) => void, before: number, count: number): number {
  let index = 0;
  const grow = (by: number): number => {
    for (let left = by; left > 0; left -= 1) write(index++);
    for (let round = 0; round < 3; round += 1) globalThis.gc?.();
    return process.memoryUsage.rss();
  };
  return -(grow(before) - grow(count)) / count;
}

const perConversation: Benchmark = {
  name: "memory.per-conversation",
  goal: "resident bytes of a conversation that waits: its row, its timers, its customer's address",
  nonGoal,
  execArgv,
  run: ({ smoke }) => {
    const waiting = new EngineDesk(waitingTenant, { limits: { idsRememberedMax: 1 } });
    const [before, count] = smoke ? [2_000, 20_000] : [100_000, 1_000_000];
    const value = residentBytesOf(
      (index) => waiting.write({ customer: addressOf(index) }),
      before,
      count,
    );
    return Promise.resolve([figure("memory.per-conversation", value, count)]);
  },
};

const perRememberedId: Benchmark = {
  name: "memory.per-remembered-id",
  goal: "resident bytes of an id by which a repeated message is recognised",
  nonGoal,
  execArgv,
  run: ({ smoke }) => {
    const writing = new EngineDesk(waitingTenant, { limits: { idsRememberedMax: 2_000_000 } });
    const [before, count] = smoke ? [2_000, 20_000] : [100_000, 1_000_000];
    writing.apply({ type: "setPresence", at: writing.at, tenant, agent, status: "available" });
    const conversation = writing.write();
    // The agent writes all of it, so that nothing but the ids grows: no message waits for an answer.
    const value = residentBytesOf(() => writing.reply({ conversation, agent }), before, count);
    return Promise.resolve([figure("memory.per-remembered-id", value, count)]);
  },
};

function addressOf(index: number): string {
  return `+49151${String(index).padStart(8, "0")}`;
}

function figure(name: string, value: number, samples: number) {
  // Bytes follow from the allocator too: nothing but how many there were is the same for equal seeds.
  return {
    name,
    metric: "rss",
    unit: "B",
    value,
    samples,
    resultHash: samples.toString(16),
  } as const;
}

export const memories: readonly Benchmark[] = [perConversation, perRememberedId];
