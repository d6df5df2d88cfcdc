import { describe, expect, test } from "vitest";
import { engineVersion } from "../../core/index.ts";
import { journalNames, readRecordings, replay } from "./golden/journals.ts";
import { record } from "./golden/record.ts";
import { implementations } from "./implementations.ts";
import { must } from "./model.ts";

// Only detects change: an engine that gives other events for a journal of its own version is another
// version. Raise `engineVersion`, then run this with NIGHTDESK_RECORD=all; with
// NIGHTDESK_RECORD=NAME:SEED it writes a new journal as well.

const wanted = process.env["NIGHTDESK_RECORD"];
if (wanted !== undefined) record(must(implementations[0], "an implementation"), wanted);

const recorded = readRecordings()[String(engineVersion)];

test("every journal is recorded under this engine version", () => {
  expect(Object.keys(recorded ?? {}).toSorted()).toEqual(journalNames());
});

describe.each(implementations)("$name", (implementation) => {
  test.each(journalNames())("%s gives the events and the state that it always gave", (name) => {
    expect(replay(implementation, name)).toEqual(recorded?.[name]);
  });
});
