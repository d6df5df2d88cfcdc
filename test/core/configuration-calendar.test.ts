import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planCalendar } from "../../core/configuration/calendar.ts";
import { parseHours } from "../../core/configuration/hours.ts";
import {
  type CalendarSettings,
  type Weekday,
  weekdays,
} from "../../core/configuration/resolved.ts";

const dayMs = 86_400_000;

function calendar(timeZone: string, settings: Partial<CalendarSettings> = {}): CalendarSettings {
  return { id: "c", timeZone, weekly: {}, restDates: [], workDates: [], ...settings };
}

function daily(hours: readonly string[]): CalendarSettings["weekly"] {
  return Object.fromEntries(weekdays.map((day) => [day, hours]));
}

/** The open stretches between two instants as `from/to`, in UTC and without seconds. */
function stretches(settings: CalendarSettings, from: string, to: string): string[] {
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  const { open, flips } = planCalendar(settings, fromMs, toMs);
  const instants = open ? [fromMs, ...flips] : [...flips];
  if (instants.length % 2 === 1) instants.push(toMs);
  const written = instants.map((ms) => new Date(ms).toISOString().slice(0, 16));
  return written.flatMap((opens, index) =>
    index % 2 === 0 ? [`${opens}/${written[index + 1]}`] : [],
  );
}

