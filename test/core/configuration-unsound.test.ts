import { describe, expect, test } from "vitest";
import { AssertionError, assert, present } from "../../core/assert.ts";
import { planCalendar } from "../../core/configuration/calendar.ts";
import { parseConfigurationText } from "../../core/configuration/document.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import { valueQuoted } from "../../core/configuration/value-quoted.ts";
import { exampleWith, smallWith } from "./configuration-example.ts";
import { configurationOf } from "./desk.ts";

/** Every object, list and value of a document. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, one]) => pathsOf(one, `${path}/${key}`));
  return path === "" ? below : [path, ...below];
}

const found = (document: unknown): unknown => {
  const resolution = resolveConfiguration(document);
  if (!("violations" in resolution)) return [];
  return resolution.violations.map(({ path, code }) => `${path} ${code}`);
};

const waits = {
  "/channels/0/lastAgentMode": { enabled: true, waitMinutes: 3, offlineWaitMinutes: 2 },
  "/channels/0/offlineMessages": {
    enabled: true,
    routingTimeLimit: 30,
    routingTimeLimitUnit: "minutes",
    calledCustomerReplyTimeoutMinutes: 3,
    routingMode: "last-agent",
  },
};
const chatbot = { url: "https://bot.example/", accessCode: "bot" };
const documents = [
  (changes: object) => exampleWith({ ...changes }),
  (changes: object) => smallWith({ ...waits, ...changes }),
  (changes: object) =>
    smallWith({
      "/channels/0/offlineMessages": { enabled: true, routingMode: "chatbot", chatbot },
      "/channelCosts": { web: 3 },
      ...changes,
    }),
];

describe("what cannot be read", () => {
  test("is reported once, and no rule says anything about it or because of it", () => {
    for (const documentWith of documents) {
      expect(found(documentWith({}))).toEqual([]);
      for (const path of pathsOf(documentWith({}))) {
        if (/^\/(?:calendars|skillQueues)\/0(?:\/id)?$/u.test(path)) continue; // others refer to it
        // A text for what is none; true for what is a text, and no list, object or number.
        const wrong = [true, "?", 5].map((value) => found(documentWith({ [path]: value })));
        const reports = wrong.filter((one) => JSON.stringify(one) !== "[]");
        expect(reports.length).toBeGreaterThan(1);
        expect(reports).toContainEqual([`${path} wrong_type`]);
      }
    }
  });

  test("is no id that a reference could have meant", () => {
    const resolution = resolveConfiguration(
      smallWith({ "/calendars/0/id": 5, "/skillQueues/0/calendar": "office" }),
    );
    const violations = "violations" in resolution ? resolution.violations : [];
    expect(violations).toMatchObject([
      { path: "/calendars/0/id", code: "wrong_type" },
      { path: "/skillQueues/0/calendar", code: "unknown_reference", limit: [] },
    ]);
  });

  test("does not hide what is wrong beside it", () => {
    expect(found(exampleWith({ "/channels/0/kind": "web", "/channels/1/kind": "web" }))).toEqual([
      "/channels/1/offlineMessages/automaticReplyToEachEmail email_only",
    ]);
    const resolution = resolveConfiguration(exampleWith({ "/channels/1/kind": "web" }));
    expect("violations" in resolution ? resolution.violations : []).toMatchObject([
      { value: true },
    ]);
  });

  test("a key without a value is as good as none", () => {
    expect(found({ ...(smallWith() as object), more: undefined })).toEqual([]);
    expect(valueQuoted(undefined)).toBe(null);
  });

  test("too many entries are told with how many there may be", () => {
    const skills = Object.fromEntries(Array.from({ length: 51 }, (_, one) => [`q${one}`, 5]));
    const resolution = resolveConfiguration(smallWith({ "/agents/0/skills": skills }));
    expect("violations" in resolution ? resolution.violations : []).toContainEqual(
      expect.objectContaining({ path: "/agents/0/skills", limit: { min: 1, max: 50 } }),
    );
  });

  test.each([
    ["a", 128],
    ["é", 64],
    ["\u07ff", 64],
    ["\u0800", 42],
    ["€", 42],
    ["\uffee", 42],
    ["😀", 32],
  ])("a name of %s has room for %i", (character, most) => {
    const named = (length: number): unknown =>
      found(smallWith({ "/agents/0/id": character.repeat(length) }));
    expect(named(most)).toEqual([]);
    expect(named(most + 1)).toEqual(["/agents/0/id too_long"]);
  });
});

describe("a document in YAML", () => {
  const read = (text: string): ReturnType<typeof parseConfigurationText> =>
    parseConfigurationText(text, "yaml");

  test("may have numbers and truth values as keys, which are texts then", () => {
    expect(read("1: a\ntrue: b\nc: d\n")).toMatchObject({ value: { "1": "a", true: "b", c: "d" } });
  });

  test("tells where nothing stands", () => {
    const parsed = read("agents:\n  -\n  - 5\n");
    expect("value" in parsed ? parsed.value : undefined).toEqual({ agents: [null, 5] });
    expect("value" in parsed ? parsed.locate("/agents/1") : undefined).toEqual({
      line: 3,
      column: 5,
    });
    expect("value" in parsed ? parsed.locate("/agents/0") : undefined).toEqual({
      line: 2,
      column: 4,
    });
  });
});

describe("work dates", () => {
  test("with several hours, the last into the night, end with the day before a rest date", () => {
    const { calendars } = configurationOf({
      calendars: {
        office: {
          timeZone: "UTC",
          weekly: {},
          restDates: ["2026-03-03"],
          workDates: [{ date: "2026-03-02", hours: ["08:00-12:00", "22:00-06:00"] }],
        },
      },
    });
    const from = Date.UTC(2026, 2, 2);
    const hour = 3_600_000;
    const plans = calendars.map((calendar) => planCalendar(calendar, from, from + 72 * hour));
    expect(plans).toEqual([{ open: false, flips: [8, 12, 22, 24].map((at) => from + at * hour) }]);
  });
});

describe("what cannot be", () => {
  test("is said by an error of its own, with what it was", () => {
    const thrownBy = (action: () => unknown): unknown => {
      try {
        return action();
      } catch (error) {
        return error;
      }
    };
    const error = thrownBy(() => assert(false, "time went back"));
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({ name: "AssertionError", message: "time went back" });
    expect(thrownBy(() => assert(true, "nothing"))).toBe(undefined);
    expect(thrownBy(() => present(undefined, "the queue"))).toMatchObject({
      name: "AssertionError",
      message: "the queue is missing",
    });
    expect(present(0, "a number")).toBe(0);
  });
});
