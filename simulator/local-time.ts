/** Local days of a time zone as instants. */
export interface LocalDay {
  readonly date: string;
  /** Days since 1970-01-01 in the zone's own calendar: the key of whatever a day draws. */
  readonly number: number;
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  /** Epoch ms of its first instant and of the next day's. */
  readonly from: number;
  readonly to: number;
}

/** The local days that touch [fromMs, toMs). */
export function localDays(timeZone: string, fromMs: number, toMs: number): readonly LocalDay[] {
  const days: LocalDay[] = [];
  let date = Temporal.Instant.fromEpochMilliseconds(fromMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  const epoch = Temporal.PlainDate.from("1970-01-01");
  for (let from = startOf(date, timeZone); from < toMs;) {
    const next = date.add({ days: 1 });
    const to = startOf(next, timeZone);
    const number = epoch.until(date).days;
    days.push({ date: date.toString(), number, weekday: date.dayOfWeek - 1, from, to });
    date = next;
    from = to;
  }
  return days;
}

/**
 * The instant of a local minute counted from a day's midnight; 1440 and more lie in the next day.
 * A local time that daylight saving skips or repeats resolves as Temporal's `compatible`.
 */
export function instantIn(day: LocalDay, timeZone: string, minute: number): number {
  if (day.to - day.from === 86_400_000 && minute <= 1440) return day.from + minute * 60_000;
  const date = Temporal.PlainDate.from(day.date).add({ days: Math.floor(minute / 1440) });
  const time = new Temporal.PlainTime(Math.floor((minute % 1440) / 60), minute % 60);
  return date.toPlainDateTime(time).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The instant of a local date and time. */
export function instantOf(localDateTime: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(localDateTime).toZonedDateTime(timeZone).epochMilliseconds;
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}
