// The streams of test/core/agreement.test.ts and interned.test.ts, short ones, each a test of its own:
// most mutants that the scripts do not notice are noticed by the first.
import * as fc from "fast-check";
import { test } from "vitest";
import { agree } from "../core/agreement.ts";
import { playByHandle } from "../core/by-handle.ts";
import { fast, obvious } from "../core/implementations.ts";
import { streams } from "../core/random-streams.ts";

const firstSeed = 20_261_123;
const streamCount = 72;
const limits = fc.constantFrom(
  {},
  {},
  { timersPerTickMax: 2 },
  { idsRememberedMax: 5 },
  { customersRememberedMax: 4, idsRememberedMax: 6 },
);

for (let seed = firstSeed; seed < firstSeed + streamCount; seed += 1) {
  test(`both engines agree on stream ${seed}`, () => {
    const [stream] = fc.sample(streams({ commandCount: 150, limits }), { seed, numRuns: 1 });
    if (stream !== undefined) agree(stream, obvious, fast, { snapshotEvery: 10, viewsEvery: 25 });
  });

  test(`both engines agree on stream ${seed} of a crowd`, () => {
    const settings = { commandCount: 300, limits, crowded: true };
    const [stream] = fc.sample(streams(settings), { seed, numRuns: 1 });
    if (stream !== undefined) agree(stream, obvious, fast, { snapshotEvery: 50, viewsEvery: 100 });
  });

  test(`whoever speaks by handle gets the same of stream ${seed}`, () => {
    const [stream] = fc.sample(streams({ commandCount: 100, limits }), { seed, numRuns: 1 });
    if (stream !== undefined) playByHandle(stream, { commands: 0, byHandle: 0 });
  });
}
