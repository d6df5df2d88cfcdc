import type { ComparedMeasure } from "../comparison.ts";
import { changeOf, differenceText, isEndless } from "../difference-text.ts";
import { counted, percent, signed } from "../figures.ts";
import { differenceChart, judgement } from "./difference-chart.ts";
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
  /** What `--set` changed in the second. */
  readonly changes: readonly string[];
  /** What to read the figures with. */
  readonly warnings: readonly string[];
  /** Invariants that broke, which are bugs of the simulation. */
  readonly broken: readonly string[];
  readonly measures: readonly ComparedMeasure[];
}

/** The comparison in one file that needs nothing else: what changes, measure by measure; then all. */
export function comparisonHtml(comparison: Comparison): string {
  const { names, seed, replications, confidence, measures } = comparison;
  const [first, second] = names;
  const measured = [...new Set(measures.map(({ measure }) => measure))];
  const scopes = [...new Set(measures.map(({ scope }) => scope))];
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
<p>${customersText(comparison)} A difference whose interval does not hold 0 is more than chance at ${percent(confidence)} confidence, each measure taken alone.</p>
${list("Changed", comparison.changes)}
${list("Read this with it", [...comparison.warnings, ...comparison.broken.map((what) => `BROKEN: ${what}`)])}
<p class="quiet">${counted(replications, "replication")} · seed ${seed} · ${percent(confidence)} intervals · engine version ${comparison.engineVersion} · configurations ${comparison.configurationHashes.join(" and ")}</p>
<section><h2>What changes</h2>
<p>Bars are ${escaped(second)} − ${escaped(first)}, whiskers the interval, pp percentage points. The words at the right say which way it is shown to go; grey holds 0, or is a matter of taste.</p>
${measured.map((measure) => measureChart(measures, measure)).join("\n")}
</section>
<section><h2>All figures</h2>
<p>The last column is what common customers gained: the variance of the difference had the two runs been independent, divided by its variance as it is. Below 1 they cost.</p>
${scopes.map((scope) => scopeTable(comparison, scope)).join("\n")}
</section>
</main>
</body>
</html>
`;
}

function customersText({ warnings }: Comparison): string {
  return warnings.some((note) => note.startsWith("traffic: "))
    ? "Where the traffic is the same, both saw the same customers, who wrote the same messages at the same instants and needed the same work."
    : "Both saw the same customers, who wrote the same messages at the same instants and needed the same work.";
}

function list(title: string, entries: readonly string[]): string {
  if (entries.length === 0) return "";
  const items = entries.map((entry) => `<li>${escaped(entry)}</li>`).join("");
  return `<h2>${title}</h2><ul>${items}</ul>`;
}

function measureChart(measures: readonly ComparedMeasure[], name: string): string {
  const chosen = measures.filter(({ measure }) => measure === name);
  const unit = chosen[0]?.unit ?? "share";
  // An axis of minutes has rounder ticks than one of milliseconds.
  const scale = unit === "ms" ? 60_000 : 1;
  const rows = chosen.map((measure) => ({
    name: measure.scope,
    estimate: measure.difference.estimate / scale,
    low: measure.difference.low / scale,
    high: measure.difference.high / scale,
    text: isEndless(measure)
      ? differenceText(measure).difference
      : `${differenceText(measure).difference}, ${reading(measure)}`,
    good: goodOf(measure),
  }));
  const axis = (value: number) => signed(changeOf({ unit }), value * scale);
  const chart = differenceChart(`Difference of ${name}`, rows, axis);
  return `<h3>${escaped(capitalised(name))}</h3><figure tabindex="0">${chart}</figure>`;
}

function scopeTable({ names, measures }: Comparison, scope: string): string {
  const [first, second] = names;
  const rows = measures.filter((measure) => measure.scope === scope).map(cells);
  const caption = `${scope}: ${second} beside ${first}`;
  const head = ["measure", first, second, "difference", "interval", "reads as", "variance ÷"];
  return table(caption, head, rows);
}

function cells(measure: ComparedMeasure): readonly string[] {
  const text = differenceText(measure);
  return [
    measure.measure,
    text.first,
    text.second,
    text.difference,
    text.interval,
    reading(measure),
    text.varianceReduction,
  ];
}

/** Which way the interval says it goes. */
function reading(measure: ComparedMeasure): string {
  const { difference } = measure;
  if (isEndless(measure)) return "–";
  if (Number.isNaN(difference.low)) return "one replication shows nothing";
  const side = judgement({ ...difference, good: goodOf(measure) });
  return side === "none shown" ? "no difference shown" : side;
}

/** More service is better, more waiting and parking is not; of occupation it depends. */
function goodOf({ measure }: ComparedMeasure): "more" | "less" | undefined {
  if (measure.endsWith(" occupancy") || measure === "messages taken") return undefined;
  const isMore = /^(assigned|taken) within /.test(measure) || measure === "last-agent hits";
  return isMore ? "more" : "less";
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
