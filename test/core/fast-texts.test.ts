import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdLog } from "../../core/fast/id-log.ts";
import { TextArena } from "../../core/fast/text-arena.ts";

const lengths = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 120, 121, 123, 124, 125, 247, 255, 256, 257, 513, 900,
];
/** Of every length at which something is rounded or grows; narrow, wide, and wide at the end only. */
const samples = lengths.flatMap((length) => [
  ascending(length, 0x20, 0xff),
  ascending(length, 0x100, 0xffff),
  `${ascending(length, 0x20, 0xff)}\u20ac`,
  `${ascending(length, 0x20, 0xff)}\u00ff`,
]);

function ascending(length: number, from: number, to: number): string {
  const units = Array.from({ length }, (_, index) => from + ((index * 37) % (to - from + 1)));
  return units.map((unit) => String.fromCharCode(unit)).join("");
}

describe("texts in an arena", () => {
  test("come back as they were, whichever came before", () => {
    for (const list of [samples, samples.toReversed()]) {
      const arena = new TextArena();
      const kept = list.map((text) => {
        arena.encode(text, 3);
        return { text, at: arena.store() };
      });
      for (const { text, at } of kept) expect(arena.load(at)).toBe(text);
    }
  });

  test("are found by what they are, and told from all that are not", () => {
    const arena = new TextArena();
    const texts = [...new Set(samples.filter(({ length }) => length > 0 && length < 130))];
    const kept = texts.map((text) => ({ hash: arena.encode(text, 1), at: arena.store(), text }));
    for (const { text, hash, at } of kept) {
      expect(arena.encode(text, 1)).toBe(hash);
      expect(kept.filter((other) => arena.isInScratch(other.at)).map((found) => found.at)).toEqual([
        at,
      ]);
      expect(arena.encode(text, 2)).not.toBe(hash);
    }
    expect(new Set(kept.map(({ hash }) => hash)).size).toBe(kept.length);
  });

  test("of eight characters may come as two words", () => {
    const arena = new TextArena();
    const hash = arena.encode("abcdefgh", 5);
    const at = arena.store();
    const [high, low] = [0x64636261, 0x68676665];
    expect(arena.encodeEither({ text: undefined, high, low }, 5)).toBe(hash);
    expect(arena.isInScratch(at)).toBe(true);
    expect(arena.load(arena.store())).toBe("abcdefgh");
    expect(arena.encodeEither({ text: "abcdefgh", high: 0, low: 0 }, 5)).toBe(hash);
    expect(arena.encodeEither({ text: "abcdefgi", high, low }, 5)).not.toBe(hash);
  });

  test("take the room of those of their size that went", () => {
    const arena = new TextArena();
    const put = (text: string): number => {
      arena.encode(text, 0);
      return arena.store();
    };
    const first = put("12345678");
    const second = put("abcdefgh");
    const other = put("another one");
    arena.free(first);
    arena.free(second);
    expect(put("much longer than all of them")).toBeGreaterThan(other);
    expect([put("ABCDEFGH"), put("ijklmno")]).toEqual([second, first]);
    const third = put("ijklmnop");
    expect([first, second, other]).not.toContain(third);
    expect(arena.load(second)).toBe("ABCDEFGH");
    expect(arena.load(first)).toBe("ijklmno");
    expect(arena.load(third)).toBe("ijklmnop");
    expect(arena.load(other)).toBe("another one");
  });

  test("move to the words of somebody else and back", () => {
    const arena = new TextArena();
    for (const text of ["", "a", "kim@example.org", "\u20ac".repeat(70), "x".repeat(400)]) {
      const hash = arena.encode(text, 4);
      const words = new Int32Array(arena.scratchWords + 5).fill(-1);
      arena.copyScratch(words, 3);
      expect([...words.subarray(0, 3), ...words.subarray(-2)]).toEqual([-1, -1, -1, -1, -1]);
      expect(arena.isScratchAt(words, 3)).toBe(true);
      expect(arena.hashOf(words, 3, 4)).toBe(hash);
      arena.encode(`${text}.`, 4);
      expect(arena.isScratchAt(words, 3)).toBe(false);
      // One with a small scratch of its own.
      const other = new TextArena();
      expect(other.encodeWords(words, 3, 4)).toBe(hash);
      expect(other.load(other.store())).toBe(text);
    }
  });
});

