import { type CalendarDraft, isReadable, isSound, readableItems } from "./draft.ts";
import { minutesPerDay, parseHours } from "./hours.ts";
import { pointerTo } from "./json-pointer.ts";
import type { Violation, ViolationCode } from "./violations.ts";

type Found = Generator<Violation<ViolationCode>>;

/** Hours of one day must not overlap, and a date has its own hours once. */
export function* calendarViolations(calendar: CalendarDraft, path: string): Found {
  if (isReadable(calendar.weekly)) {
    for (const [day, hours] of Object.entries(calendar.weekly)) {
      yield* overlaps(hours, pointerTo(pointerTo(path, "weekly"), day));
    }
  }
  const dates = new Set<string>();
  for (const [index, workDate] of readableItems(calendar.workDates)) {
    const at = pointerTo(pointerTo(path, "workDates"), index);
    yield* overlaps(workDate.hours, pointerTo(at, "hours"));
    if (!isSound(workDate.date)) continue;
    if (dates.has(workDate.date)) {
      yield {
        path: pointerTo(at, "date"),
        code: "duplicate_id",
        message: "The date has hours of its own already.",
        value: workDate.date,
        limit: null,
      };
    }
    dates.add(workDate.date);
  }
}

/** The second and later of hours that overlap; those that only touch do not. */
function* overlaps(hours: unknown, path: string): Found {
  if (!Array.isArray(hours)) return;
  // By minute rather than pair by pair, so that a long list costs no more than its length.
  const taken = new Uint8Array(2 * minutesPerDay);
  for (const [index, text] of hours.entries()) {
    const interval = typeof text === "string" ? parseHours(text) : undefined;
    if (interval === undefined) continue;
    if (taken.subarray(interval.from, interval.to).includes(1)) {
      yield {
        path: pointerTo(path, index),
        code: "hours_overlap",
        message: "Overlaps other hours of the same day.",
        value: text,
        limit: null,
      };
    }
    taken.fill(1, interval.from, interval.to);
  }
}
