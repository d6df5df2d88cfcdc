import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, MalformedBytes } from "../../core/bytes.ts";

function written(write: (writer: ByteWriter) => void, startingBytes?: number): Uint8Array {
  const writer = new ByteWriter(startingBytes);
  write(writer);
  return writer.view();
}

describe("integers as bytes", () => {
  test.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2 ** 31 - 1, 5],
    [2 ** 31, 5],
    [2 ** 31 + 1, 5],
    [2 ** 35 - 1, 5],
    [2 ** 35, 6],
    [Number.MAX_SAFE_INTEGER, 8],
  ])("%i takes %i bytes and comes back", (value, size) => {
    const bytes = written((writer) => writer.integer(value));
    expect(bytes).toHaveLength(size);
    const reader = new ByteReader(bytes);
    expect(reader.integer()).toBe(value);
    expect(reader.remaining).toBe(0);
  });

  test.each([-1, 0.5, 2 ** 53, NaN, Infinity])("%d is refused", (value) => {
    expect(() => new ByteWriter().integer(value)).toThrow(RangeError);
  });

  test("one that ends too soon, is too long or too large is malformed", () => {
    expect(() => new ByteReader(Uint8Array.of()).integer()).toThrow(MalformedBytes);
    expect(() => new ByteReader(Uint8Array.of(0x80)).integer()).toThrow(MalformedBytes);
    const long = Uint8Array.of(...Array.from({ length: 8 }, () => 0x80), 0);
    expect(() => new ByteReader(long).integer()).toThrow("too long");
    const large = Uint8Array.of(...Array.from({ length: 7 }, () => 0xff), 0x1f);
    expect(() => new ByteReader(large).integer()).toThrow("too large");
    const largest = Uint8Array.of(...Array.from({ length: 7 }, () => 0xff), 0x0f);
    expect(new ByteReader(largest).integer()).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("texts as bytes", () => {
  /** Each with its length in UTF-8, half a pair taking three bytes. */
  test.each([
    ["", 0],
    ["a", 1],
    ["\u007f", 1],
    ["\u0080", 2],
    ["\u07ff", 2],
    ["\u0800", 3],
    ["\uffff", 3],
    ["\u{10000}", 4],
    ["\u{10ffff}", 4],
    ["\ud7ff\ue000", 6],
    ["\ud800", 3],
    ["\udbff\udbff", 6],
    ["\udc00\ud800", 6],
    ["\ud800\udc00", 4],
    ["\ud800\udfff", 4],
    ["\udbff\udc00\udbff", 7],
    ["\ud800x\udc00", 7],
    ["a\u{1f600}é€z", 11],
  ])("%j comes back", (value, size) => {
    const bytes = written((writer) => writer.text(value));
    expect(bytes).toHaveLength(1 + size);
    const reader = new ByteReader(bytes);
    expect(reader.text()).toBe(value);
    expect(reader.remaining).toBe(0);
  });

  test.each([499, 500, 501, 1000, 1001])("one of %i units is read in pieces", (length) => {
    for (const unit of ["a", "é", "€"]) {
      const value = unit.repeat(length);
      const bytes = written((writer) => writer.text(value));
      expect(new ByteReader(bytes).text()).toBe(value);
    }
    const odd = `a${"\u{1f600}".repeat(length)}`;
    expect(new ByteReader(written((writer) => writer.text(odd))).text()).toBe(odd);
  });

  test("one of a hundred thousand characters is read, and one behind which another follows", () => {
    const value = "long ".repeat(60_000);
    const bytes = written((writer) => {
      writer.text(value);
      writer.text("next");
    });
    const reader = new ByteReader(bytes);
    expect(reader.text() === value).toBe(true);
    expect(reader.text()).toBe("next");
  });

  test("several follow each other, however little room there was to begin with", () => {
    const texts = ["x", "yy", "€".repeat(40), "", "z".repeat(300), "last"];
    const bytes = written((writer) => {
      for (const value of texts) {
        writer.byte(7);
        writer.text(value);
      }
    }, 1);
    const reader = new ByteReader(bytes);
    for (const value of texts) {
      expect(reader.byte()).toBe(7);
      expect(reader.text()).toBe(value);
    }
    expect(() => reader.byte()).toThrow(MalformedBytes);
  });

  test.each([
    ["longer than what is left", [3, 0x61, 0x62]],
    ["ending inside a character", [1, 0xc3, 0xa9]],
    ["with a character that is broken off", [2, 0xe2, 0x82, 0xac]],
    ["with a lead where the rest of a character belongs", [2, 0xc3, 0xc3]],
    ["with a plain byte where the rest of a character belongs", [2, 0xc3, 0x29]],
  ])("one %s is malformed", (_, bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).text()).toThrow(MalformedBytes);
  });
});

describe("a writer", () => {
  test("that is cleared begins anew in the same memory", () => {
    const writer = new ByteWriter(4);
    writer.byte(1);
    writer.byte(3);
    const view = writer.view();
    writer.clear();
    writer.byte(2);
    expect([...writer.view()]).toEqual([2]);
    expect([...view]).toEqual([2, 3]);
  });

  test.each([1, 2, 7, 8, 9])("that begins with %i bytes grows without losing any", (starting) => {
    const bytes = written((writer) => {
      for (let value = 0; value < 200; value += 1) writer.byte(value);
    }, starting);
    expect([...bytes]).toEqual(Array.from({ length: 200 }, (_, value) => value));
  });
});
