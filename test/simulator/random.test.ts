import { expect, test } from "vitest";
import { arrivalStream, KeyedRandom, keyOf, philox } from "../../simulator/keyed-random.ts";
import { jump, Mrg32k3a, type MrgSeed } from "../../simulator/random.ts";

const paperSeed: MrgSeed = [12345, 12345, 12345, 12345, 12345, 12345];

test("MRG32k3a gives the published numbers for the published seed", () => {
  const random = new Mrg32k3a(paperSeed);
  expect([random.next(), random.next(), random.next()]).toEqual([
    0.12701112204657714, 0.3185275653967945, 0.3091860155832701,
  ]);
});

test("the next stream and substream begin where RngStreams begins them", () => {
  expect(jump(paperSeed, 1, 0)).toEqual([
    3692455944, 1366884236, 2968912127, 335948734, 4161675175, 475798818,
  ]);
  expect(jump(paperSeed, 0, 1)).toEqual([
    870504860, 2641697727, 884013853, 339352413, 2374306706, 3651603887,
  ]);
});

test("jumps add up", () => {
  expect(jump(jump(paperSeed, 3, 5), 4, 6)).toEqual(jump(paperSeed, 7, 11));
});

test("Philox4x32-10 gives the known answers of its authors", () => {
  const all = 0xffffffff;
  const cases: [[number, number, number, number, number, number], string[]][] = [
    [
      [0, 0, 0, 0, 0, 0],
      ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"],
    ],
    [
      [all, all, all, all, all, all],
      ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
    ],
  ];
  for (const [words, answer] of cases) {
    const block = new Uint32Array(4);
    philox(block, ...words);
    expect(Array.from(block, (word) => word.toString(16))).toEqual(answer);
  }
});

test("a keyed draw depends on its key alone, not on what was drawn before", () => {
  const one = new KeyedRandom(1, 1);
  const other = new KeyedRandom(1, 1);
  other.at(keyOf("web"), 7, 2).next();
  other.at(keyOf("mail"), 9, 4).next();
  expect(other.at(keyOf("web"), 8, 2).next()).toBe(one.at(keyOf("web"), 8, 2).next());
});

test("every part of the key matters", () => {
  const draw = (seed: number, replication: number, name: string, index: number, purpose: number) =>
    new KeyedRandom(seed, replication).at(keyOf(name), index, purpose).next();
  const draws = [
    draw(1, 1, "web", 1, 1),
    draw(2, 1, "web", 1, 1),
    draw(1, 2, "web", 1, 1),
    draw(1, 1, "mail", 1, 1),
    draw(1, 1, "web", 2, 1),
    draw(1, 1, "web", 1, 2),
  ];
  expect(new Set(draws).size).toBe(draws.length);
});

test("keyed draws are uniform on the open interval", () => {
  const random = new KeyedRandom(3, 1);
  const bins = new Float64Array(16);
  const count = 40_000;
  for (let index = 0; index < count; index += 1) {
    const u = random.at(5, index, 1).next();
    expect(u > 0 && u < 1).toBe(true);
    const bin = Math.floor(u * 16);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const expected = count / 16;
  const chiSquared = bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  // 15 degrees of freedom: above 44.26 once in 10,000 seeds.
  expect(chiSquared).toBeLessThan(44.26);
});

test("arrival streams differ by channel, replication and seed", () => {
  const first = (seed: number, channel: string, replication: number) =>
    arrivalStream(seed, channel, replication).next();
  const draws = [first(1, "web", 1), first(1, "mail", 1), first(1, "web", 2), first(2, "web", 1)];
  expect(new Set(draws).size).toBe(4);
});