describe("on nights in which daylight saving begins or ends", () => {
  const cases: readonly (readonly [string, string, Weekday, string, string, readonly string[]])[] =
    [
      // zone, what happens, weekday, hours, the Sunday it happens on, open stretches in UTC
      [
        "Europe/Berlin",
        "a night of seven hours",
        "sat",
        "22:00-06:00",
        "2026-03-29",
        ["2026-03-28T21:00/2026-03-29T04:00"],
      ],
      [
        "Europe/Berlin",
        "a night of nine hours",
        "sat",
        "22:00-06:00",
        "2026-10-25",
        ["2026-10-24T20:00/2026-10-25T05:00"],
      ],
      [
        "Europe/Berlin",
        "a day of 23 hours",
        "sun",
        "00:00-24:00",
        "2026-03-29",
        ["2026-03-28T23:00/2026-03-29T22:00"],
      ],
      [
        "Europe/Berlin",
        "a day of 25 hours",
        "sun",
        "00:00-24:00",
        "2026-10-25",
        ["2026-10-24T22:00/2026-10-25T23:00"],
      ],
      [
        "Europe/Berlin",
        "a start in the gap is later",
        "sun",
        "02:30-04:00",
        "2026-03-29",
        ["2026-03-29T01:30/2026-03-29T02:00"],
      ],
      [
        "Europe/Berlin",
        "an end in the gap is later",
        "sun",
        "01:00-02:30",
        "2026-03-29",
        ["2026-03-29T00:00/2026-03-29T01:30"],
      ],
      [
        "Europe/Berlin",
        "the skipped hour alone does not happen",
        "sun",
        "02:00-03:00",
        "2026-03-29",
        [],
      ],
      [
        "Europe/Berlin",
        "nor do hours that end before their late start",
        "sun",
        "02:30-03:15",
        "2026-03-29",
        [],
      ],
      [
        "Europe/Berlin",
        "a start in the overlap is the first",
        "sun",
        "02:30-04:00",
        "2026-10-25",
        ["2026-10-25T00:30/2026-10-25T03:00"],
      ],
      [
        "Europe/Berlin",
        "an end in the overlap is the first",
        "sun",
        "01:00-02:30",
        "2026-10-25",
        ["2026-10-24T23:00/2026-10-25T00:30"],
      ],
      [
        "Europe/Berlin",
        "hours in the overlap happen once",
        "sun",
        "02:15-02:45",
        "2026-10-25",
        ["2026-10-25T00:15/2026-10-25T00:45"],
      ],
      [
        "America/New_York",
        "a night of seven hours",
        "sat",
        "22:00-06:00",
        "2026-03-08",
        ["2026-03-08T03:00/2026-03-08T10:00"],
      ],
      [
        "America/New_York",
        "a night of nine hours",
        "sat",
        "22:00-06:00",
        "2026-11-01",
        ["2026-11-01T02:00/2026-11-01T11:00"],
      ],
      [
        "America/New_York",
        "a day of 23 hours",
        "sun",
        "00:00-24:00",
        "2026-03-08",
        ["2026-03-08T05:00/2026-03-09T04:00"],
      ],
      [
        "America/New_York",
        "a day of 25 hours",
        "sun",
        "00:00-24:00",
        "2026-11-01",
        ["2026-11-01T04:00/2026-11-02T05:00"],
      ],
      [
        "America/New_York",
        "a start in the gap is later",
        "sun",
        "02:15-05:00",
        "2026-03-08",
        ["2026-03-08T07:15/2026-03-08T09:00"],
      ],
      [
        "America/New_York",
        "an end in the overlap is the first",
        "sun",
        "00:00-01:30",
        "2026-11-01",
        ["2026-11-01T04:00/2026-11-01T05:30"],
      ],
      [
        "Australia/Lord_Howe",
        "half an hour is skipped",
        "sun",
        "02:10-04:00",
        "2026-10-04",
        ["2026-10-03T15:40/2026-10-03T17:00"],
      ],
      [
        "Australia/Lord_Howe",
        "half an hour is repeated",
        "sun",
        "01:45-03:00",
        "2026-04-05",
        ["2026-04-04T14:45/2026-04-04T16:30"],
      ],
      [
        "Pacific/Auckland",
        "a southern night of seven hours",
        "sat",
        "22:00-06:00",
        "2026-09-27",
        ["2026-09-26T10:00/2026-09-26T17:00"],
      ],
      // Samoa went from the 29th to the 31st of December 2011.
      [
        "Pacific/Apia",
        "a date that a zone skips does not happen",
        "fri",
        "00:00-24:00",
        "2011-12-30",
        [],
      ],
    ];
  test.each(cases)("%s: %s (%s %s, %s)", (zone, _, day, hours, date, expected) => {
    const settings = calendar(zone, { weekly: { [day]: [hours] } });
    const noon = Date.parse(`${date}T12:00Z`);
    const [from, to] = [noon - 2 * dayMs, noon + 2 * dayMs].map((ms) => new Date(ms).toISOString());
    expect(stretches(settings, String(from), String(to))).toEqual(expected);
  });

  test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])(
    "what is open around the clock never closes in %s",
    (zone) => {
      const from = Date.parse("2026-01-01T00:00Z");
      const settings = calendar(zone, { weekly: daily(["00:00-24:00"]) });
      expect(planCalendar(settings, from, from + 400 * dayMs)).toEqual({ open: true, flips: [] });
    },
  );

  test("a night into a date that a zone skips ends on the date after", () => {
    const weekly = { thu: ["22:00-06:00"] };
    // 29 December 22:00 at UTC-10, 31 December 06:00 at UTC+14.
    const whole = ["2011-12-30T08:00/2011-12-30T16:00"];
    const apia = calendar("Pacific/Apia", { weekly });
    expect(stretches(apia, "2011-12-29T00:00Z", "2012-01-01T00:00Z")).toEqual(whole);
    expect(stretches(apia, "2011-12-30T12:00Z", "2012-01-01T00:00Z")).toEqual([
      "2011-12-30T12:00/2011-12-30T16:00",
    ]);
  });

  test("hours that meet in the gap are one stretch", () => {
    const weekly = { sun: ["01:00-02:30", "02:30-05:00"] };
    expect(
      stretches(calendar("Europe/Berlin", { weekly }), "2026-03-28T12:00Z", "2026-03-29T12:00Z"),
    ).toEqual(["2026-03-29T00:00/2026-03-29T03:00"]);
  });
});

describe("around midnight", () => {
  test("00:00-23:59 is closed for the last minute of each day", () => {
    const settings = calendar("Europe/Berlin", { weekly: daily(["00:00-23:59"]) });
    expect(stretches(settings, "2026-01-05T12:00Z", "2026-01-07T12:00Z")).toEqual([
      "2026-01-05T12:00/2026-01-05T22:59",
      "2026-01-05T23:00/2026-01-06T22:59",
      "2026-01-06T23:00/2026-01-07T12:00",
    ]);
  });

  test("23:59-00:00 is open for that minute", () => {
    const settings = calendar("UTC", { weekly: { mon: ["23:59-00:00"] } });
    expect(stretches(settings, "2026-01-05T00:00Z", "2026-01-07T00:00Z")).toEqual([
      "2026-01-05T23:59/2026-01-06T00:00",
    ]);
  });

  test("days that meet at midnight are one stretch", () => {
    const weekly = { mon: ["18:00-24:00"], tue: ["00:00-06:00"] };
    expect(
      stretches(calendar("UTC", { weekly }), "2026-01-05T00:00Z", "2026-01-07T00:00Z"),
    ).toEqual(["2026-01-05T18:00/2026-01-06T06:00"]);
  });

  test.each(["06:00-12:00", "05:00-12:00"])(
    "a night shift and the hours after it (%s) are one stretch",
    (morning) => {
      const weekly = { mon: ["22:00-06:00"], tue: [morning] };
      expect(
        stretches(calendar("UTC", { weekly }), "2026-01-05T00:00Z", "2026-01-07T00:00Z"),
      ).toEqual(["2026-01-05T22:00/2026-01-06T12:00"]);
    },
  );

  test("Sunday's night shift runs into Monday", () => {
    const weekly = { sun: ["22:00-06:00"] };
    expect(
      stretches(calendar("UTC", { weekly }), "2026-01-05T00:00Z", "2026-01-06T00:00Z"),
    ).toEqual(["2026-01-05T00:00/2026-01-05T06:00"]);
  });
});

