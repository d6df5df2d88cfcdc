import type { ArrivalCase } from "./cases/arrivals.ts";
import { coverageBand, coverageExact, coverageSetting, coverageSizes } from "./coverage.ts";
import type { ReferenceCase } from "./reference-case.ts";
import { agrees, formulaChecks } from "./reference-values.ts";
import type { Verdict } from "./verdict.ts";

/** One figure of a case with its verdict. */
export interface JudgedFigure {
  readonly name: string;
  readonly exact: number;
  /** Largest standard error, as a part of the exact value. */
  readonly errorMax: number;
  readonly verdict: Verdict;
  /** Name of the control variate. */
  readonly control?: string;
}

/** Everything a full run found. */
export interface ValidationResults {
  readonly seed: number;
  readonly cases: readonly {
    readonly reference: ReferenceCase;
    readonly figures: readonly JudgedFigure[];
    readonly messages: number;
  }[];
  readonly arrivals: readonly {
    readonly arrival: ArrivalCase;
    readonly figures: readonly JudgedFigure[];
  }[];
  /** Share of the coverage test's intervals that hold the exact value. */
  readonly coverage: number;
}

/** `docs/validation.md`, whole. The same results give the same text. */
export function validationPage(results: ValidationResults): string {
  const { seed, cases, arrivals, coverage } = results;
  const judged = [...cases, ...arrivals].flatMap(({ figures }) => figures);
  const messages = cases.reduce((sum, one) => sum + one.messages, 0);
  const passed = judged.filter(passes).length;
  const text = [
    introduction(passed, judged.length, messages, seed),
    "## The engine against theory",
    ...cases.map(caseSection),
    "## Arrival processes\n\nNo engine is in these: the generators alone, mean square of counts about their known mean.",
    ...arrivals.map(
      ({ arrival, figures }) => `### ${arrival.title}\n\n*${arrival.theory}*\n\n${table(figures)}`,
    ),
    coverageSection(coverage),
    formulaSection(),
    limits,
  ];
  return `${text.join("\n\n")}\n`;
}

function introduction(passed: number, count: number, messages: number, seed: number): string {
  const { node, v8 } = process.versions;
  return `# Validation

Made by \`npm run validate\`; do not edit. ${passed} of ${count} simulated figures agree with theory. The
engine is the one that production runs: ${messages.toLocaleString("en")} messages went through it, on Node ${node}
(V8 ${v8}), seed ${seed} with a stream of its own for each case. The seed was fixed before the first
run; how long each case runs was chosen on runs with other seeds. Those whose standard error then came
out above what the rule allows were made longer and go on from the replications they had; no figure
had been outside its interval.

**The rule.** A figure passes when the exact value lies within 3.29 standard errors of the simulated
one (the same quantile of Student's t, since there are fewer than 100 replications), *and* the standard error is
at most 1 % of the exact value: 5 % for rare events and above 90 % load. With ${count} figures a sound
simulator fails one of them in ${Math.round(100 * (1 - 0.999 ** count))} runs of a hundred. The interval shown is that of the rule (99.9 %).
A *control* is another quantity of the same replication whose mean theory gives exactly; regressing on it
narrows the interval without moving its centre.`;
}

function caseSection({ reference, figures, messages }: ValidationResults["cases"][number]): string {
  const { days, replications } = reference.sizes.full;
  return `### ${reference.title}

${reference.setting} ${replications} replications of ${days} ${days === 1 ? "day" : "days"}, ${messages.toLocaleString("en")} messages.
*Exact:* ${reference.theory} *Policy:* ${reference.assumptions}

${table(figures)}`;
}

function table(figures: readonly JudgedFigure[]): string {
  const rows = figures.map((figure) => {
    const { name, exact, control, verdict } = figure;
    const { simulated, low, high, error } = verdict;
    const relative = `${((100 * error) / exact).toFixed(2)} %`;
    const interval = `${digits(low)} – ${digits(high)}`;
    return `| ${name} | ${digits(exact)} | ${digits(simulated)} | ${interval} | ${relative} | ${control ?? ""} | ${verdictText(figure)} |`;
  });
  return [
    "| figure | exact | simulated | 99.9 % interval | standard error | control | verdict |",
    "|---|--:|--:|--:|--:|---|---|",
    ...rows,
  ].join("\n");
}

function passes({ verdict }: JudgedFigure): boolean {
  return verdict.passes && verdict.isPrecise;
}

function verdictText(figure: JudgedFigure): string {
  if (passes(figure)) return "pass";
  return figure.verdict.passes
    ? `**FAIL: standard error above ${100 * figure.errorMax} %**`
    : "**FAIL**";
}

function coverageSection(coverage: number): string {
  const { runs, replications } = coverageSizes.full;
  const inside = coverage >= coverageBand.low && coverage <= coverageBand.high;
  return `## Coverage

${coverageSetting} (exactly ${digits(coverageExact)}, from Erlang C). ${runs} runs of ${replications} replications, each with the 95 % interval
that \`sim run\` would print: **${(100 * coverage).toFixed(2)} %** of them hold the exact value, ${inside ? "within" : "**FAIL: outside**"} the
${100 * coverageBand.low} – ${100 * coverageBand.high} % that ${runs} runs of a sound interval give.`;
}

function formulaSection(): string {
  const rows = formulaChecks.map((check) => {
    const { name, printed, computed } = check;
    const shown = Number.isInteger(computed) ? String(computed) : computed.toPrecision(12);
    return `| ${name} | ${printed} | ${shown} | ${agrees(check) ? "pass" : "**FAIL**"} |`;
  });
  return `## Formulas

What \`nightdesk/erlang\` computes beside the published values; a pass is equality in every printed digit.

| value | published | computed | verdict |
|---|--:|--:|---|
${rows.join("\n")}`;
}

function digits(value: number): string {
  return value.toPrecision(Math.abs(value) >= 1000 ? 6 : 5);
}

const limits = `## Where theory does not reach

- **Default settings.** With a connect wait, \`liveFirst\`, capacities above 1 and last agents no formula
  here applies. With one message a minute, ten minutes' work, ten agents and a limit of twenty minutes,
  M/M/n+D expires 4.06 % where the default router parks 5.85 %.
- **Selection other than the longest idle.** \`round-robin\` and \`best-level\` change who works, not how long
  anybody waits, as long as agents are alike; \`least-loaded\` is in the case with two agents; none of them
  has a product form for a skill graph with unlike agents.
- **A reservation that ends midway.** Its clock is deterministic, so the chain's state would hold ages.
  Both ends are above: no reservation, and one that always lasts.
- **A working-clock limit with messages by day as well**: ages differ, as above. The night's backlog
  is exact, the mixture is covered only by the invariants that every run checks.
- **Nothing is compared** for manual acceptance, flaps, breaks, the surge rate, bots and returns after parking.
  They have tests of behaviour, and every run asserts conservation, Little's law, occupancy at most 1, no
  assignment without skill and capacity.
- Time is in whole milliseconds. With work of a minute the rounding shifts a mean by less than 0.001 %.`;
