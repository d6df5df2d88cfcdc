import { describe, expect, test, vi } from "vitest";
import { Store } from "../../worker/store/store.ts";
import { read } from "../repository.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { plantedBugs } from "./planted-bugs.ts";
import { play, planOf, shrink } from "./simulation.ts";
import type { Plan } from "./simulation.ts";
import { playThreads } from "./threads.ts";

/** A run takes less than a second where nobody else wants the machine. */
const busyMs = 60_000;
/** `npm run faults -- --seconds 180` plays fresh seeds, `--seed N` one of them. */
const fixedSeeds = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];

test.each(fixedSeeds)(
  "seed %i: what is acknowledged stays true through every fault",
  async (seed) => {
    const { starts, commands } = await play(planOf(seed, 100));
    expect(starts).toBeGreaterThan(1);
    expect(commands).toBeGreaterThan(10);
  },
  busyMs,
);

/** Each of these found something once, as the simulation was then, some only in its last steps. */
test.each([
  969_521_055, 464_336_489, 1_507_554_013, 109_820_841, 200_000_805, 400_000_002, 600_000_180,
])(
  "seed %i: what it once found is mended",
  async (seed) => {
    const { starts } = await play(planOf(seed, 200));
    expect(starts).toBeGreaterThan(1);
  },
  busyMs,
);

test.each(fixedSeeds)(
  "seed %i: whoever waits for a thread is told once, and nothing overtakes what it lost",
  async (seed) => {
    const { sent, refused, deaths } = await playThreads(seed, 60);
    expect(sent).toBeGreaterThan(refused);
    expect(deaths).toBeGreaterThan(0);
  },
  busyMs,
);

test(
  "the same seed comes to the same end",
  async () => {
    const plan = planOf(4, 60);
    expect(await play(plan)).toEqual(await play(plan));
    expect(await playThreads(4, 60)).toEqual(await playThreads(4, 60));
  },
  busyMs,
);

test.each(plantedBugs)("the bug that $name still has its place", ({ file, edits }) => {
  const text = read(file);
  expect(edits.filter(([from]) => !text.includes(from))).toEqual([]);
});

describe("the simulation can fail", () => {
  test("a disk that says it synced and did not is found, and the run shrinks", async () => {
    vi.spyOn(MemoryDisk.prototype, "sync").mockReturnValue(undefined);
    const failing = await firstFailing(fixedSeeds.map((seed) => planOf(seed, 60)));
    expect(failing).toBeDefined();
    if (failing === undefined) return;
    const shorter = await shrink(failing, fails, 60);
    expect(shorter.steps.length).toBeLessThan(failing.steps.length);
    expect(await fails(shorter)).toBe(true);
  });

  test("a store that loses what it was told is found", async () => {
    vi.spyOn(Store.prototype, "note").mockReturnValue([]);
    expect(await firstFailing(fixedSeeds.map((seed) => planOf(seed, 40)))).toBeDefined();
  });
});

async function firstFailing(plans: readonly Plan[]): Promise<Plan | undefined> {
  for (const plan of plans) if (await fails(plan)) return plan;
  return undefined;
}

async function fails(plan: Plan): Promise<boolean> {
  try {
    await play(plan);
    return false;
  } catch {
    return true;
  }
}
