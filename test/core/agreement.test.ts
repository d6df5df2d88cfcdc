import * as fc from "fast-check";
import { expect, test } from "vitest";
import { agree } from "./agreement.ts";
import { fast, obvious } from "./implementations.ts";
import { StreamFailure, shrunk, streams } from "./random-streams.ts";
import type { Stream } from "./random-streams.ts";

/**
 * `NIGHTDESK_AGREEMENT=1000000` plays as many commands, of fresh streams with `NIGHTDESK_SEED`.
 * Snapshots and queries are then compared less often, results and events as ever.
 */
const commandsMin = Number(process.env["NIGHTDESK_AGREEMENT"] ?? 25_000);
const seed = Number(process.env["NIGHTDESK_SEED"] ?? 20_260_302);

test("the fast engine agrees with the obvious one, command by command", () => {
  const isLong = commandsMin > 100_000;
  const settings = isLong
    ? { snapshotEvery: 50, viewsEvery: 200 }
    : { snapshotEvery: 5, viewsEvery: 25 };
  const limits = fc.constantFrom(
    {},
    {},
    { timersPerTickMax: 2 },
    { idsRememberedMax: 5 },
    { customersRememberedMax: 4, idsRememberedMax: 6 },
  );
  const count = { commands: 0 };
  const play = (stream: Stream): StreamFailure | undefined => {
    try {
      count.commands += agree(stream, obvious, fast, settings);
      return undefined;
    } catch (error) {
      if (error instanceof StreamFailure) return error;
      throw error;
    }
  };
  const playRound = (round: number): void => {
    const details = fc.check(
      fc.property(
        fc.oneof(
          { weight: 3, arbitrary: streams({ commandCount: 200, limits }) },
          { weight: 1, arbitrary: streams({ commandCount: 400, limits, crowded: true }) },
        ),
        (stream) => play(stream) === undefined,
      ),
      { seed: seed + round, numRuns: 20, endOnFailure: true },
    );
    const failing = details.counterexample?.[0];
    if (failing === undefined) return;
    const shortest = shrunk(failing, (shorter) => play(shorter) !== undefined);
    expect.fail(`seed ${details.seed}, run ${details.numRuns}: ${play(shortest)?.message}`);
  };
  for (let round = 0; count.commands < commandsMin; round += 1) playRound(round);
  expect(count.commands).toBeGreaterThanOrEqual(commandsMin);
}, 3_600_000);
