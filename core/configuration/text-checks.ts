import { parseHours } from "./hours.ts";
import type { ViolationCode, ViolationLimit } from "./violations.ts";

/** Ids and names of secrets: at most so many bytes of UTF-8 (FINE-PRINT 39). */
export const nameBytesMax = 128;

/** The offline message prompt: at most so many code points, and none of these characters. */
export const promptLengthMax = 256;
const promptForbiddenCharacters = ["'", '"', "/", "<", ">", "\\", ";"] as const;
export const promptPattern = `^[^'"/<>\\\\;]*$`;

/** No control or invisible character, no half of a surrogate pair, no line or paragraph separator. */
export const printablePattern = "^[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+$";
/** Printable, and a file name on every system: no path separator, neither `.` nor `..`. */
export const secretNamePattern = "^(?!\\.{1,2}$)[^/\\\\\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+$";
/** Absolute, http or https, with a host and without user or password. */
export const httpUrlPattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$";
export const datePattern = "^\\d{4}-\\d{2}-\\d{2}$";

const printable = new RegExp(printablePattern, "u");
const secretName = new RegExp(secretNamePattern, "u");
const httpUrl = new RegExp(httpUrlPattern, "u");
const date = new RegExp(datePattern, "u");

/** What is wrong with a text, without the place where it stands. */
export interface TextProblem {
  readonly code: ViolationCode;
  readonly message: string;
  readonly limit: ViolationLimit;
}

export type TextCheck = keyof typeof textChecks;

/** Every form that a text of the document can be asked to have; each finds all its problems. */
export const textChecks = {
  id: (text) => nameProblems(text, printable, "Must be printable characters, at least one."),
  "secret-name": (text) =>
    nameProblems(text, secretName, "Must be the name of a secret: printable, and a file name."),
  prompt: promptProblems,
  hours: (text) =>
    problemUnless(
      parseHours(text) !== undefined,
      "hours_invalid",
      "Must be HH:MM-HH:MM with an end other than the start, such as 09:00-17:30 or 22:00-06:00.",
    ),
  date: (text) =>
    problemUnless(isDate(text), "date_invalid", "Must be a date of the calendar, as YYYY-MM-DD."),
  "time-zone": (text) =>
    problemUnless(
      isTimeZone(text),
      "time_zone_unknown",
      "Must be the IANA name of a time zone, such as Europe/Berlin.",
    ),
  "http-url": (text) =>
    problemUnless(
      httpUrl.test(text) && URL.canParse(text),
      "url_invalid",
      "Must be an absolute http or https address without user or password.",
    ),
} as const satisfies Record<string, (text: string) => readonly TextProblem[]>;

/**
 * The platform's own parser decides, so that whatever passes can be called later. Core's compiler
 * knows no global of the platform; this one is a function of its argument alone.
 */
declare const URL: { canParse(text: string): boolean };

function nameProblems(text: string, form: RegExp, message: string): TextProblem[] {
  const problems = problemUnless(form.test(text), "wrong_type", message);
  if (utf8Length(text) > nameBytesMax) {
    problems.push({
      code: "too_long",
      message: `Must be at most ${nameBytesMax} bytes of UTF-8.`,
      limit: nameBytesMax,
    });
  }
  return problems;
}

function promptProblems(text: string): TextProblem[] {
  const problems: TextProblem[] = [];
  const length = Array.from(text).length;
  if (length > promptLengthMax) {
    problems.push({
      code: "prompt_too_long",
      message: `Has ${length} characters; at most ${promptLengthMax} are allowed.`,
      limit: promptLengthMax,
    });
  }
  const found = promptForbiddenCharacters.filter((character) => text.includes(character));
  if (found.length > 0) {
    problems.push({
      code: "prompt_forbidden_character",
      message: `Must not contain ${found.join(" or ")}`,
      limit: null,
    });
  }
  return problems;
}

function problemUnless(holds: boolean, code: ViolationCode, message: string): TextProblem[] {
  return holds ? [] : [{ code, message, limit: null }];
}

function isDate(text: string): boolean {
  return date.test(text) && succeeds(() => Temporal.PlainDate.from(text, { overflow: "reject" }));
}

/** Temporal also takes offsets such as +01:00, which know no daylight saving and are no names. */
function isTimeZone(text: string): boolean {
  return !/^[+-]/u.test(text) && succeeds(() => new Temporal.ZonedDateTime(0n, text));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
