import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reasonCodes } from "../../core/index.ts";
import { transitions } from "./event-laws.ts";
import { implementations } from "./implementations.ts";
import { playStream, streams } from "./random-streams.ts";

/** `from → to` of docs/state-machine.md, with the reasons beside it. */
const documented = new Map(
  readFileSync(new URL("../../docs/state-machine.md", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => /^\| [a-z-]+ \| [a-z-]+ \| `/u.test(line))
    .map((line) => {
      const [, from = "", to = "", reasons = ""] = line.split("|").map((cell) => cell.trim());
      return [`${from} → ${to}`, reasons.replaceAll("`", "").split(", ")] as const;
    }),
);

test("docs/state-machine.md has the steps that the laws allow, and no other", () => {
  const allowed = Object.entries(transitions).flatMap(([from, states]) =>
    states.map((to) => `${from} → ${to}`),
  );
  expect([...documented.keys()].toSorted()).toEqual(allowed.toSorted());
});

test("its reasons are reasons", () => {
  const codes: readonly string[] = reasonCodes;
  expect([...documented.values()].flat().filter((reason) => !codes.includes(reason))).toEqual([]);
});

test.each(implementations)(
  "$name: every step of random streams is on the page",
  (implementation) => {
    const unknown = new Set<string>();
    const settings = { commandCount: 200, limits: fc.constant({}) };
    for (const stream of fc.sample(streams(settings), { seed: 3, numRuns: 25 })) {
      for (const event of playStream(implementation, stream, undefined).events) {
        if (event.type !== "conversationMoved") continue;
        const { from = "nothing", to, reason } = event;
        if (documented.get(`${from} → ${to}`)?.includes(reason) !== true) {
          unknown.add(`${from} → ${to}: ${reason}`);
        }
      }
    }
    expect([...unknown]).toEqual([]);
  },
);
