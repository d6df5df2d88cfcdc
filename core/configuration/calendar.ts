import type { Interval } from "./hours.ts";
import { hoursOfDay, mergeIntervals, minutesPerDay } from "./hours.ts";
import type { CalendarSettings } from "./resolved.ts";
import { weekdays } from "./resolved.ts";

/** The open hours of a calendar over a span of time. */
export interface CalendarSpan {
  /** Whether it is open at the beginning of the span. */
  readonly open: boolean;
  /** Epoch ms, strictly increasing: each instant at which open becomes closed or closed open. */
  readonly flips: readonly number[];
}

/**
 * Works out when a calendar opens and closes after `fromMs`, up to and including `toMs`.
 *
 * A work date wins over a rest date, which wins over the weekly hours. Hours past midnight belong
 * to the date on which they start; a rest date that follows cuts them at midnight unless it is a
 * work date as well. Hours that touch or overlap are one stretch. A local time that daylight saving
 * skips or repeats is read as Temporal's `compatible`: the later instant in a gap, the first of two
 * in an overlap; hours that lie wholly in a gap do not happen.
 *
 * Both bounds are epoch ms within Temporal's range. Linear in the days of the span; some four
 * milliseconds for 400 days.
 */
export function planCalendar(
  calendar: CalendarSettings,
  fromMs: number,
  toMs: number,
): CalendarSpan {
  const stretches = openStretches(calendar, fromMs, toMs);
  const flips = stretches
    .flatMap(({ from, to }) => [from, to])
    .filter((instant) => instant > fromMs && instant <= toMs);
  return { open: stretches.some(({ from, to }) => from <= fromMs && fromMs < to), flips };
}

/** Every open stretch that touches the span, in epoch ms, and perhaps a few beside it. */
function openStretches(calendar: CalendarSettings, fromMs: number, toMs: number): Interval[] {
  const hoursOn = localHours(calendar);
  const last = localDate(Math.max(fromMs, toMs), calendar.timeZone);
  // Hours reach into the next date, and a zone may skip the date after that.
  let date = localDate(fromMs, calendar.timeZone).subtract({ days: 2 });
  const stretches: Interval[] = [];
  while (Temporal.PlainDate.compare(date, last) <= 0) {
    for (const { from, to } of hoursOn(date)) {
      const opensAt = instantOf(date, from, calendar.timeZone);
      const closesAt = instantOf(date, to, calendar.timeZone);
      if (opensAt < closesAt) stretches.push({ from: opensAt, to: closesAt });
    }
    date = date.add({ days: 1 });
  }
  return mergeIntervals(stretches);
}

/** The hours that start on a date, in minutes from its midnight. */
function localHours(calendar: CalendarSettings): (date: Temporal.PlainDate) => readonly Interval[] {
  const weekly = weekdays.map((day) => hoursOfDay(calendar.weekly[day]));
  const rest = new Set(calendar.restDates);
  const work = new Map(calendar.workDates.map(({ date, hours }) => [date, hoursOfDay(hours)]));
  const isRest = (date: string) => rest.has(date) && !work.has(date);

  return (date) => {
    const name = date.toString();
    if (isRest(name)) return [];
    const own = work.get(name) ?? weekly[date.dayOfWeek - 1] ?? [];
    if (own.every(({ to }) => to <= minutesPerDay)) return own;
    return isRest(date.add({ days: 1 }).toString())
      ? own.map(({ from, to }) => ({ from, to: Math.min(to, minutesPerDay) }))
      : own;
  };
}

function localDate(epochMs: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone).toPlainDate();
}

function instantOf(date: Temporal.PlainDate, minute: number, timeZone: string): number {
  const days = Math.floor(minute / minutesPerDay);
  const time = new Temporal.PlainTime(Math.floor(minute / 60) % 24, minute % 60);
  return (days === 0 ? date : date.add({ days }))
    .toPlainDateTime(time)
    .toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds;
}
