import { counted, durationText, percent } from "../figures.ts";
import type { RunSummary } from "../summary.ts";
import type { QueueTheory } from "../theory-beside.ts";
import { escaped } from "./svg.ts";
import { table } from "./table.ts";

/**
 * The formulas' figures beside the simulated ones, queue by queue, and why they differ: a planner who
 * knows only Erlang sees what it would have said.
 */
export function theorySection(summary: RunSummary): readonly string[] {
  return [
    "<p>What a formula says of the same volumes, work and rosters. SIPP applies it to every open interval by itself; the fluid model carries backlogs, nights and limits along, but knows no chance. SIPP speaks only of messages that come while the queue is open. Where every assumption of the formula holds, the figures should agree and the text below the table says so; elsewhere the simulation is what to plan with.</p>",
    ...summary.theory.flatMap((theory) => [
      `<h3>Queue ${escaped(theory.queue)}</h3>`,
      figures(summary, theory),
      reasons(theory),
    ]),
  ];
}

function figures(summary: RunSummary, theory: QueueTheory): string {
  const simulated = summary.scopes.find(({ scope }) => scope.queue === theory.queue);
  const lost = (simulated?.parked.estimate ?? 0) + (simulated?.closedUnassigned.estimate ?? 0);
  return table(
    `${theory.model} by interval (SIPP), the fluid model and the simulation`,
    ["figure", `${theory.model}, SIPP`, "fluid", "simulated"],
    [
      [
        `assigned within ${counted(summary.withinMinutes, "working minute")}`,
        share(theory.assignedWithin),
        "–",
        share(simulated?.assignedWithin.estimate),
      ],
      ["parked or left", share(theory.lost), share(theory.fluidLost), share(lost)],
      [
        "mean wait of the assigned",
        durationText(theory.meanWaitMs),
        "–",
        durationText(simulated?.meanWaitOfAssigned.estimate ?? Number.NaN),
      ],
      [
        "highest mean backlog, messages",
        "–",
        theory.fluidBacklog.toFixed(0),
        theory.simulatedBacklog.toFixed(0),
      ],
    ],
  );
}

function reasons({ departures, model }: QueueTheory): string {
  if (departures.length === 0) {
    return `<p>${model} holds here: this queue keeps to every assumption of the formula.</p>`;
  }
  return `<p>Why ${model} is not the answer here: ${escaped(departures.join("; "))}.</p>`;
}

function share(value = Number.NaN): string {
  return Number.isNaN(value) ? "–" : percent(value);
}
