import { describe, expect, test } from "vitest";
import { engineVersion } from "../../core/index.ts";
import { journalNames, readRecordings, replay } from "./golden/journals.ts";
import { implementations } from "./implementations.ts";

// Only detects change: an engine that gives other events for a journal of its own version is another
// version. Raise `engineVersion`, then run `node test/core/golden/record.ts`.

const recorded = readRecordings()[String(engineVersion)];

test("every journal is recorded under this engine version", () => {
  expect(Object.keys(recorded ?? {}).toSorted()).toEqual(journalNames());
});

describe.each(implementations)("$name", (implementation) => {
  test.each(journalNames())("%s gives the events and the state that it always gave", (name) => {
    expect(replay(implementation, name)).toEqual(recorded?.[name]);
  });
});
