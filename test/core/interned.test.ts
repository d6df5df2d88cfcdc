import * as fc from "fast-check";
import { expect, test } from "vitest";
import { playByHandle } from "./by-handle.ts";
import { streams } from "./random-streams.ts";

test("whoever speaks by handle gets the same events and leaves the same state", () => {
  const counts = { commands: 0, byHandle: 0 };
  fc.assert(
    fc.property(streams({ commandCount: 200, limits: fc.constantFrom({}, {}, small) }), (stream) =>
      playByHandle(stream, counts),
    ),
    { seed: 20_260_303, numRuns: 60 },
  );
  expect(counts.byHandle).toBeGreaterThan(counts.commands / 5);
}, 120_000);

const small = { customersRememberedMax: 4, idsRememberedMax: 6, timersPerTickMax: 2 };
