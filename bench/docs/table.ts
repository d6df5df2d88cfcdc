/** A Markdown table; columns whose title begins with `>` are aligned to the right. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const heads = titles.map((title) => title.replace(/^>/u, ""));
  const rule = titles.map((title) => (title.startsWith(">") ? "--:" : "---"));
  return [line(heads), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

/** Three figures that count: `12,300`, `1.23`, `0.00123`. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return "—";
  if (value === 0) return "0";
  const digits = Math.floor(Math.log10(Math.abs(value)));
  if (digits >= 3) {
    const step = 10 ** (digits - 2);
    return (Math.round(value / step) * step).toLocaleString("en");
  }
  return value.toFixed(Math.min(6, Math.max(0, 2 - digits)));
}
