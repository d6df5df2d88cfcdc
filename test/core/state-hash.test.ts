import * as fc from "fast-check";
import { expect, test } from "vitest";
import { savedRecordsOf } from "../../core/snapshot-decoding.ts";
import { stateHashOf } from "../../core/snapshot-hash.ts";
import { hash64 } from "../../core/state-hash.ts";
import { journalCommands } from "./golden/journals.ts";
import { fast } from "./implementations.ts";

const mask = 0xffff_ffffn;

/** FNV-1a as published, with this prime. */
function fnv1a(bytes: Uint8Array, basis: bigint, prime: bigint): bigint {
  return bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * prime) & mask, basis);
}

/** `fmix32` of MurmurHash3 as published. */
function fmix32(hash: bigint): bigint {
  const once = ((hash ^ (hash >> 16n)) * 0x85eb_ca6bn) & mask;
  const twice = ((once ^ (once >> 13n)) * 0xc2b2_ae35n) & mask;
  return twice ^ (twice >> 16n);
}

function published(bytes: Uint8Array): string {
  const a = fnv1a(bytes, 0x811c_9dc5n, 0x0100_0193n);
  const b = fnv1a(bytes, 0x9dc5_811cn, 0x0100_0fe7n);
  const hex = (value: bigint): string => value.toString(16).padStart(8, "0");
  return hex(fmix32(a)) + hex(fmix32(b ^ a));
}

test("the hash is two lanes of FNV-1a, each finished with the mixer of MurmurHash3", () => {
  expect(hash64(new Uint8Array())).toBe("ab3e7c0b1db0a5c8");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(hash64(bytes)).toBe(published(bytes));
    }),
    { numRuns: 500, seed: 20_261_123 },
  );
});

test("a state hash is the hash of a snapshot's records as lines of JSON", () => {
  const engine = fast.create();
  for (const command of journalCommands("stream-5")) engine.apply(command, []);
  const snapshot = engine.snapshot();
  const lines = [...savedRecordsOf(snapshot)].map((record) => JSON.stringify(record));
  expect(lines.length).toBeGreaterThan(1);
  expect(stateHashOf(snapshot)).toBe(published(new TextEncoder().encode(lines.join("\n"))));
  expect(engine.stateHash()).toBe(stateHashOf(snapshot));
});
