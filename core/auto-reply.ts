/** Header fields of a mail by name; a field that came several times has a list. */
export type MailHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * Whether a machine sent a mail, so that no automatic reply may answer it (3.13): `Auto-Submitted`
 * other than `no`, `Precedence: bulk`, `list` or `junk`, any `List-Id`, or an empty `Return-Path`.
 * Field names and these values are compared without regard to case.
 *
 * Source: RFC 3834, sections 2 and 5; RFC 2919 for `List-Id`; RFC 5321, section 4.5.5 for the empty
 * return path of notifications.
 */
export function isAutomaticMail(headers: MailHeaders): boolean {
  return Object.entries(headers).some(([name, values]) => {
    const isAutomatic = signs.get(name.trim().toLowerCase());
    return isAutomatic !== undefined && [values].flat().some((value) => isAutomatic(bare(value)));
  });
}

const signs = new Map<string, (value: string) => boolean>([
  // The keyword may be followed by parameters: `auto-replied; owner-email="…"`.
  ["auto-submitted", (value) => keyword(value) !== "no"],
  ["precedence", (value) => ["bulk", "list", "junk"].includes(keyword(value))],
  ["list-id", () => true],
  ["return-path", (value) => value === "" || /^<\s*>$/u.test(value)],
]);

function keyword(value: string): string {
  return (value.split(";")[0] ?? "").trim().toLowerCase();
}

/** Without comments in parentheses, which nest (RFC 5322, section 3.2.2), and the blanks around. */
function bare(value: string): string {
  let kept = "";
  let depth = 0;
  for (const character of value) {
    if (character === "(") depth += 1;
    else if (character === ")" && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept.trim();
}
