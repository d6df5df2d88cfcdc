import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agent, document } from "./documents.ts";
import type { TenantDesk } from "./tenant.ts";
import { ContractWorker, minuteMs } from "./worker.ts";

// Complaints from public trackers that need more than an engine to come true: many clients at once,
// and a power cut. Those about routing, timers and hours alone are in test/core/pains-*.test.ts.

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start();
});
afterAll(async () => worker[Symbol.asyncDispose]());

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

describe("assigned twice, or over capacity", () => {
  /** RocketChat/Rocket.Chat 37776 (count, check, assign on 3 instances: limit 3, got 4), 18217, 19352. */
  test("a limit of 3 is never 4, whoever writes, assigns and closes at once", async () => {
    const desk = await worker.tenant(document({ agents: [agent("ana", 3), agent("ben", 3)] }));
    await desk.available("ana", "ben");
    const opened = await times(12, async (index) => desk.inbound({ customer: `first-${index}` }));
    await Promise.all([
      times(12, async (index) => desk.inbound({ customer: `next-${index}` })),
      times(6, async (index) => desk.act(opened[index]?.conversation ?? "", "close")),
      times(6, async (index) =>
        desk.act(opened[index + 6]?.conversation ?? "", "assign", { agent: "ana" }),
      ),
    ]);
    for (const id of ["ana", "ben"]) expect((await desk.agent(id)).units.used).toBe(3);
    await mostAtOnce(desk, 3);
  });

  /** chatwoot/chatwoot 14495 (one conversation reassigned dozens of times), 15275. */
  test("of twenty who assign one conversation at once, each from what they saw, one does", async () => {
    const agents = Array.from({ length: 20 }, (_, index) => agent(`a${index}`, 1));
    const desk = await worker.tenant(document({ agents }));
    await times(20, async (index) => desk.presence(`a${index}`, "away"));
    const { conversation, version } = await desk.inbound();
    const answers = await times(20, async (index) =>
      desk.act(conversation, "assign", { agent: `a${index}`, version }),
    );
    const codes = answers.map(({ body }) => body.code ?? "assigned");
    expect(codes.toSorted()).toEqual(["assigned", ...Array<string>(19).fill("stale_version")]);
    expect(await desk.eventsOf("conversationAssigned", conversation)).toHaveLength(1);
  });
});

/** Nobody ever had more at once than this, by the events in their order. */
async function mostAtOnce(desk: TenantDesk, most: number): Promise<void> {
  const had = new Map<string, number>();
  for (const { type, agent: by = "" } of await desk.events()) {
    const change = type === "conversationAssigned" ? 1 : type === "conversationLeft" ? -1 : 0;
    had.set(by, (had.get(by) ?? 0) + change);
    expect(had.get(by)).toBeLessThanOrEqual(most);
  }
}

describe("stuck or lost", () => {
  /** RocketChat/Rocket.Chat 18041: offline messages cannot be assigned when agents return. */
  test("a night's messages are assigned when agents return, also over a power cut", async () => {
    const desk = await worker.tenant(
      document({ agents: [agent("ana", 100)], web: { skillQueue: "office" } }),
    );
    await worker.next("20:00");
    const night = await times(20, async (index) => desk.inbound({ customer: `c${index}` }));
    expect(new Set(night.map(({ state }) => state))).toEqual(new Set(["held"]));
    await worker.crash();
    await worker.next("09:00");
    await worker.advance(10 * minuteMs);
    await desk.available("ana");
    const { conversations } = await desk.agent("ana");
    expect(new Set(conversations)).toEqual(new Set(night.map(({ conversation }) => conversation)));
  });

  /** chatwoot/chatwoot 13050 (bursts lost). */
  test("of a burst over twenty connections no message is lost, and none is there twice", async () => {
    const desk = await worker.tenant(document());
    const ids = Array.from({ length: 200 }, (_, index) => `m${index}`);
    // Each is sent twice, as by a gateway that had no answer in time.
    const answers = await Promise.all(
      [...ids, ...ids].map(async (id) => desk.inbound({ id, customer: `of-${id}` })),
    );
    expect(answers.filter(({ duplicate }) => duplicate === true)).toHaveLength(200);
    const there = (await desk.list("?limit=1000")).map(({ customer }) => customer);
    expect(there).toHaveLength(200);
    expect(new Set(there)).toEqual(new Set(ids.map((id) => `of-${id}`)));
  });
});

describe("why did it pick her?", () => {
  /** Genesys forum, on skipped rings and agents no longer in the queue: nobody can explain a decision. */
  test("afterwards anybody can read why each agent was passed over, those included who have left", async () => {
    const agents = [agent("gone", 1), agent("busy", 1), agent("ana", 1)];
    const desk = await worker.tenant(document({ agents }));
    await desk.available("busy");
    await desk.inbound({ customer: "first" });
    await desk.available("ana");
    const { conversation } = await desk.inbound();
    expect((await desk.call("DELETE", "/agents/gone")).status).toBe(204);
    await worker.advance(60 * minuteMs);
    const { body } = await desk.read<{
      entries: readonly { readonly type: string; readonly reason?: unknown }[];
    }>(`/conversations/${conversation}/timeline`);
    expect(body.entries.find(({ type }) => type === "conversationAssigned")?.reason).toEqual({
      rule: "longest-idle",
      waitedMs: 0,
      eligible: 1,
      passedOver: { offline: 1, no_capacity: 1 },
      agents: [
        { agent: "gone", code: "offline" },
        { agent: "busy", code: "no_capacity" },
      ],
    });
  });
});
