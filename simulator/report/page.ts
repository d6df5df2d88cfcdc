import {
  countText,
  counted,
  durationInterval,
  durationText,
  foundText,
  percent,
  shareText,
} from "../figures.ts";
import { Measures } from "../measures.ts";
import type { ReplicationRecord } from "../replication-record.ts";
import type { RunSummary, ScopeSummary } from "../summary.ts";
import type { JudgedTarget } from "../verdicts.ts";
import type { World } from "../world.ts";
import { heatLegend, heatMap } from "./heat-map.ts";
import { intervalChart } from "./interval-chart.ts";
import { groupTable, queueTables } from "./queue-section.ts";
import { heatRows, weekSeries } from "./series.ts";
import { style } from "./style.ts";
import { escaped, legend } from "./svg.ts";
import { table } from "./table.ts";
import { theorySection } from "./theory-section.ts";
import { waitChart } from "./wait-chart.ts";
import { weekChart } from "./week-chart.ts";

/**
 * The whole report in one file that needs nothing else: verdicts first, then what a manager asks,
 * then what an engineer checks.
 */
export function reportHtml(
  world: World,
  records: readonly ReplicationRecord[],
  summary: RunSummary,
): string {
  const measures = new Measures(world, records, summary.confidence);
  const limitMs = summary.withinMinutes * 60_000;
  const sections = [
    verdictSection(summary),
    weekSection(world, records, summary),
    waitSection(measures, summary),
    serviceSection(summary),
    heatSection(measures, limitMs, summary),
    openingSection(summary),
    occupancySection(summary),
    limitSection(summary),
    measureSection(summary),
    section("Theory beside the simulation", ...theorySection(summary)),
    provenanceSection(summary),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(summary.name)}: simulation report</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(summary.name)}</h1>
<p>${escaped(summary.about)}</p>
<p class="quiet">${counted(summary.days, "day")} from ${escaped(summary.start)}, ${escaped(summary.timeZone)} · ${counted(summary.replications, "replication")} · seed ${summary.seed} · ${percent(summary.confidence)} intervals · engine version ${summary.engineVersion}</p>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