describe("a work date wins over a rest date, which wins over the week", () => {
  // 5 January 2026 is a Monday.
  const monday = "2026-01-05";
  const tuesday = "2026-01-06";
  const day = { weekly: daily(["09:00-17:00"]) };
  const night = { weekly: { mon: ["22:00-06:00"] } };
  const work = (date: string, ...hours: string[]) => ({ date, hours });
  const cases: readonly (readonly [string, Partial<CalendarSettings>, readonly string[]])[] = [
    ["the week alone", day, ["05T09:00/05T17:00", "06T09:00/06T17:00"]],
    ["a rest date is closed", { ...day, restDates: [monday] }, ["06T09:00/06T17:00"]],
    [
      "a work date has its own hours",
      { ...day, workDates: [work(monday, "10:00-11:00", "12:00-13:00")] },
      ["05T10:00/05T11:00", "05T12:00/05T13:00", "06T09:00/06T17:00"],
    ],
    [
      "a work date that is a rest date too",
      { ...day, restDates: [monday], workDates: [work(monday, "10:00-11:00")] },
      ["05T10:00/05T11:00", "06T09:00/06T17:00"],
    ],
    ["a work date without hours", { ...day, workDates: [work(monday)] }, ["06T09:00/06T17:00"]],
    ["a night alone", night, ["05T22:00/06T06:00"]],
    ["a night from a rest date does not begin", { ...night, restDates: [monday] }, []],
    ["a night into a rest date is cut", { ...night, restDates: [tuesday] }, ["05T22:00/06T00:00"]],
    [
      "a night into a rest date that is a work date is not",
      { ...night, restDates: [tuesday], workDates: [work(tuesday, "10:00-11:00")] },
      ["05T22:00/06T06:00", "06T10:00/06T11:00"],
    ],
    [
      "a night into a work date without hours is not",
      { ...night, restDates: [tuesday], workDates: [work(tuesday)] },
      ["05T22:00/06T06:00"],
    ],
    [
      "a work date's night into a rest date is cut",
      { restDates: [monday, tuesday], workDates: [work(monday, "20:00-04:00")] },
      ["05T20:00/06T00:00"],
    ],
  ];
  test.each(cases)("%s", (_, settings, expected) => {
    const found = stretches(calendar("UTC", settings), `${monday}T00:00Z`, "2026-01-07T00:00Z");
    expect(found).toEqual(expected.map((stretch) => stretch.replaceAll(/(\d\dT)/gu, "2026-01-$1")));
  });
});

