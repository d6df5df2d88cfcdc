import { weekdays } from "../../core/configuration/resolved.ts";

/** Midnight (UTC) of the Monday on which every script begins. */
export const monday = Date.UTC(2026, 2, 2);

const dayMs = 86_400_000;
const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: dayMs } as const;

const duration = String.raw`(\d+)(ms|s|m|h|d)`;
const timeOfDay = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:\.(\d\d\d))?)?`;
const durationExpression = new RegExp(`^${duration}$`, "u");
const timeExpression = new RegExp(
  String.raw`^(?:(${weekdays.join("|")})[/ ])?${timeOfDay}$|^\+${duration}$`,
  "u",
);

const isoPattern = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z`;

/** What a line of a script may begin with: a time of day, a weekday before it, `+5m`, or an instant. */
export const timePattern = String.raw`${isoPattern}|(?:(?:${weekdays.join("|")}) )?\d\d:\d\d(?::\d\d(?:\.\d{3})?)?|\+\d+(?:ms|s|m|h|d)`;

/** A duration such as `90s` in ms, or undefined if the text is none. */
export function durationOf(text: string): number | undefined {
  const match = durationExpression.exec(text);
  return match === null ? undefined : Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/**
 * The instant that a text names, or undefined if it names none: `09:00`, `09:00:00.001` on the day
 * of `from`, `tue/09:00` on the first such day not before that of `from`, `+5m` after `from`, or
 * `2026-10-25T00:59:59.999Z`.
 */
export function instantOf(text: string, from: number): number | undefined {
  if (new RegExp(`^${isoPattern}$`, "u").test(text)) return Date.parse(text);
  const match = timeExpression.exec(text);
  if (match === null) return undefined;
  const [, day, hour, minute, second = "0", ms = "0", amount, unit] = match;
  if (amount !== undefined) return from + Number(amount) * unitMs[unit as keyof typeof unitMs];
  const today = from - ((from - monday) % dayMs);
  const weekday = (today - monday) / dayMs;
  const wanted = weekdays.findIndex((name) => name === day);
  const ahead = wanted < 0 ? 0 : (((wanted - weekday) % 7) + 7) % 7;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return today + ahead * dayMs + seconds * 1000 + Number(ms);
}

/** For people: weekday and time of day. */
export function timeText(at: number): string {
  const day = Math.floor((at - monday) / dayMs);
  const name = weekdays[((day % 7) + 7) % 7];
  const week = Math.floor(day / 7);
  const time = new Date(at).toISOString().slice(11, 23);
  return `${name}${week === 0 ? "" : `(+${week}w)`} ${time}`;
}
