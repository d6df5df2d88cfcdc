import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecordLines, recordsOf } from "../../core/record-lines.ts";
import { encodeUtf8 } from "../../core/utf8.ts";

const written = (records: readonly object[]): Uint8Array => {
  const lines = new RecordLines();
  for (const record of records) lines.write(record);
  return lines.bytes();
};

test("records are lines of JSON, as if joined at once, and come back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }))),
      (records) => {
        const bytes = written(records);
        expect(bytes).toEqual(encodeUtf8(records.map((each) => JSON.stringify(each)).join("\n")));
        expect(JSON.stringify([...recordsOf(bytes)])).toBe(JSON.stringify(records));
      },
    ),
    { numRuns: 200 },
  );
});

test("what is longer than a piece is cut between lines, wherever a piece ends", () => {
  for (const length of [10, 1000, (1 << 20) - 20, (1 << 20) - 8, (1 << 20) + 3]) {
    const records = Array.from({ length: Math.ceil(3_000_000 / length) }, (_, index) => ({
      index,
      text: "ü€😀x".repeat(Math.ceil(length / 5)),
    }));
    expect([...recordsOf(written(records))]).toEqual(records);
  }
});

test("nothing stands behind a last record that fills its piece", () => {
  const record = { text: "x".repeat(1 << 20) };
  expect(written([record])).toEqual(encodeUtf8(JSON.stringify(record)));
});

test("half a line is no record", () => {
  const bytes = written([{ a: 1 }, { b: 2 }]);
  expect(() => [...recordsOf(bytes.subarray(0, bytes.length - 1))]).toThrow(SyntaxError);
});
