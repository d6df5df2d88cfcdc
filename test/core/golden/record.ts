import * as fc from "fast-check";
import { writeFileSync } from "node:fs";
import { engineVersion } from "../../../core/index.ts";
import type { Implementation } from "../implementations.ts";
import { must } from "../model.ts";
import { playStream, streams } from "../random-streams.ts";
import { Witness } from "../witness.ts";
import { journalNames, journalPath, readRecordings, recordingsPath, replay } from "./journals.ts";

/**
 * Records what the journals come to under the present engine version; earlier ones stay as they are.
 *
 * @param what - `all`, or `NAME:SEED` to write a new journal first: a random stream that every law
 * was held against
 */
export function record(implementation: Implementation, what: string): void {
  const [name = "", seed] = what.split(":");
  if (seed !== undefined) {
    const settings = { commandCount: 300, limits: fc.constant({}) };
    const [stream] = fc.sample(streams(settings), { seed: Number(seed), numRuns: 1 });
    const { commands } = playStream(implementation, must(stream, "a stream"), new Witness());
    const lines = commands.map((command) => JSON.stringify(command));
    writeFileSync(journalPath(name), `${lines.join("\n")}\n`);
  }
  const now = Object.fromEntries(
    journalNames().map((journal) => [journal, replay(implementation, journal)]),
  );
  const recordings = { ...readRecordings(), [engineVersion]: now };
  writeFileSync(recordingsPath, `${JSON.stringify(recordings, null, 2)}\n`);
}