function section(title: string, ...parts: readonly string[]): string {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(title)}</h2>${parts.join("")}</section>`;
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function figure(svg: string): string {
  return `<figure tabindex="0">${svg}</figure>`;
}

function verdictSection({ verdicts, warnings, broken, confidence }: RunSummary): string {
  const notes = [...broken.map((what) => `Broken invariant: ${what}`), ...warnings];
  const list =
    notes.length === 0
      ? ""
      : `<h3>Read this with it</h3><ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>`;
  if (verdicts.length === 0) {
    return section("Verdicts", paragraph("The scenario sets no targets."), list);
  }
  const rows = verdicts
    .map(
      (judged) =>
        `<tr><td class="verdict ${judged.verdict}">${judged.verdict}</td><td class="words">${escaped(judged.target)}</td><td>${escaped(foundText(judged))}</td><td>${escaped(days(judged))}</td></tr>`,
    )
    .join("");
  return section(
    "Verdicts",
    paragraph(
      `PASS: the whole interval meets the target; FAIL: none of it does; UNDECIDED: it straddles the target. The targets together keep ${percent(confidence)} confidence.`,
    ),
    `<div class="scroll" tabindex="0" role="region" aria-label="Verdicts, target by target"><table><thead><tr><th scope="col">verdict</th><th scope="col" class="words">target</th><th scope="col">found</th><th scope="col">days</th></tr></thead><tbody>${rows}</tbody></table></div>`,
    list,
  );
}

function days({ meanOfDays, daysMeeting }: JudgedTarget): string {
  if (meanOfDays === undefined || daysMeeting === undefined) return "";
  return `mean of days ${percent(meanOfDays.estimate)}, ${percent(daysMeeting.estimate)} of days reach it`;
}

function weekSection(
  world: World,
  records: readonly ReplicationRecord[],
  summary: RunSummary,
): string {
  const used = world.queues.flatMap(({ id }, queue) =>
    summary.scopes.some(({ scope }) => scope.queue === id) ? [{ id, queue }] : [],
  );
  const charts = used.flatMap(({ id, queue }) => [
    `<h3>Queue ${escaped(id)}: messages waiting</h3>`,
    figure(weekChart(world, weekSeries(world, records, queue, "backlog"))),
    `<h3>Queue ${escaped(id)}: age of the oldest</h3>`,
    figure(weekChart(world, weekSeries(world, records, queue, "oldest"))),
  ]);
  return section(
    "Backlog over the week",
    paragraph(
      "Waiting: held, queued, offered or with the bot. The line is the mean of the replications, the band holds the middle 80 % of them, open hours are shaded. The age is that of the oldest customer message that nobody has answered: whoever writes again after parking, or after an answer that the channel refused, waits with the age they had.",
    ),
    ...charts,
  );
}

function channelsOf(summary: RunSummary): readonly ScopeSummary[] {
  return summary.scopes.filter(({ scope }) => scope.channel !== undefined);
}

function waitSection(measures: Measures, summary: RunSummary): string {
  const curves = channelsOf(summary).map(({ scope }) => ({
    name: scope.channel ?? "",
    sorted: measures.select(scope).pooled.working,
  }));
  return section(
    "Waits by channel",
    paragraph(
      "Share of all messages assigned within a time, counted while the queue was open. Where a curve ends below 100 % the rest parked or left: quantiles there are beyond the limit.",
    ),
    legend(curves.map(({ name }) => name)),
    figure(waitChart("Distribution of working-time waits by channel", curves)),
    table(
      "Waits in working time, and on the wall clock",
      ["channel", "p50", "p90", "p95", "p99", "p50 wall", "p90 wall", "p90 wall, assigned only"],
      summary.scopes.map(({ label, workingWait, wallWait, wallP90OfAssigned }) => [
        label,
        durationInterval(workingWait.p50),
        durationInterval(workingWait.p90),
        durationInterval(workingWait.p95),
        durationInterval(workingWait.p99),
        durationText(wallWait.p50.estimate),
        durationText(wallWait.p90.estimate),
        durationText(wallP90OfAssigned.estimate),
      ]),
    ),
  );
}

function serviceSection(summary: RunSummary): string {
  const goal = summary.verdicts.find(({ meanOfDays }) => meanOfDays !== undefined)?.atLeast;
  const bars = channelsOf(summary).map(({ scope, assignedWithin }, index) => ({
    name: scope.channel ?? "",
    interval: assignedWithin,
    colour: (index % 8) + 1,
  }));
  return section(
    `Assigned within ${counted(summary.withinMinutes, "working minute")}`,
    paragraph(
      `Of all messages that sought an agent; who parked or left counts against it.${goal === undefined ? "" : " The dashed line is the target."}`,
    ),
    figure(
      intervalChart(
        `Share assigned within ${counted(summary.withinMinutes, "working minute")} by channel`,
        bars,
        goal,
      ),
    ),
  );
}

function heatSection(measures: Measures, limitMs: number, summary: RunSummary): string {
  const { intervalMinutes } = measures.world.scenario.settings.run;
  return section(
    "Service level by time of arrival",
    paragraph(
      `Share assigned within ${counted(summary.withinMinutes, "working minute")} by day and interval of arrival. Stronger colour is worse; an empty place had no arrivals.`,
    ),
    heatLegend(),
    figure(
      heatMap("Service level by day and interval", heatRows(measures, limitMs), intervalMinutes),
    ),
  );
}

function openingSection(summary: RunSummary): string {
  return section(
    "What each opening finds",
    paragraph(
      "How many wait, and how old the oldest is, a millisecond before the doors open and before they close again. Messages by opening are those that arrived while their queue was closed before it; the first opening counts only those since the window's beginning.",
    ),
    ...queueTables(summary),
  );
}

function occupancySection(summary: RunSummary): string {
  const kinds = [
    { kind: "agent", words: "At least one conversation in hand" },
    { kind: "slots", words: "Units used of capacity" },
    { kind: "effort", words: "At work on at least one" },
  ] as const;
  const charts = kinds.flatMap(({ kind, words }, index) => [
    `<h3>${words}</h3>`,
    figure(
      intervalChart(
        `${words}, by group`,
        summary.groups.map((group) => ({
          name: `${group.group} (${group.agents})`,
          interval: group[kind],
          colour: index + 1,
        })),
      ),
    ),
  ]);
  return section(
    "Occupancy and messages by group",
    paragraph(
      "Share of signed-in time. The three differ because a conversation that waits for its customer holds a slot but takes no work.",
    ),
    ...charts,
    paragraph(
      "A group's messages are those that one of its agents was the first to be assigned, so none of them parked: their service level says how old was what they took. Answered: an agent wrote into the conversation afterwards. Work an answer: time at work on at least one conversation ÷ messages written.",
    ),
    groupTable(summary),
  );
}

function limitSection(summary: RunSummary): string {
  const limits = summary.reasons.filter(({ reason }) => limitWords.has(reason));
  const refused = summary.refusedWrites.map(({ code, count }) => [
    `agent message refused: ${code}`,
    countText(count),
  ]);
  const hits = summary.scopes
    .filter(({ lastAgentHits }) => !Number.isNaN(lastAgentHits.low))
    .map(({ label, lastAgentHits }) => [label, shareText(lastAgentHits)]);
  return section(
    "Limits that fired, and last agents",
    table(
      "How often each limit fired in the counted window, a replication",
      ["limit", "times"],
      [
        ...limits.map(({ reason, count }) => [limitWords.get(reason) ?? reason, countText(count)]),
        ...refused,
      ],
    ),
    hits.length === 0
      ? paragraph("No message had a last agent who was asked for.")
      : table(
          "Assignments to the last agent, of those whose last agent was known",
          ["scope", "hits"],
          hits,
        ),
  );
}

const limitWords: ReadonlyMap<string, string> = new Map([
  ["routing_time_limit", "routing time limit: parked"],
  ["offline:connect_wait_over", "connect wait over: went offline"],
  ["offline:nobody_signed_in", "nobody signed in: went offline"],
  ["offline:line_full", "line full: went offline"],
  ["offline:calendar_closed", "closed: went offline"],
  ["called_customer_reply_timeout", "called customer reply timeout: dormant"],
  ["customer_reply_timeout", "customer reply timeout: dormant or closed"],
  ["offer_timeout", "offer timeout"],
  ["first_reply_overdue", "first reply overdue: back to the queue"],
  ["agent_gone", "agent gone, grace over: back to the queue or dormant"],
  ["bot_idle", "bot idle: dormant"],
  ["bot_silent", "bot silent: handed off"],
  ["dormancy", "dormancy over: closed"],
]);

function measureSection(summary: RunSummary): string {
  return section(
    "All measures of messages",
    paragraph(
      "Denominator: every message that sought an agent and arrived in the counted window. Unit of every standard error: the replication. Parked waits count as infinite.",
    ),
    table(
      "Strict and lenient readings of the service level side by side",
      [
        "scope",
        "messages",
        "assigned within (strict)",
        "of those who stayed",
        "assigned or left within",
        "parked",
        "closed unassigned",
        "mean wait of assigned",
      ],
      summary.scopes.map((scope) => [
        scope.label,
        countText(scope.messages),
        shareText(scope.assignedWithin),
        shareText(scope.assignedWithinOfPatient),
        shareText(scope.settledWithin),
        shareText(scope.parked),
        shareText(scope.closedUnassigned),
        durationInterval(scope.meanWaitOfAssigned),
      ]),
    ),
  );
}

function provenanceSection(summary: RunSummary): string {
  const facts: readonly (readonly [string, string])[] = [
    ["digest of all decisions", summary.digest],
    ["seed", String(summary.seed)],
    ["replications", String(summary.replications)],
    ["warm-up", `${counted(summary.warmUpDays, "day")}, uncounted`],
    ["engine version", String(summary.engineVersion)],
    ["configuration", summary.configurationHash],
    ["scenario", summary.scenarioHash],
    ["Node.js, V8", `${summary.node}, ${summary.v8}`],
    ["commands to the engine", summary.commands.toLocaleString("en")],
  ];
  const list = facts.map(([term, value]) => `<dt>${term}</dt><dd>${escaped(value)}</dd>`).join("");
  const assumptions =
    summary.assumptions.length === 0
      ? ""
      : `<h3>Assumptions</h3><ul>${summary.assumptions.map((text) => `<li>${escaped(text)}</li>`).join("")}</ul>`;
  return section(
    "Where the figures come from",
    assumptions,
    "<h3>The run</h3>",
    `<dl>${list}</dl>`,
  );
}