describe("a log of ids", () => {
  interface Kept {
    readonly entry: number;
    readonly text: string;
    readonly conversation: number;
    readonly at: number;
  }

  function logged(log: IdLog, texts: TextArena, text: string, index: number): Kept {
    const hash = texts.encode(text, 9);
    const conversation = 2 ** 40 + index;
    log.now = 1_772_443_200_000 + index;
    const entry = log.append(7, index % 3, conversation);
    expect(log.hashOf(entry, 9)).toBe(hash);
    expect(log.hasTextInScratch(entry)).toBe(true);
    return { entry, text, conversation, at: log.now };
  }

  function order(log: IdLog): number[] {
    const found: number[] = [];
    for (let entry = log.first; entry !== 0; entry = log.after(entry)) found.push(entry);
    return found;
  }

  /** 65,536 words are a stretch: some entries have one of their own, most share one. */
  const sizes = [
    1, 16, 300, 250_000, 40_000, 4, 300_000, 120_000, 120_000, 20, 262_110, 262_130, 8,
  ];

  test("keeps them in the order in which they came, through all stretches", () => {
    const texts = new TextArena();
    const log = new IdLog(texts);
    expect(log.first).toBe(0);
    const kept = sizes.map((size, index) =>
      logged(log, texts, String(index % 10).repeat(size), index),
    );
    expect(order(log)).toEqual(kept.map(({ entry }) => entry));
    for (const [index, { entry, text, conversation, at }] of kept.entries()) {
      expect([log.scopeOf(entry), log.kindOf(entry), log.isGone(entry)]).toEqual([
        7,
        index % 3,
        false,
      ]);
      expect([log.conversationOf(entry), log.atOf(entry)]).toEqual([conversation, at]);
      log.textIntoScratch(entry, 9);
      expect(texts.load(texts.store()) === text).toBe(true);
      for (const [other, { entry: its }] of kept.entries()) {
        expect(log.isBefore(entry, its)).toBe(index < other);
      }
    }
  });

  test("gives back what is behind the first, and goes on in it", () => {
    const texts = new TextArena();
    const log = new IdLog(texts);
    for (let round = 0; round < 3; round += 1) {
      const kept = sizes.map((size, index) => logged(log, texts, "x".repeat(size), index));
      // Every other one from between, then the rest from the front.
      for (const [index, { entry }] of kept.entries()) if (index % 2 === 1) log.remove(entry);
      expect(log.goneCount).toBe(Math.floor(sizes.length / 2));
      const even = kept.filter((_, index) => index % 2 === 0);
      expect(order(log)).toEqual(even.map(({ entry }) => entry));
      while (even.length > 0) {
        expect(log.first).toBe(even[0]?.entry);
        log.remove(even.shift()?.entry ?? 0);
        expect(order(log)).toEqual(even.map(({ entry }) => entry));
      }
      expect([log.first, log.goneCount]).toEqual([0, 0]);
    }
  });

  test("lets one entry take over what another says, but for scope and text", () => {
    const texts = new TextArena();
    const log = new IdLog(texts);
    const one = logged(log, texts, "one", 1);
    const other = logged(log, texts, "other", 2);
    log.setScope(other.entry, 12);
    expect([log.scopeOf(other.entry), log.kindOf(other.entry)]).toEqual([12, 2]);
    log.copy(one.entry, other.entry);
    expect([log.scopeOf(other.entry), log.kindOf(other.entry)]).toEqual([12, 1]);
    expect([log.conversationOf(other.entry), log.atOf(other.entry)]).toEqual([
      one.conversation,
      one.at,
    ]);
    texts.encode("other", 0);
    expect(log.hasTextInScratch(other.entry)).toBe(true);
  });

  test("is a list, whatever goes in between", () => {
    const steps = fc.array(
      fc.record({ size: fc.nat(30_000), gone: fc.nat(), takes: fc.boolean() }),
      {
        maxLength: 60,
        size: "max",
      },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const texts = new TextArena();
        const log = new IdLog(texts);
        const kept: number[] = [];
        for (const { size, gone, takes } of list) {
          texts.encode("y".repeat(size), 0);
          kept.push(log.append(0, 0, 0));
          const [taken] = takes ? kept.splice(gone % kept.length, 1) : [];
          if (taken !== undefined) log.remove(taken);
          expect(log.first).toBe(kept[0] ?? 0);
        }
        expect(order(log)).toEqual(kept);
      }),
      { seed: 20_261_123, numRuns: 30 },
    );
  });
});
