import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { StandingClock } from "../../worker/clock.ts";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import { Snapshotter } from "../../worker/shards/snapshotter.ts";
import { Telemetry, createLogger } from "../../worker/telemetry.ts";
import { Upkeep } from "../../worker/upkeep.ts";
import { hourMs, monday, tenant } from "./partition-desk.ts";
import { runShards, temporaryFolder } from "./shards-desk.ts";

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(folder, "partition-000")).filter((name) => name.endsWith(ending));
}

async function startWithUpkeep(folder: string, commandsPerSnapshotMax = 20) {
  const clock = new StandingClock(monday);
  const desk = await runShards({ folder, clock });
  await desk.configure();
  const telemetry = new Telemetry();
  const upkeep = new Upkeep({
    shards: desk.shards,
    clock,
    partitionPath: () => join(folder, "partition-000"),
    journalHours: 24,
    limits: { ...defaultWorkerLimits, commandsPerSnapshotMax },
    logger: createLogger("silent"),
    telemetry,
  });
  return { desk, clock, upkeep, telemetry };
}

test("a long tail is shortened by a snapshot that another thread replays, while the partition runs", async () => {
  const folder = temporaryFolder();
  const { desk, upkeep } = await startWithUpkeep(folder);
  for (let index = 0; index < 10; index += 1) await desk.receive(`a${index}`, `c${index}`);
  await upkeep.look();
  expect(filesOf(folder, ".snapshot")).toEqual([]);
  for (let index = 0; index < 10; index += 1) await desk.receive(`b${index}`, `c${index}`);
  const looked = upkeep.look();
  await Promise.all(Array.from({ length: 50 }, async (_, index) => desk.receive(`x${index}`, "x")));
  await looked;
  expect(filesOf(folder, ".snapshot")).toHaveLength(1);
  await upkeep.stop();
  await desk[Symbol.asyncDispose]();

  // The next start begins with it.
  await using again = await runShards({ folder, clock: new StandingClock(monday) });
  const [counts] = await again.shards.counts();
  expect(counts?.counts.conversationsOpened).toBe(11);
});

test("what came while a snapshot was taken counts as the tail behind it", async () => {
  const folder = temporaryFolder();
  const { desk, upkeep } = await startWithUpkeep(folder);
  await using _ = desk;
  for (let index = 0; index < 20; index += 1) await desk.receive(`a${index}`, `c${index}`);
  vi.spyOn(desk.shards, "trim").mockImplementationOnce(async (partition, covered) => {
    // The snapshot is there, and does not have these.
    for (let index = 0; index < 7; index += 1) await desk.receive(`x${index}`, "x");
    await desk.shards.trim(partition, covered);
  });
  await upkeep.look();
  expect(filesOf(folder, ".snapshot")).toHaveLength(1);
  expect(desk.shards.tailCommands(0)).toBe(7);
  await upkeep.stop();
});

test("a snapshot gives way until many commands have come behind it", async () => {
  const folder = temporaryFolder();
  const { desk, upkeep } = await startWithUpkeep(folder);
  await using _ = desk;
  for (let index = 0; index < 20; index += 1) await desk.receive(`a${index}`, `c${index}`);
  const tailCommands = desk.shards.tailCommands.bind(desk.shards);
  const isUrgentAfter: [number, boolean | undefined][] = [];
  const take = vi.spyOn(Snapshotter.prototype, "take");
  take.mockImplementationOnce(async (_data, isUrgent) => {
    const covered = tailCommands(0);
    for (const come of [0, 50_000, 50_001]) {
      vi.spyOn(desk.shards, "tailCommands").mockReturnValueOnce(covered + come);
      isUrgentAfter.push([come, isUrgent?.()]);
    }
    await Promise.resolve();
  });
  await upkeep.look();
  expect(isUrgentAfter).toEqual([
    [0, false],
    [50_000, false],
    [50_001, true],
  ]);
  take.mockRestore();
  await upkeep.stop();
});

test("the journal forgets what is behind two snapshots, within its hours", async () => {
  const folder = temporaryFolder();
  const { desk, clock, upkeep } = await startWithUpkeep(folder);
  await desk.receive("one", "c");
  const first = filesOf(folder, ".segment");
  for (let hour = 0; hour < 24; hour += 1) {
    clock.moveTo(clock.now() + hourMs);
    await desk.shards.passTime();
    await upkeep.makeIfDue();
  }
  expect(filesOf(folder, ".snapshot")).toHaveLength(2);
  expect(filesOf(folder, ".segment")).not.toContain(first[0]);
  const { firstIndex, sayingIndex } = await desk.shards.journalState(0);
  expect(firstIndex).toBeGreaterThan(sayingIndex);

  // Nothing more is said, so nothing more is written.
  const before = filesOf(folder, "");
  for (let hour = 0; hour < 24; hour += 1) {
    clock.moveTo(clock.now() + hourMs);
    await desk.shards.passTime();
    await upkeep.makeIfDue();
  }
  expect(filesOf(folder, "")).toEqual(before);
  await upkeep.stop();
  await desk[Symbol.asyncDispose]();
});

test("a replay that differs from what the partition did leaves no snapshot", async () => {
  const folder = temporaryFolder();
  await using desk = await runShards({ folder });
  await desk.configure();
  await desk.receive("one", "c");
  const closed = await desk.shards.closeSegment(0);
  const data = {
    partition: 0,
    folder: join(folder, "partition-000"),
    limits: defaultWorkerLimits,
  };
  const wrong = { ...closed, eventHash: closed.eventHash ^ 1n };
  await expect(new Snapshotter().take({ ...data, closed: wrong })).rejects.toThrow("differ");
  expect(filesOf(folder, ".snapshot")).toEqual([]);
  await new Snapshotter().take({ ...data, closed });
  expect(filesOf(folder, ".snapshot")).toHaveLength(1);
  const { items } = await desk.shards.query({ type: "conversations", tenant, limit: 10 });
  expect(items).toHaveLength(1);
});

test("a replay that differs is counted, and tried again", async () => {
  const folder = temporaryFolder();
  const { desk, upkeep, telemetry } = await startWithUpkeep(folder, 1);
  await using _ = desk;
  await desk.receive("one", "c");
  const closeSegment = desk.shards.closeSegment.bind(desk.shards);
  vi.spyOn(desk.shards, "closeSegment").mockImplementationOnce(async (partition) => {
    const closed = await closeSegment(partition);
    return { ...closed, eventHash: closed.eventHash ^ 1n };
  });
  await upkeep.look();
  expect(filesOf(folder, ".snapshot")).toEqual([]);
  const failed = async () => (await telemetry.snapshotChecksFailed.get()).values[0]?.value;
  expect(await failed()).toBe(1);
  await upkeep.look();
  expect(filesOf(folder, ".snapshot")).toHaveLength(1);
  expect(await failed()).toBe(1);
  await upkeep.stop();
});
