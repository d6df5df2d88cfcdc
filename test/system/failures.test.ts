import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { partitionOf } from "../../worker/shards/placement.ts";
import { root } from "../repository.ts";
import { needs } from "../requirements.ts";
import { makeSite } from "./failing-worker.ts";
import type { Called, RunningWorker, Site } from "./failing-worker.ts";

// What breaks, and what happens: each on a real worker process with real files.

const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe("a shard's thread that dies", () => {
  test.each([
    ["by an exit", "exit"],
    ["of a sync that failed", "sync fails"],
    ["out of memory", "out of memory"],
  ])(
    "%s: its callers may try again, it comes back, and nothing is lost or doubled",
    async (_, how) => {
      const site = makeSite();
      const worker = await site.start("--partitions=1").ready();
      for (const id of ids("before", 5)) await worker.send(id);
      site.sabotage(how);
      const during = await Promise.all(ids("during", 20).map((id) => worker.send(id)));
      const refused = during.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.map(({ body }) => body["code"])).toEqual(
        refused.map(() => "shard_restarting"),
      );
      expect(refused.every(({ retryAfter }) => Number(retryAfter) >= 1)).toBe(true);
      const again = await Promise.all(ids("during", 20).map((id) => worker.sendUntilTaken(id)));
      expect(again.every(({ status }) => status === 202)).toBe(true);
      const kept = await worker.kept();
      expect([...kept.keys()].toSorted()).toEqual(
        [...ids("before", 5), ...ids("during", 20)].toSorted(),
      );
      expect([...kept.values()].every((count) => count === 1)).toBe(true);
      expect(worker.log).toContain("recovers from its journal");
    },
    60_000,
  );
});

test("a slow disk refuses early what it cannot take, and takes the rest", async () => {
  const site = makeSite();
  const worker = await site.start("--partitions=1", "--limit", "inboxCommandsMax=20").ready();
  await worker.send("first");
  site.sabotage("slow 150");
  const flood = await Promise.all(ids("flood", 300).map((id) => worker.send(id)));
  const refused = flood.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(100);
  expect(new Set(refused.map(({ body }) => body["code"]))).toEqual(new Set(["overloaded"]));
  expect(refused.every(({ retryAfter }) => Number(retryAfter) >= 1)).toBe(true);
  site.sabotage("");
  const taken = ids("flood", 300).filter((_, place) => flood[place]?.status === 202);
  const kept = await worker.kept();
  expect([...kept.keys()].toSorted()).toEqual(["first", ...taken].toSorted());
}, 60_000);

test("a full disk refuses writes, goes on reading, and recovers when there is space", async (context) => {
  needs(context, "mount");
  const mounted = makeSite().folder;
  const place = join(mounted, "small");
  mkdirSync(place);
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", place]);
  expect(mount.status).toBe(0);
  onTestFinished(() => void spawnSync("umount", ["-l", place]));
  const site = makeSite(["acme"], join(place, "data"));
  const worker = await site.start("--partitions=1").ready();
  writeFileSync(join(place, "filler"), Buffer.alloc(4 * 1024 * 1024));
  const taken: string[] = [];
  let refusal: Called | undefined;
  for (const id of ids("big", 400)) {
    const called = await worker.send(id, "x".repeat(20_000));
    if (called.status === 202) taken.push(id);
    else refusal = called;
    if (refusal !== undefined) break;
  }
  expect(refusal).toMatchObject({ status: 503, body: { code: "journal_full" } });
  expect(Number(refusal?.retryAfter)).toBeGreaterThanOrEqual(1);
  const { status, body } = await worker.call("GET", "/v1/tenants/acme/queues");
  expect({ status, queues: (body["items"] as unknown[]).length }).toEqual({
    status: 200,
    queues: 1,
  });
  expect((await worker.call("GET", "/readyz")).status).toBe(200);
  rmSync(join(place, "filler"));
  expect((await worker.sendUntilTaken("after")).status).toBe(202);
  const kept = await worker.kept();
  expect([...kept.keys()].toSorted()).toEqual([...taken, "after"].toSorted());
}, 90_000);

describe("a store", () => {
  test.each([
    ["that was deleted", (file: string) => rmSync(file)],
    [
      "that was overwritten",
      (file: string) => writeFileSync(file, "nothing like it\n".repeat(4096)),
    ],
  ])(
    "%s is derived again from the journal",
    async (_, harm) => {
      const site = makeSite();
      const first = await site.start("--partitions=1").ready();
      for (const id of ids("m", 12)) await first.send(id);
      const before = await first.kept();
      await first.kill();
      for (const suffix of ["-wal", "-shm"]) rmSync(`${storeOf(site)}${suffix}`, { force: true });
      harm(storeOf(site));
      const second = await site.start().ready();
      expect(await second.kept()).toEqual(before);
    },
    60_000,
  );
});

test("a damaged partition does not start and says where; the others run", async () => {
  const tenants = ["acme", "bolt", "crux", "dune", "echo", "fern"];
  const of = (partition: number) =>
    tenants.find((name) => partitionOf(name, 2) === partition) ?? "";
  const [harmed, whole] = [of(0), of(1)];
  const site = makeSite([harmed, whole]);
  const first = await site.start("--partitions=2").ready();
  for (const tenant of [harmed, whole])
    for (const id of ids("m", 3)) await first.send(id, "Hello?", tenant);
  await first.kill();
  const folder = join(site.data, "partition-000");
  const [segment = ""] = readdirSync(folder).filter((name) => name.endsWith(".segment"));
  const bytes = readFileSync(join(folder, segment));
  bytes.writeUInt8((bytes[200] ?? 0) ^ 0x10, 200);
  writeFileSync(join(folder, segment), bytes);
  // A configuration of the damaged one could not be put in force.
  site.forget(harmed);
  const second = await site.start().ready();
  const refused = await second.send("n", "Hello?", harmed);
  expect(refused).toMatchObject({ status: 503, body: { code: "partition_unavailable" } });
  expect((await second.send("n", "Hello?", whole)).status).toBe(202);
  expect((await second.kept(whole)).size).toBe(4);
  expect(second.log).toMatch(new RegExp(`${segment}, byte 64, batch 1: `, "u"));
}, 60_000);

