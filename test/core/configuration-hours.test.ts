import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hoursOfDay,
  longestClosedMinutes,
  mergeIntervals,
} from "../../core/configuration/hours.ts";
import { weekdays } from "../../core/configuration/resolved.ts";

const minutesPerDay = 1440;
const minutesPerWeek = 7 * minutesPerDay;

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Round hours meet at their ends, and midnight is often among them. */
const hours = fc
  .tuple(fc.nat({ max: 47 }), fc.nat({ max: 48 }))
  .map(([from, to]) => `${clock(from * 30)}-${clock(to * 30)}`);
const weeks = fc.dictionary(fc.constantFrom(...weekdays), fc.array(hours, { maxLength: 2 }));

/** Minute by minute, twice round the week. */
function closedByCounting(weekly: Readonly<Record<string, readonly string[]>>): number {
  const open = new Set<number>();
  for (const [index, day] of weekdays.entries()) {
    for (const { from, to } of hoursOfDay(weekly[day])) {
      for (let minute = from; minute < to; minute += 1) {
        open.add((index * minutesPerDay + minute) % minutesPerWeek);
      }
    }
  }
  if (open.size === 0) return Infinity;
  let longest = 0;
  let closed = 0;
  for (let minute = 0; minute < 2 * minutesPerWeek; minute += 1) {
    closed = open.has(minute % minutesPerWeek) ? 0 : closed + 1;
    longest = Math.max(longest, closed);
  }
  return longest;
}

describe("opening hours", () => {
  test("the longest closed time of a week is what counting its minutes finds", () => {
    fc.assert(
      fc.property(weeks, (weekly) => {
        expect(longestClosedMinutes(weekly)).toBe(closedByCounting(weekly));
      }),
      { numRuns: 40 },
    );
  });

  test("a night that begins on Sunday opens Monday", () => {
    expect(longestClosedMinutes({ sun: ["22:00-06:00"] })).toBe(minutesPerWeek - 480);
    expect(longestClosedMinutes({ sun: ["22:00-24:00"] })).toBe(minutesPerWeek - 120);
    expect(longestClosedMinutes({ sun: ["22:00-06:00"], mon: ["06:00-22:00"] })).toBe(
      minutesPerWeek - 1440,
    );
  });

  test("a day's list is what can be read of it", () => {
    expect(hoursOfDay(["09:00-12:00", "12:00-12:00", "24:00-01:00", "noon"])).toEqual([
      { from: 540, to: 720 },
    ]);
    expect(hoursOfDay()).toEqual([]);
  });

  test("stretches that touch or overlap are one, and what lies within another adds nothing", () => {
    const merged = mergeIntervals([
      { from: 50, to: 60 },
      { from: 0, to: 20 },
      { from: 5, to: 10 },
      { from: 20, to: 30 },
    ]);
    expect(merged).toEqual([
      { from: 0, to: 30 },
      { from: 50, to: 60 },
    ]);
  });
});
