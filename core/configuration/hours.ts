import type { CalendarSettings, Weekday } from "./resolved.ts";
import { weekdays } from "./resolved.ts";

/** A half-open stretch `[from, to)` on any integer line: minutes of a day or week, epoch ms. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const minutesPerDay = 1440;
const minutesPerWeek = 7 * minutesPerDay;

/** `HH:MM-HH:MM`, the end up to 24:00. */
export const hoursPattern = "^([01]\\d|2[0-3]):([0-5]\\d)-(?:([01]\\d|2[0-3]):([0-5]\\d)|24:00)$";
const hoursExpression = new RegExp(hoursPattern, "u");

/**
 * Reads opening hours as minutes from the midnight at which their date begins. An end at or before
 * the start lies on the next day, so `to` may be up to 2878; `"00:00-24:00"` is the whole day.
 *
 * @returns undefined where the text is no hours: another form, a start of 24:00, or a start equal
 * to its end.
 * @example parseHours("22:00-06:00") // { from: 1320, to: 1800 }
 */
export function parseHours(text: string): Interval | undefined {
  const match = hoursExpression.exec(text);
  if (match === null) return undefined;
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = toHour === undefined ? minutesPerDay : Number(toHour) * 60 + Number(toMinute);
  if (from === to) return undefined;
  return { from, to: to > from ? to : to + minutesPerDay };
}

/** The same time in the fewest intervals: sorted, those that touch or overlap made one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || next.from > last.to) merged.push(next);
    else if (next.to > last.to) merged[merged.length - 1] = { from: last.from, to: next.to };
  }
  return merged;
}

/** The valid hours of one day's list. */
export function hoursOfDay(hours: readonly string[] = []): Interval[] {
  return hours.map(parseHours).filter((interval) => interval !== undefined);
}

/**
 * The longest stretch in which weekly hours are closed, in minutes of the clock on the wall, the
 * week taken as a circle. Infinity where they never open, 0 where they never close.
 */
export function longestClosedMinutes(weekly: CalendarSettings["weekly"]): number {
  const open = mergeIntervals(
    weekdays.flatMap((day: Weekday, index) =>
      hoursOfDay(weekly[day]).flatMap(({ from, to }) => {
        const start = index * minutesPerDay + from;
        const end = index * minutesPerDay + to;
        return end <= minutesPerWeek
          ? [{ from: start, to: end }]
          : [
              { from: start, to: minutesPerWeek },
              { from: 0, to: end - minutesPerWeek },
            ];
      }),
    ),
  );
  const first = open[0];
  if (first === undefined) return Infinity;
  let longest = 0;
  let closedFrom = (open.at(-1) ?? first).to - minutesPerWeek;
  for (const { from, to } of open) {
    longest = Math.max(longest, from - closedFrom);
    closedFrom = to;
  }
  return longest;
}
