import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AssertionError } from "../../core/assert.ts";
import type { Engine } from "../../core/index.ts";
import { RecordLines } from "../../core/record-lines.ts";
import { savedRecordsOf } from "../../core/snapshot-decoding.ts";
import { joined } from "../../core/snapshot-encoding.ts";
import { near, SnapshotReader, SnapshotWriter } from "../../core/snapshot-format.ts";
import { hash64 } from "../../core/state-hash.ts";
import { decodeCommand, encodeCommand } from "../../core/codec.ts";
import { journalCommands } from "./golden/journals.ts";
import { implementations, type Implementation } from "./implementations.ts";

function played(implementation: Implementation, name: string): Engine {
  const engine = implementation.create();
  for (const command of journalCommands(name)) {
    engine.apply(decodeCommand(encodeCommand(command)), []);
  }
  return engine;
}

/** As releases wrote it whose snapshots were lines of JSON. */
function inFormat1(snapshot: Uint8Array): Uint8Array {
  const lines = new RecordLines();
  for (const record of savedRecordsOf(snapshot)) lines.write(record);
  return lines.bytes();
}

describe.each(implementations)("a snapshot of the $name engine", (implementation) => {
  test.each(["stream-5", "stream-38", "stream-39"])(
    "of the format before is restored to the same state: %s",
    (name) => {
      const engine = played(implementation, name);
      const old = implementation.restore(inFormat1(engine.snapshot()));
      expect(old.stateHash()).toBe(engine.stateHash());
      expect(old.snapshot()).toEqual(engine.snapshot());
    },
  );

  // Only detects change: whoever changes bytes, or the places of words, makes another format.
  test.each([
    ["stream-5", "14d7cc77460736dc"],
    ["stream-38", "698abae49d9181ea"],
    ["stream-39", "d49a49e70359fdbf"],
  ])("of %s has the bytes that format 2 always had", (name, hash) => {
    expect(hash64(played(implementation, name).snapshot())).toBe(hash);
  });

  test("is refused wherever it ends too soon, and with a byte too many", () => {
    const snapshot = played(implementation, "stream-5").snapshot();
    // What is JSON ends as JSON does.
    const step = Math.max(1, Math.floor(snapshot.length / 500));
    for (let length = 0; length < snapshot.length; length += step) {
      expect(() => implementation.restore(snapshot.subarray(0, length))).toThrow(/./u);
    }
    const longer = new Uint8Array([...snapshot, 0]);
    expect(() => implementation.restore(longer)).toThrow(AssertionError);
  });
});

test("integers, distances, texts and names come back as they were", () => {
  const integer = fc.oneof(fc.nat(300), fc.maxSafeNat());
  const text = fc.oneof(
    fc.string({ maxLength: 700 }),
    fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(integer, integer, text, fc.option(text, { nil: undefined }))),
      (rows) => {
        const bytes = joined((handOn) => {
          const to = new SnapshotWriter(handOn);
          for (const [whole, close, content, name] of rows) {
            to.begin(9);
            to.integer(whole);
            to.near(near.age, close);
            to.text(content);
            to.name(name);
          }
          to.end();
        });
        const from = new SnapshotReader(bytes);
        const read = rows.map(() => {
          expect(from.byte()).toBe(9);
          return [from.integer(), from.near(near.age), from.text(), from.name()];
        });
        expect(read).toEqual(rows);
        expect(from.byte()).toBe(0);
        expect(from.isAtEnd).toBe(true);
      },
    ),
  );
});

test("what is longer than a piece is handed on in several, between records", () => {
  const pieces: Uint8Array[] = [];
  const to = new SnapshotWriter((piece) => pieces.push(piece.slice()));
  for (let index = 0; index < 40; index += 1) {
    to.begin(7);
    to.text("x".repeat(100_000));
  }
  to.end();
  expect(pieces.length).toBeGreaterThan(2);
  for (const piece of pieces.slice(1)) expect(piece[0]).toBe(7);
});

test("the pieces of a snapshot are one behind the other, though their writer uses one buffer", () => {
  const buffer = new Uint8Array(3);
  const all = joined((handOn) => {
    for (const first of [1, 4, 7]) {
      for (const index of buffer.keys()) buffer[index] = first + index;
      handOn(first === 7 ? buffer.subarray(0, 1) : buffer);
    }
  });
  expect([...all]).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("up to U+00FF a unit of a text takes one byte, and two above", () => {
  const sizeOf = (text: string): number =>
    joined((handOn) => {
      const writer = new SnapshotWriter(handOn);
      writer.text(text);
      writer.end();
    }).length;
  expect([sizeOf("\u00ff") - sizeOf(""), sizeOf("\u0100") - sizeOf("")]).toEqual([1, 2]);
});

test("a number is read as it was written, at every bound of its bytes", () => {
  const numbers = Array.from({ length: 53 }, (_, bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1])
    .flat()
    .filter(Number.isSafeInteger);
  const bytes = joined((handOn) => {
    const writer = new SnapshotWriter(handOn);
    for (const number of numbers) writer.integer(number);
    writer.end();
  });
  const reader = new SnapshotReader(bytes);
  expect(numbers.map(() => reader.integer())).toEqual(numbers);
});
