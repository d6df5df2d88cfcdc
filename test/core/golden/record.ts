import * as fc from "fast-check";
import { writeFileSync } from "node:fs";
import { engineVersion } from "../../../core/index.ts";
import { implementations } from "../implementations.ts";
import { must } from "../model.ts";
import { playStream, streams } from "../random-streams.ts";
import { Witness } from "../witness.ts";
import { journalNames, journalPath, readRecordings, recordingsPath, replay } from "./journals.ts";

// `node test/core/golden/record.ts` records what the journals come to under the present engine
// version; versions before it stay as they are. `node test/core/golden/record.ts NAME SEED` first
// writes a new journal, a random stream that every law was held against.

const implementation = must(implementations[0], "an implementation");
const [name, seed] = process.argv.slice(2);
if (name !== undefined && seed !== undefined) {
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
