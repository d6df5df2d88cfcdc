import fc from "fast-check";
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

function letter(tenant: string | undefined): Letter {
  const ignore = () => undefined;
  return { tenant, type: "receiveMessage", keep: false, resolve: ignore, reject: ignore };
}

function command(size = 10, content = 0): Uint8Array {
  return new Uint8Array(size).fill(content);
}

const overloaded = expect.objectContaining({ code: "overloaded" }) as Error;

test("letters are taken in order, as many as share a batch", () => {
  const box = inbox({ batchCommandsMax: 3 });
  const letters = Array.from({ length: 5 }, () => letter("a"));
  for (const one of letters) box.put(one, command());
  expect(box.take().letters).toEqual(letters.slice(0, 3));
  expect(box.take().letters).toEqual(letters.slice(3));
  expect(box.take().letters).toEqual([]);
});

test("a batch is bounded in bytes, and one that is larger by itself goes alone", () => {
  const box = inbox({ batchBytesMax: 25 });
  for (const size of [10, 10, 10, 40, 10]) box.put(letter("a"), command(size));
  const batches = [box.take(), box.take(), box.take(), box.take()];
  expect(batches.map(({ letters }) => letters.length)).toEqual([2, 1, 1, 1]);
});

test("too many letters are refused, and taken again once there is room", () => {
  const box = inbox({ inboxCommandsMax: 2 });
  box.put(letter("a"), command());
  box.put(letter("b"), command());
  expect(() => box.put(letter("c"), command())).toThrow(overloaded);
  box.take();
  box.put(letter("c"), command());
  expect(box.size).toBe(1);
});

test("too many bytes are refused", () => {
  const box = inbox({ inboxBytesMax: 100 });
  box.put(letter("a"), command(90));
  expect(() => box.put(letter("a"), command(11))).toThrow(overloaded);
  box.put(letter("a"), command(10));
});

test("one tenant cannot fill the inbox for the others", () => {
  const box = inbox({ inboxCommandsPerTenantMax: 2 });
  box.put(letter("busy"), command());
  box.put(letter("busy"), command());
  expect(() => box.put(letter("busy"), command())).toThrow(overloaded);
  box.put(letter("calm"), command());
  box.take();
  box.put(letter("busy"), command());
});

test("time always passes, however full the inbox is", () => {
  const box = inbox({ inboxCommandsMax: 1 });
  box.put(letter("a"), command());
  box.put(letter(undefined), command());
  expect(box.size).toBe(2);
});

test("each batch has the bytes of its commands, however the memory behind them is used", () => {
  const sizes = fc.array(fc.nat(300_000), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.record({ sizes, batches: fc.nat(4) }), { maxLength: 6 }), (rounds) => {
      const box = inbox({ batchCommandsMax: 4 });
      const given: Uint8Array[] = [];
      const taken: Uint8Array[] = [];
      for (const [round, { sizes: added, batches }] of rounds.entries()) {
        for (const size of added) {
          given.push(command(size, given.length + 1));
          box.put(letter("a"), given.at(-1) ?? command());
        }
        const wanted = round === rounds.length - 1 ? 100 : batches;
        for (let index = 0; index < wanted; index += 1) {
          taken.push(...unpackCommands(box.take().commands));
        }
      }
      expect(taken.map((one) => [one.length, one[0]])).toEqual(
        given.map((one) => [one.length, one[0]]),
      );
    }),
    { numRuns: 30 },
  );
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