describe("the span", () => {
  const settings = calendar("UTC", { weekly: { mon: ["09:00-17:00"] } });
  const nine = Date.parse("2026-01-05T09:00Z");
  const five = Date.parse("2026-01-05T17:00Z");
  const cases: readonly (readonly [string, number, number, boolean, readonly number[]])[] = [
    ["begins as it opens", nine, five - 1, true, []],
    ["begins just before it opens", nine - 1, five - 1, false, [nine]],
    ["ends as it opens", nine - 1, nine, false, [nine]],
    ["ends just before it opens", nine - 2, nine - 1, false, []],
    ["begins as it closes", five, five + dayMs, false, []],
    ["ends as it closes", nine, five, true, [five]],
    ["is empty", nine, nine, true, []],
    ["ends before it begins", nine, nine - dayMs, true, []],
  ];
  test.each(cases)("%s", (_, from, to, open, flips) => {
    expect(planCalendar(settings, from, to)).toEqual({ open, flips });
  });

  test("400 days of a year's hours are planned in a moment", () => {
    const year = calendar("Europe/Berlin", { weekly: daily(["08:00-12:00", "13:00-18:00"]) });
    const from = Date.parse("2026-01-01T00:00Z");
    const begun = performance.now();
    expect(planCalendar(year, from, from + 400 * dayMs).flips).toHaveLength(1600);
    // Some 5 ms; the bound only says that it is nothing like a walk by the minute.
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe("for any calendar", () => {
  const clock = fc.integer({ min: 0, max: 1439 });
  const time = (minute: number) =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const hours = fc
    .tuple(clock, clock)
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => `${time(from)}-${time(to)}`);
  const date = fc.integer({ min: 0, max: 27 }).map((day) => isoDate(day));
  const calendars = (zones: readonly string[]) =>
    fc.record({
      id: fc.constant("c"),
      timeZone: fc.constantFrom(...zones),
      weekly: fc.dictionary(fc.constantFrom(...weekdays), fc.array(hours, { maxLength: 2 })),
      restDates: fc.array(date, { maxLength: 5 }),
      workDates: fc.uniqueArray(fc.record({ date, hours: fc.array(hours, { maxLength: 2 }) }), {
        selector: (workDate) => workDate.date,
        maxLength: 5,
      }),
    });
  const start = Date.parse(`${isoDate(0)}T00:00Z`);

  test("each minute is open as the words of the contract say", () => {
    fc.assert(
      fc.property(calendars(["UTC"]), (settings) => {
        const { open, flips } = planCalendar(settings, start, start + 28 * dayMs);
        let state = open;
        const due = [...flips];
        const expected = openMinutes(settings);
        for (let minute = 0; minute < expected.length; minute++) {
          if (due[0] === start + minute * 60_000) {
            state = !state;
            due.shift();
          }
          if (state !== (expected[minute] === 1)) {
            throw new Error(`minute ${minute} is ${state ? "open" : "closed"}`);
          }
        }
        // What is left is a flip at the very end.
        expect(due.filter((ms) => ms < start + 28 * dayMs)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("a plan made in two parts is the plan made at once", () => {
    // In Cuba and on the Azores clocks change around midnight.
    const zones = [
      "Europe/Berlin",
      "America/New_York",
      "America/Havana",
      "Atlantic/Azores",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
    ];
    const instant = fc.integer({ min: 0, max: 28 * dayMs }).map((ms) => start + ms);
    fc.assert(
      fc.property(calendars(zones), fc.tuple(instant, instant, instant), (settings, instants) => {
        const [from = 0, middle = 0, to = 0] = instants.toSorted((a, b) => a - b);
        const whole = planCalendar(settings, from, to);
        const first = planCalendar(settings, from, middle);
        const second = planCalendar(settings, middle, to);
        expect([...first.flips, ...second.flips]).toEqual(whole.flips);
        expect(first.open).toBe(whole.open);
        expect(second.open).toBe(first.open !== (first.flips.length % 2 === 1));
        expect(new Set(whole.flips).size).toBe(whole.flips.length);
        expect(whole.flips).toEqual(whole.flips.toSorted((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  /** March 2026 holds a change of daylight saving in three of the zones. */
  function isoDate(day: number): string {
    return new Date(Date.parse("2026-03-07T00:00Z") + day * dayMs).toISOString().slice(0, 10);
  }

  /** Plain and by the minute: where 28 days in UTC are open. */
  function openMinutes(settings: CalendarSettings): Uint8Array {
    const open = new Uint8Array(28 * 1440);
    const isWork = (name: string) => settings.workDates.some((work) => work.date === name);
    const isRest = (name: string) => settings.restDates.includes(name) && !isWork(name);
    for (let day = -1; day < 28; day++) {
      const name = isoDate(day);
      if (isRest(name)) continue;
      const weekday = weekdays[(new Date(`${name}T00:00Z`).getUTCDay() + 6) % 7] ?? "mon";
      const own = settings.workDates.find((work) => work.date === name)?.hours;
      for (const text of own ?? settings.weekly[weekday] ?? []) {
        const { from, to } = parseHours(text) ?? { from: 0, to: 0 };
        for (let minute = from; minute < to; minute++) {
          const cut = minute >= 1440 && isRest(isoDate(day + 1));
          const index = day * 1440 + minute;
          if (!cut && index >= 0 && index < open.length) open[index] = 1;
        }
      }
    }
    return open;
  }
});
