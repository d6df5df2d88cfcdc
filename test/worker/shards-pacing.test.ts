import { describe, expect, test } from "vitest";
import { Haste, PacedWork } from "../../worker/shards/pacing.ts";

describe("work that gives way", () => {
  test("rests after each stretch of work, until it has rested enough in all", () => {
    const work = new PacedWork({ workMs: 0, restMs: 2, restsMs: 5 }, new Haste());
    work.rest();
    expect(work.restedMs).toBeGreaterThanOrEqual(1);
    for (let stretch = 0; stretch < 10; stretch += 1) work.rest();
    const { restedMs } = work;
    expect(restedMs).toBeGreaterThanOrEqual(5);
    work.rest();
    expect(work.restedMs).toBe(restedMs);
  });

  test("does not rest before it has worked for long enough", () => {
    const work = new PacedWork({ workMs: 1e9, restMs: 2, restsMs: 5 }, new Haste());
    for (let stretch = 0; stretch < 10; stretch += 1) work.rest();
    expect(work.restedMs).toBe(0);
  });

  test("does not rest once it is to make haste, whoever says so", () => {
    const haste = new Haste();
    const work = new PacedWork({ workMs: 0, restMs: 60_000, restsMs: 1e9 }, haste);
    // As another thread would, that shares nothing but the memory.
    new Haste(haste.cells).make();
    work.rest();
    expect(work.restedMs).toBeLessThan(30_000);
  });
});
