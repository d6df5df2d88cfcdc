import type { TextForm } from "./shape.ts";

/** What is wrong with a text that should have a form, or undefined. */
export const textForms: Readonly<Record<TextForm, (text: string) => string | undefined>> = {
  "local-date-time": (text) =>
    attempt(() => Temporal.PlainDateTime.from(text, { overflow: "reject" })) && !/[zZ[+]/.test(text)
      ? undefined
      : 'Must be a local date and time such as "2026-03-02T00:00".',
  date: (text) =>
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    attempt(() => Temporal.PlainDate.from(text, { overflow: "reject" }))
      ? undefined
      : 'Must be a date such as "2026-12-25".',
  time: (text) =>
    minuteOfDay(text) === undefined ? 'Must be a time of day such as "07:00".' : undefined,
  hours: (text) =>
    minutesOfHours(text) === undefined
      ? 'Must be hours such as "09:00-17:30"; they may run past midnight.'
      : undefined,
  "time-zone": (text) =>
    attempt(() => new Intl.DateTimeFormat("en", { timeZone: text }))
      ? undefined
      : "Must be an IANA time zone such as Europe/Berlin.",
  name: (text) =>
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/.test(text)
      ? undefined
      : "Must be letters, digits, dots, dashes and underscores, at most 64.",
};

/** "07:30" → 450; "24:00" → 1440. */
export function minuteOfDay(text: string): number | undefined {
  const match = /^(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= 1440 ? minutes : undefined;
}

/** "22:00-06:00" → { from: 1320, to: 1800 }: `to` counts on past midnight. */
export function minutesOfHours(text: string): { from: number; to: number } | undefined {
  const [first, second, ...rest] = text.split("-");
  const from = minuteOfDay(first ?? "");
  const to = minuteOfDay(second ?? "");
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  if (from === to || from === 1440) return undefined;
  return { from, to: to > from ? to : to + 1440 };
}

function attempt(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
