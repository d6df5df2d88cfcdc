import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Journal, NewBatch } from "../../worker/journal/journal.ts";
import { MemoryDisk } from "../faults/memory-disk.ts";
import type { Failing } from "../faults/memory-disk.ts";
import { batchOf, codeOf, numbered, openJournal, readAll } from "./journal-batches.ts";

type Step =
  | { readonly do: "append"; readonly sizes: readonly number[] }
  | { readonly do: "trim"; readonly share: number }
  | { readonly do: "seal" }
  | { readonly do: "reopen" }
  | { readonly do: "crash"; readonly choices: readonly number[] }
  | { readonly do: "fail"; readonly operation: Failing; readonly bytesWritten: number };

const calmStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      sizes: fc.array(fc.nat(90), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trim" as const), share: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.constant({ do: "seal" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "reopen" as const }) },
);

const faultyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: calmStep },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      choices: fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      operation: fc.constantFrom<Failing>("write", "sync", "syncDirectory", "truncate", "unlink"),
      bytesWritten: fc.nat(250),
    }),
  },
);

const segmentBytes = 500;

/**
 * A journal beside the array that it should be equal to. What an append refused is in doubt only
 * until the journal is opened again, and only where a sync had failed.
 */
class Ledger {
  disk = new MemoryDisk();
  journal: Journal = openJournal(this.disk, { segmentBytes });
  readonly batches: NewBatch[] = [];
  /** Trimmed at most up to here. */
  trimmedUpTo = 0;
  doubtful: NewBatch | undefined;

  take(step: Step): void {
    switch (step.do) {
      case "append":
        return this.#append(batchOf(this.batches.length + 1, step.sizes));
      case "trim":
        return this.#trim(Math.floor((this.batches.length * step.share) / 100));
      case "seal":
        return this.#attempt(() => this.journal.seal());
      case "reopen":
        return this.#reopen(this.disk);
      case "crash":
        return this.#reopen(this.disk.crash(chooser(step.choices)));
      case "fail":
        return this.disk.failNext({ ...step, code: "EIO" });
    }
  }

  check(): void {
    const { journal, batches } = this;
    expect(journal.lastIndex).toBe(batches.length);
    expect(journal.firstIndex).toBeLessThanOrEqual(this.trimmedUpTo + 1);
    if (codeOf(() => journal.read(journal.firstIndex)) === "journal_poisoned") return;
    const { firstIndex } = journal;
    expect(readAll(journal)).toEqual(numbered(batches.slice(firstIndex - 1), firstIndex));
  }

  #append(batch: NewBatch): void {
    const code = codeOf(() => this.journal.append(batch));
    if (code === undefined) this.batches.push(batch);
    else if (code === "journal_poisoned") this.doubtful ??= batch;
  }

  #trim(upToIndex: number): void {
    this.trimmedUpTo = Math.max(this.trimmedUpTo, upToIndex);
    this.#attempt(() => this.journal.trim(upToIndex));
  }

  #attempt(action: () => void): void {
    expect(codeOf(action)).toBeOneOf([undefined, "journal_io", "journal_poisoned"]);
  }

  #reopen(disk: MemoryDisk): void {
    this.journal.close();
    this.disk = disk;
    this.journal = this.#open();
    const { doubtful } = this;
    this.doubtful = undefined;
    // A batch that was being synced when the sync failed may be there or not; nothing else may.
    if (doubtful !== undefined && this.journal.lastIndex === this.batches.length + 1) {
      this.batches.push(doubtful);
    }
  }

  /** Faults that are still told strike the recovery too; it is tried until none is left. */
  #open(): Journal {
    for (;;) {
      const opened: Journal[] = [];
      const code = codeOf(() => opened.push(openJournal(this.disk, { segmentBytes })));
      if (opened[0] !== undefined) return opened[0];
      expect(code).toBeOneOf(["journal_io", "journal_poisoned"]);
    }
  }
}

/** The numbers in turn, over and over. */
function chooser(numbers: readonly number[]): (count: number) => number {
  let next = 0;
  return (count) => {
    const number = numbers[next % numbers.length] ?? 0;
    next += 1;
    return (number + next) % count;
  };
}

function run(steps: readonly Step[]): void {
  const ledger = new Ledger();
  for (const step of steps) {
    ledger.take(step);
    ledger.check();
  }
}

describe("a journal agrees with an array", () => {
  test("over any script of appends, trims, seals and restarts", () => {
    fc.assert(
      fc.property(fc.array(calmStep, { maxLength: 60, size: "max" }), (steps) => run(steps)),
      { numRuns: 300 },
    );
  });

  test("over any script that also has crashes and failures of the disk", () => {
    fc.assert(
      fc.property(fc.array(faultyStep, { maxLength: 60, size: "max" }), (steps) => run(steps)),
      { numRuns: 1_000 },
    );
  });
});
