import { expect, test } from "vitest";
import { defaultWorkerLimits } from "../../worker/limits.ts";
import type { WorkerLimits } from "../../worker/limits.ts";
import { Inbox } from "../../worker/shards/inbox.ts";
import type { Letter } from "../../worker/shards/inbox.ts";
import { packCommands, unpackCommands } from "../../worker/shards/packed-commands.ts";
import { partitionOf } from "../../worker/shards/placement.ts";

function inbox(limits: Partial<WorkerLimits>): Inbox {
  return new Inbox({ ...defaultWorkerLimits, ...limits });
}

function letter(tenant: string | undefined, size = 10): Letter {
  const ignore = () => undefined;
  const bytes = new Uint8Array(size);
  return { bytes, tenant, type: "receiveMessage", keep: false, resolve: ignore, reject: ignore };
}

const overloaded = expect.objectContaining({ code: "overloaded" }) as Error;

test("letters are taken in order, as many as share a batch", () => {
  const box = inbox({ batchCommandsMax: 3 });
  const letters = Array.from({ length: 5 }, () => letter("a"));
  for (const one of letters) box.put(one);
  expect(box.take()).toEqual(letters.slice(0, 3));
  expect(box.take()).toEqual(letters.slice(3));
  expect(box.take()).toEqual([]);
});

test("a batch is bounded in bytes, and one that is larger by itself goes alone", () => {
  const box = inbox({ batchBytesMax: 25 });
  for (const size of [10, 10, 10, 40, 10]) box.put(letter("a", size));
  expect([box.take(), box.take(), box.take(), box.take()].map(({ length }) => length)).toEqual([
    2, 1, 1, 1,
  ]);
});

test("too many letters are refused, and taken again once there is room", () => {
  const box = inbox({ inboxCommandsMax: 2 });
  box.put(letter("a"));
  box.put(letter("b"));
  expect(() => box.put(letter("c"))).toThrow(overloaded);
  box.take();
  box.put(letter("c"));
  expect(box.size).toBe(1);
});

test("too many bytes are refused", () => {
  const box = inbox({ inboxBytesMax: 100 });
  box.put(letter("a", 90));
  expect(() => box.put(letter("a", 11))).toThrow(overloaded);
  box.put(letter("a", 10));
});

test("one tenant cannot fill the inbox for the others", () => {
  const box = inbox({ inboxCommandsPerTenantMax: 2 });
  box.put(letter("busy"));
  box.put(letter("busy"));
  expect(() => box.put(letter("busy"))).toThrow(overloaded);
  box.put(letter("calm"));
  box.take();
  box.put(letter("busy"));
});

test("time always passes, however full the inbox is", () => {
  const box = inbox({ inboxCommandsMax: 1 });
  box.put(letter("a"));
  box.put(letter(undefined));
  expect(box.size).toBe(2);
});

test("packed commands come apart as they were", () => {
  const commands = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4)];
  expect(unpackCommands(packCommands(commands))).toEqual(commands);
});

test("a tenant's partition is the same for ever, since a data directory depends on it", () => {
  const tenants = ["demo", "acme", "grüße", ""];
  expect(tenants.map((tenant) => partitionOf(tenant, 8))).toEqual([6, 7, 0, 5]);
});

test("many tenants are spread over all partitions", () => {
  const counts = Array.from({ length: 8 }, () => 0);
  for (let index = 0; index < 8000; index += 1) {
    const partition = partitionOf(`tenant-${index}`, 8);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
