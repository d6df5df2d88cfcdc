/** Text that is safe in HTML and SVG, in content and in quoted attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export interface Chart {
  readonly width: number;
  readonly height: number;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
  readonly body: readonly string[];
}

/** A picture that scales with the page and has a name. */
export function svgOf({ width, height, title, body }: Chart): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${body.join("")}</svg>`;
}

export function label(
  x: number,
  y: number,
  text: string,
  { anchor = "start", kind = "axis" }: { anchor?: "start" | "middle" | "end"; kind?: string } = {},
): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" class="${kind}">${escaped(text)}</text>`;
}

export function rule(x1: number, y1: number, x2: number, y2: number, kind = "grid"): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  kind: string,
  title?: string,
): string {
  const inner = title === undefined ? "" : `<title>${escaped(title)}</title>`;
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(0, width))}" height="${at(Math.max(0, height))}" class="${kind}">${inner}</rect>`;
}

/** A number as SVG needs it, no longer than that. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A row of colour keys above a chart. */
export function legend(names: readonly string[]): string {
  const items = names.map(
    (name, index) =>
      `<li><span class="key series-${(index % 8) + 1}" aria-hidden="true"></span>${escaped(name)}</li>`,
  );
  return `<ul class="legend">${items.join("")}</ul>`;
}
