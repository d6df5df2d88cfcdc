import type { CalendarPlan } from "../../core/commands.ts";
import { planCalendar } from "../../core/configuration/calendar.ts";
import type { CalendarSettings } from "../../core/configuration/resolved.ts";

const dayMs = 86_400_000;

/** How far ahead calendars are planned. */
export const planningHorizonMs = 400 * dayMs;
/** Plans that reach less far than this are extended. */
export const replanBelowMs = 200 * dayMs;

/**
 * What the engine is told of the calendars (ARCHITECTURE 2): their state at `from`, and each opening
 * and closing up to the horizon behind `until`. Epoch ms.
 */
export function planCalendars(
  calendars: readonly CalendarSettings[],
  from: number,
  until: number = from,
): CalendarPlan[] {
  return calendars.map((calendar) => ({
    calendar: calendar.id,
    from,
    ...planCalendar(calendar, from, until + planningHorizonMs),
  }));
}
