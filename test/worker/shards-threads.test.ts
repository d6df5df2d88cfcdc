import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeCommand } from "../../core/codec.ts";
import { StandingClock } from "../../worker/clock.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { planCalendars } from "../../worker/shards/calendar-planning.ts";
import { OperatingError } from "../../worker/shards/routing.ts";
import { ShardHost } from "../../worker/shards/shard-host.ts";
import { ShardThread } from "../../worker/shards/shard-thread.ts";
import { Telemetry, createLogger } from "../../worker/telemetry.ts";
import { dayMs, hourMs, minuteMs, monday, resolved, tenant } from "./partition-desk.ts";
import { runShards, temporaryFolder } from "./shards-desk.ts";

test("a command is answered only once its batch is in the journal's file", async () => {
  const folder = temporaryFolder();
  await using desk = await runShards({ folder });
  await desk.configure();
  const journal = () =>
    readdirSync(join(folder, "partition-000"))
      .filter((name) => name.endsWith(".segment"))
      .map((name) => readFileSync(join(folder, "partition-000", name), "latin1"))
      .join("");
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      await desk.receive(`id-${index}-`, `c${index}`);
      expect(journal()).toContain(`id-${index}-`);
    }),
  );
});

test("a query sees every write that was answered before it", async () => {
  await using desk = await runShards({ folder: temporaryFolder() });
  await desk.configure();
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      await desk.receive(`id-${index}`, `c${index}`);
      const { items } = await desk.shards.query({
        type: "conversations",
        tenant,
        customer: `c${index}`,
        limit: 1,
      });
      expect(items).toHaveLength(1);
    }),
  );
});

test("tenants live in their partitions, on fewer threads than there are", async () => {
  await using desk = await runShards({ folder: temporaryFolder(), partitions: 5, threads: 2 });
  const tenants = Array.from({ length: 12 }, (_, index) => `tenant-${index}`);
  await Promise.all(
    tenants.map(async (name) => {
      await desk.configure(name);
      await desk.receive("same id", "same customer", name);
    }),
  );
  expect((await desk.shards.query({ type: "tenants" })).toSorted()).toEqual(tenants.toSorted());
  const opened = (await desk.shards.counts()).map(({ counts }) => counts.conversationsOpened);
  expect(opened.reduce((sum, count) => sum + count, 0)).toBe(tenants.length);
  expect(opened).toHaveLength(5);
});

test("listeners hear of a batch after it is durable, and one that fails harms nobody", async () => {
  await using desk = await runShards({ folder: temporaryFolder() });
  await desk.configure();
  const heard: number[] = [];
  desk.shards.onActivity(() => {
    throw new Error("a bad listener");
  });
  const stop = desk.shards.onActivity(({ lastSequence }) => heard.push(lastSequence));
  await desk.receive("one", "a");
  expect(heard).toHaveLength(1);
  stop();
  await desk.receive("two", "b");
  expect(heard).toHaveLength(1);
});

test("more than the inbox holds is refused as overloaded, and what was accepted is done", async () => {
  const limits = { inboxCommandsMax: 50, inboxCommandsPerTenantMax: 50 };
  await using desk = await runShards({ folder: temporaryFolder(), limits });
  await desk.configure();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 500 }, async (_, index) => desk.receive(`id-${index}`, `c${index}`)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.map(({ reason }) => (reason as OperatingError).code)).toEqual(
    refused.map(() => "overloaded"),
  );
  const [counts] = await desk.shards.counts();
  expect(counts?.counts.conversationsOpened).toBe(500 - refused.length);
});

test("whoever stops takes nothing new", async () => {
  const desk = await runShards({ folder: temporaryFolder() });
  await desk.configure();
  desk.shards.refuse();
  await expect(desk.receive("one", "a")).rejects.toMatchObject({ code: "stopping" });
  await desk[Symbol.asyncDispose]();
  await expect(desk.shards.query({ type: "tenants" })).rejects.toMatchObject({ code: "stopping" });
});