test("a second worker on the same data refuses, and the first one goes on", async () => {
  const site = makeSite();
  const first = await site.start().ready();
  const second = site.start();
  expect(await second.ended()).toBe(1);
  expect(second.log).toContain("data_in_use");
  expect((await first.send("m")).status).toBe(202);
}, 60_000);

describe("the machine's clock", () => {
  test("behind the journal: refused, unless it is accepted, and time never goes back", async () => {
    const site = makeSite();
    site.sabotage("clock 600000");
    const ahead = await site.start().ready();
    await ahead.send("m-1");
    const before = await lastInstant(ahead);
    await ahead.kill();
    site.sabotage("");
    const refused = site.start();
    expect(await refused.ended()).toBe(1);
    expect(refused.log).toContain("clock_behind_journal");
    const accepted = await site.start("--accept-clock").ready();
    await accepted.send("m-2");
    expect(await lastInstant(accepted)).toBeGreaterThanOrEqual(before);
  }, 60_000);

  test("set while it runs: nothing happens", async () => {
    const site = makeSite();
    const worker = await site.start().ready();
    await worker.send("m-1");
    const before = await lastInstant(worker);
    site.sabotage("clock -7200000");
    await worker.send("m-2");
    site.sabotage("clock 7200000");
    await worker.send("m-3");
    const after = await lastInstant(worker);
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(60_000);
  }, 60_000);

  test("ahead at a start: what came due meanwhile fires once, with both instants", async () => {
    const site = makeSite();
    const first = await site.start().ready();
    const sent = await first.send("m-1");
    await first.kill();
    site.sabotage(`clock ${3 * 3_600_000}`);
    const later = await site.start().ready();
    const path = `/v1/tenants/acme/conversations/${String(sent.body["conversation"])}/timeline`;
    const { body } = await later.call("GET", path);
    const entries = body["entries"] as readonly {
      readonly type: string;
      readonly dueAt?: string;
      readonly firedAt?: string;
    }[];
    const [fired, ...more] = entries.filter(({ type }) => type === "routingTimedOut");
    expect(more).toEqual([]);
    expect(Date.parse(fired?.firedAt ?? "")).toBeGreaterThan(Date.parse(fired?.dueAt ?? ""));
  }, 60_000);
});

describe("SIGTERM under load", () => {
  test("answers what was begun, seals, and loses nothing", async () => {
    const site = makeSite();
    const worker = await site.start("--partitions=1").ready();
    const taken: string[] = [];
    const load = { isOver: false };
    const customers = ids("c", 12).map(async (customer) => {
      for (let count = 0; !load.isOver; count += 1) {
        const id = `${customer}-${count}`;
        const called = await worker.send(id).catch(() => undefined);
        if (called?.status === 202) taken.push(id);
      }
    });
    while (taken.length < 200) await worker.call("GET", "/healthz");
    const beganAt = performance.now();
    worker.terminate();
    expect(await worker.ended()).toBe(0);
    expect(performance.now() - beganAt).toBeLessThan(13_000);
    load.isOver = true;
    await Promise.all(customers);
    expect(worker.log).toMatch(/^stopped/mu);
    const { stdout } = stat(site);
    expect(stdout).toMatch(/"snapshots":\[\{[^\]]*"sound":true/u);
    const again = await site.start().ready();
    const kept = await again.kept();
    expect(taken.filter((id) => kept.get(id) !== 1)).toEqual([]);
  }, 90_000);

  test("without time says what it left, and loses nothing either", async () => {
    const site = makeSite();
    const worker = await site.start("--partitions=1", "--stop-timeout-seconds=0").ready();
    for (const id of ids("m", 5)) await worker.send(id);
    site.sabotage("slow 400");
    const open = Promise.allSettled(ids("late", 30).map((id) => worker.send(id)));
    worker.terminate();
    expect(await worker.ended()).toBe(0);
    await open;
    expect(worker.log).toMatch(/^stopped; left: .+/mu);
    site.sabotage("");
    const again = await site.start().ready();
    const kept = await again.kept();
    expect(ids("m", 5).filter((id) => kept.get(id) !== 1)).toEqual([]);
  }, 60_000);
});

/** `nightdesk journal stat`. */
function stat({ data }: Site) {
  const entry = join(root, "worker/bin.ts");
  return spawnSync(process.execPath, [entry, "journal", "stat", data], { encoding: "utf8" });
}

function storeOf({ data }: Site): string {
  return join(data, "partition-000", "store.sqlite");
}

/** Of the newest conversation's newest line, epoch ms. */
async function lastInstant(worker: RunningWorker): Promise<number> {
  const { body } = await worker.call("GET", "/v1/tenants/acme/conversations?limit=1000");
  const newest = (body["items"] as { readonly id: string }[]).at(-1)?.id;
  const timeline = await worker.call("GET", `/v1/tenants/acme/conversations/${newest}/timeline`);
  const entries = timeline.body["entries"] as { readonly at: string }[];
  return Date.parse(entries.at(-1)?.at ?? "");
}
