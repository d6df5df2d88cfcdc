import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { StoreCheckpoints } from "../../worker/shards/store-checkpoints.ts";
import { checkpointBeside } from "../../worker/store/checkpoint.ts";
import { storePath } from "../../worker/store/store-file.ts";
import { createLogger } from "../../worker/telemetry.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import { PartitionDesk } from "./partition-desk.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-checkpoints-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function receiveMany(desk: PartitionDesk, from: number): void {
  for (let number = from; number < from + 50; number += 1) desk.receive(`c${number}`, "hello");
}

/** What the file has without its log. */
function conversationsInFile(path: string): number {
  const folder = temporaryFolder();
  const copy = join(folder, "copy.sqlite");
  using database = new DatabaseSync(path, { readOnly: true });
  database.exec(`VACUUM INTO '${copy}'`);
  using copied = new DatabaseSync(copy);
  return Number(copied.prepare("SELECT count(*) AS count FROM conversations").get()?.["count"]);
}

test("a log is brought in beside who writes, also while a transaction is open", async () => {
  const store = storePath(temporaryFolder());
  await using checkpoints = new StoreCheckpoints(createLogger("silent"));
  using desk = new PartitionDesk({ disk: new MemoryDisk(), store }).configure().signIn("ana");
  receiveMany(desk, 0);
  desk.partition.settle();
  const { logPages } = desk.partition.storeState;
  expect(logPages).toBeGreaterThan(20);
  receiveMany(desk, 50);
  desk.partition.writeStore();
  await checkpoints.take(store);
  desk.partition.settle();
  // What came behind it is all that is left.
  expect(desk.partition.storeState.logPages).toBeLessThan(logPages);
  checkpointBeside(store);
  receiveMany(desk, 100);
  desk.partition.settle();
  expect(conversationsInFile(store)).toBe(150);
});

test("a sync has the whole log in the file, and one beside it does no harm", async () => {
  const store = storePath(temporaryFolder());
  await using checkpoints = new StoreCheckpoints(createLogger("silent"));
  using desk = new PartitionDesk({ disk: new MemoryDisk(), store }).configure().signIn("ana");
  for (let round = 0; round < 10; round += 1) {
    receiveMany(desk, round * 50);
    desk.partition.settle();
    const taken = checkpoints.take(store);
    desk.partition.closeSegment();
    expect(desk.partition.storeState.logPages).toBe(0);
    await taken;
  }
  expect(conversationsInFile(store)).toBe(500);
});

test("a store that is not there is none to be made", async () => {
  const store = storePath(temporaryFolder());
  await using checkpoints = new StoreCheckpoints(createLogger("silent"));
  await checkpoints.take(store);
  expect(() => new DatabaseSync(store, { readOnly: true })).toThrow("unable to open");
});