test("a bug ends the thread, which recovers from its journal and goes on", async () => {
  // The host's clock never goes back; here it does, which the journal takes for the bug it is.
  let now = monday;
  await using desk = await runShards({ folder: temporaryFolder(), clock: { now: () => now } });
  await desk.configure();
  await desk.receive("before", "a");
  let recoveries = 0;
  const stop = desk.shards.onRecovery(() => void (recoveries += 1));
  now = monday - hourMs;
  await expect(desk.receive("bug", "b")).rejects.toMatchObject({ code: "shard_restarting" });
  now = monday + 1;
  await untilAccepted(() => desk.receive("after", "c"));
  const [counts] = await desk.shards.counts();
  expect(counts?.counts.conversationsOpened).toBe(2);
  const restarts = await desk.telemetry.shardRestarts.get();
  expect(restarts.values.map(({ value }) => value)).toEqual([1]);
  expect(recoveries).toBe(1);
  stop();
});

test("a thread that dies under load loses nothing that was answered, and doubles nothing", async () => {
  const thread = new ShardThread({
    partitions: [{ partition: 0, folder: temporaryFolder() }],
    dataDirectory: "data",
    limits: defaultWorkerLimits,
  });
  const host = new ShardHost({
    data: {
      partitions: [{ partition: 0, folder: "" }],
      dataDirectory: "data",
      limits: defaultWorkerLimits,
    },
    limits: defaultWorkerLimits,
    logger: createLogger("silent"),
    telemetry: new Telemetry(),
    onActivity: () => undefined,
    onRecovery: () => undefined,
    checkpoints: { take: () => Promise.resolve() },
    followers: { of: () => [] },
    thread,
  });
  await host.start();
  host.run(new StandingClock(monday), "when told");
  const send = async (id: string, bytes: Uint8Array) =>
    host.submit(0, { bytes, tenant, type: id, keep: false });
  const configuration = resolved();
  const plans = planCalendars(configuration.calendars, monday);
  await send(
    "configure",
    encodeCommand({ type: "configureTenant", at: monday, tenant, configuration, plans }),
  );
  const answered = new Map<string, number>();
  const receive = async (id: string): Promise<void> => {
    const message = { id, channel: "web", customer: `c-${id}`, content: "{}" };
    const result = await send(
      id,
      encodeCommand({ type: "receiveMessage", at: monday, tenant, ...message }),
    );
    if (result.status !== "accepted") throw new Error(JSON.stringify(result));
    answered.set(id, result.conversation);
  };
  const ids = Array.from({ length: 150 }, (_, index) => `id-${index}`);
  const rounds = [0, 1, 2].map((round) => ids.map((id) => `${id}-${round}`));
  for (const round of rounds) {
    const sent = Promise.allSettled(round.map(receive));
    await thread.pool.threads[0]?.terminate();
    const lost = (await sent).flatMap((outcome, index) =>
      outcome.status === "rejected"
        ? [[round[index] ?? "", outcome.reason as unknown] as const]
        : [],
    );
    expect(lost.every(([, reason]) => reason instanceof OperatingError)).toBe(true);
    for (const [id] of lost) await untilAccepted(() => receive(id));
  }
  const sentCount = rounds.flat().length;
  expect(answered.size).toBe(sentCount);
  expect(new Set(answered.values()).size).toBe(sentCount);
  const [counts] = await host.query(0, { type: "counts" });
  expect(counts?.conversationsOpened).toBe(sentCount);
  await host.stop();
}, 60_000);

test("a partition whose journal is damaged does not start, and the others run", async () => {
  const folder = temporaryFolder();
  const tenants = Array.from({ length: 12 }, (_, index) => `tenant-${index}`);
  {
    await using desk = await runShards({ folder, partitions: 3 });
    for (const name of tenants) {
      await desk.configure(name);
      await desk.receive("one", "c", name);
      await desk.receive("two", "c", name);
    }
  }
  const damaged = join(folder, "partition-001", "0000000000000001.segment");
  const bytes = readFileSync(damaged);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(damaged, bytes);
  await using desk = await runShards({ folder, partitions: 3 });
  expect(desk.shards.partitions).toEqual([0, 2]);
  const outcomes = await Promise.allSettled(
    tenants.map((name) => desk.receive("three", "c", name)),
  );
  const codes = outcomes.map((outcome) =>
    outcome.status === "fulfilled" ? outcome.value.status : (outcome.reason as OperatingError).code,
  );
  expect(new Set(codes)).toEqual(new Set(["accepted", "partition_unavailable"]));
});

test("where no partition starts, nothing does", async () => {
  const folder = temporaryFolder();
  {
    await using desk = await runShards({ folder });
    await desk.configure();
    await desk.receive("one", "c");
  }
  writeFileSync(join(folder, "partition-000", "0000000000000001.segment"), Buffer.alloc(500, 7));
  await expect(runShards({ folder })).rejects.toMatchObject({ code: "partition_unavailable" });
});

