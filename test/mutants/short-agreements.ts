// The streams of test/core/agreement.test.ts, short ones, each a test of its own: most mutants that
// the scripts do not notice are noticed by the first.
import * as fc from "fast-check";
import { test } from "vitest";
import { agree } from "../core/agreement.ts";
import { fast, obvious } from "../core/implementations.ts";
import { streams } from "../core/random-streams.ts";

const firstSeed = 20_261_123;
const streamCount = 24;
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
}
