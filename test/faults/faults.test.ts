import { describe, expect, test, vi } from "vitest";
import { Store } from "../../worker/store/store.ts";
import { read } from "../repository.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { plantedBugs } from "./planted-bugs.ts";
import { play, planOf, shrink } from "./simulation.ts";
import type { Plan } from "./simulation.ts";

/** `npm run faults -- --seconds 180` plays fresh seeds, `--seed N` one of them. */
const fixedSeeds = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];

test.each(fixedSeeds)("seed %i: what is acknowledged stays true through every fault", (seed) => {
  const { starts, commands } = play(planOf(seed, 100));
  expect(starts).toBeGreaterThan(1);
  expect(commands).toBeGreaterThan(10);
});

test("the same seed comes to the same end", () => {
  const plan = planOf(4, 60);
  expect(play(plan)).toEqual(play(plan));
});

test.each(plantedBugs)("the bug that $name still has its place", ({ file, edits }) => {
  const text = read(file);
  expect(edits.filter(([from]) => !text.includes(from))).toEqual([]);
});

describe("the simulation can fail", () => {
  test("a disk that says it synced and did not is found, and the run shrinks", () => {
    vi.spyOn(MemoryDisk.prototype, "sync").mockReturnValue(undefined);
    const failing = fixedSeeds.map((seed) => planOf(seed, 60)).find(fails);
    expect(failing).toBeDefined();
    if (failing === undefined) return;
    const shorter = shrink(failing, fails, 60);
    expect(shorter.steps.length).toBeLessThan(failing.steps.length);
    expect(fails(shorter)).toBe(true);
  });

  test("a store that loses what it was told is found", () => {
    vi.spyOn(Store.prototype, "note").mockReturnValue([]);
    expect(fixedSeeds.map((seed) => planOf(seed, 40)).some(fails)).toBe(true);
  });
});

function fails(plan: Plan): boolean {
  try {
    play(plan);
    return false;
  } catch {
    return true;
  }
}
