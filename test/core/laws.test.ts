import * as fc from "fast-check";
import { expect, test } from "vitest";
import { implementations } from "./implementations.ts";
import { StreamFailure, playStream, shrunk, streams } from "./random-streams.ts";
import type { Stream, StreamSettings } from "./random-streams.ts";
import { Witness } from "./witness.ts";

/** `NIGHTDESK_STREAMS=1000 NIGHTDESK_SEED=7` plays more, or other, streams than CI does. */
const streamCount = Number(process.env["NIGHTDESK_STREAMS"] ?? 40);
const seed = Number(process.env["NIGHTDESK_SEED"] ?? 20_260_302);

for (const implementation of implementations) {
  const playAll = (settings: StreamSettings, count: number, watched: boolean): void => {
    const play = (stream: Stream): StreamFailure | undefined => {
      try {
        playStream(implementation, stream, watched ? new Witness() : undefined);
        return undefined;
      } catch (error) {
        if (error instanceof StreamFailure) return error;
        throw error;
      }
    };
    const details = fc.check(
      fc.property(streams(settings), (stream) => play(stream) === undefined),
      { seed, numRuns: count, endOnFailure: true },
    );
    const failing = details.counterexample?.[0];
    if (failing === undefined) return;
    const shortest = shrunk(failing, (shorter) => play(shorter) !== undefined);
    expect.fail(`seed ${details.seed}, run ${details.numRuns}: ${play(shortest)?.message}`);
  };

  test(`${implementation.name}: every law holds after every step of random streams`, () => {
    const limits = fc.constantFrom({}, { timersPerTickMax: 2 }, { idsRememberedMax: 5 });
    playAll({ commandCount: 200, limits }, streamCount, true);
  }, 3_600_000);

  test(`${implementation.name}: an engine that must forget customers still replays and restores exactly`, () => {
    const limits = fc.constant({ customersRememberedMax: 4, idsRememberedMax: 6 });
    playAll({ commandCount: 200, limits }, Math.ceil(streamCount / 3), false);
  }, 3_600_000);
}
