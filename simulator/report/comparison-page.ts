import type { ComparedMeasure } from "../comparison.ts";
import { durationText, percent } from "../figures.ts";
import { style } from "./style.ts";
import { escaped } from "./svg.ts";
import { table } from "./table.ts";

/** What a comparison came to. */
export interface Comparison {
  readonly names: readonly [string, string];
  readonly seed: number;
  readonly replications: number;
  readonly confidence: number;
  /** Of each run's configuration, in the order of the names. */
  readonly configurationHashes: readonly [string, string];
  readonly engineVersion: number;
  readonly measures: readonly ComparedMeasure[];
}

/** The comparison in one file that needs nothing else. */
export function comparisonHtml(comparison: Comparison): string {
  const { names, seed, replications, confidence, measures } = comparison;
  const [first, second] = names;
  const scopes = [...new Set(measures.map(({ scope }) => scope))];
  const sections = scopes.map((scope) => {
    const rows = measures.filter((measure) => measure.scope === scope).map(cells);
    const caption = `${scope}: ${second} beside ${first}`;
    const head = ["measure", first, second, "difference", "interval", "reads as", "variance ÷"];
    return `<section><h2>${escaped(scope)}</h2>${table(caption, head, rows)}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(first)} and ${escaped(second)}: comparison</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(second)} beside ${escaped(first)}</h1>
<p>Both saw the same customers, who wrote the same messages at the same instants and needed the same work. A difference whose interval does not hold 0 is more than chance at ${percent(confidence)} confidence, each measure taken alone. The variance is divided by the last column for that, compared with two independent runs.</p>
<p class="quiet">${replications} replications · seed ${seed} · ${percent(confidence)} intervals · engine version ${comparison.engineVersion} · configurations ${comparison.configurationHashes.join(" and ")}</p>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

function cells(measure: ComparedMeasure): readonly string[] {
  const figure = measure.unit === "share" ? percent : durationText;
  const { estimate, low, high } = measure.difference;
  const sign = (value: number): string => (value < 0 ? `−${figure(-value)}` : `+${figure(value)}`);
  const reads = Number.isNaN(low)
    ? "–"
    : low > 0
      ? "more"
      : high < 0
        ? "less"
        : "no difference shown";
  return [
    measure.measure,
    figure(measure.first),
    figure(measure.second),
    sign(estimate),
    Number.isNaN(low) ? "–" : `[${sign(low)}, ${sign(high)}]`,
    reads,
    Number.isFinite(measure.varianceReduction) ? measure.varianceReduction.toFixed(1) : "–",
  ];
}