test("a torn tail is cut off at the start, and everything before it is there", async () => {
  const folder = temporaryFolder();
  {
    await using desk = await runShards({ folder });
    await desk.configure();
    await desk.receive("one", "a");
    await desk.receive("two", "b");
  }
  const segment = join(folder, "partition-000", "0000000000000001.segment");
  truncateSync(segment, readFileSync(segment).length - 20);
  // The store would know of the batch that is torn now, and call it damage.
  for (const name of ["store.sqlite", "store.sqlite-wal"]) {
    rmSync(join(folder, "partition-000", name), { force: true });
  }
  await using desk = await runShards({ folder });
  const { items } = await desk.shards.query({ type: "conversations", tenant, limit: 10 });
  expect(items.map(({ customer }) => customer)).toEqual(["a"]);
});

test("calendars are planned anew before they run out, also over a long downtime", async () => {
  const folder = temporaryFolder();
  {
    await using desk = await runShards({ folder, clock: new StandingClock(monday) });
    await desk.configure();
    const known = await desk.shards.query({ type: "configuration", tenant });
    expect(known?.plannedUntil).toBeGreaterThan(monday + 390 * dayMs);
  }
  const late = new StandingClock(monday + 500 * dayMs);
  await using desk = await runShards({ folder, clock: late });
  const known = await desk.shards.query({ type: "configuration", tenant });
  expect(known?.plannedUntil).toBeGreaterThan(late.now() + 390 * dayMs);
  late.moveTo(late.now() + 250 * dayMs);
  await desk.shards.extendPlans();
  const extended = await desk.shards.query({ type: "configuration", tenant });
  expect(extended?.plannedUntil).toBeGreaterThan(late.now() + 390 * dayMs);
});

test("a date further ahead than the plan is planned in time, and not again each day", async () => {
  const clock = new StandingClock(monday);
  await using desk = await runShards({ folder: temporaryFolder(), clock });
  const day = ["00:00-24:00"];
  const weekly = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day };
  const restDate = new Date(monday + 450 * dayMs).toISOString().slice(0, 10);
  await desk.shards.submit({
    type: "configureTenant",
    tenant,
    configuration: resolved({
      calendars: [{ id: "always", timeZone: "UTC", weekly, restDates: [restDate] }],
      skillQueues: [{ id: "desk", calendar: "always" }],
    }),
  });
  const closesAt = async () => {
    const queues = await desk.shards.query({ type: "skillQueues", tenant });
    return queues?.[0]?.nextChangeAt;
  };
  expect(await closesAt()).toBeUndefined();
  const planned: (number | undefined)[] = [];
  for (let days = 0; days < 300; days += 1) {
    clock.moveTo(clock.now() + dayMs);
    await desk.shards.extendPlans();
    planned.push(desk.shards.lastAt);
  }
  expect(await closesAt()).toBe(Date.parse(restDate));
  // Journaled are the configuration and, every 200 days, what is new of the plan.
  expect(new Set(planned).size).toBeLessThanOrEqual(3);
});

test("timers fire by themselves on a clock that runs, and never early", async () => {
  const start = performance.now();
  let skippedMs = 0;
  const clock = { now: () => Math.floor(monday + skippedMs + (performance.now() - start)) };
  await using desk = await runShards({ folder: temporaryFolder(), clock, alarm: "by itself" });
  await desk.configure();
  await desk.receive("one", "c");
  const timedOut = async () => {
    const events = await desk.shards.query({ type: "events", tenant, after: 0, limit: 10 });
    return events.find(({ event }) => event.type === "routingTimedOut")?.event;
  };
  const { promise: parked, resolve } = Promise.withResolvers<void>();
  desk.shards.onActivity(() => {
    void timedOut().then((event) => event && resolve());
  });
  skippedMs = 30 * minuteMs - 500;
  // The alarm is set again after each batch.
  await desk.receive("two", "d");
  await parked;
  const event = await timedOut();
  expect(event?.at).toBeGreaterThanOrEqual(event?.dueAt ?? Infinity);
  expect(event?.dueAt).toBeGreaterThanOrEqual(monday + 30 * minuteMs);
});

async function untilAccepted<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OperatingError) || error.code !== "shard_restarting") throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }
}
