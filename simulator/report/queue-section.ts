import {
  countText,
  counted,
  durationInterval,
  durationText,
  percent,
  shareText,
} from "../figures.ts";
import type { QueueFigures } from "../openings.ts";
import type { RunSummary } from "../summary.ts";
import { table } from "./table.ts";

/** Each queue when its doors open and close: first all openings as one, then one by one. */
export function queueTables(summary: RunSummary): readonly string[] {
  const { timeZone } = summary;
  const rows = summary.queues.flatMap(({ queue, openings }) =>
    openings.map((opening) => [
      `${localTime(opening.opensAt, timeZone)}, ${queue}`,
      Math.round(opening.messages.estimate).toString(),
      percent(opening.assignedWithin.estimate),
      percent(opening.parked.estimate),
      ...briefly(opening.atOpening),
      ...briefly(opening.atClosing),
    ]),
  );
  const all = table(
    "Waiting at the doors, the mean of the window's openings, and the most at any look",
    [
      "queue",
      "waiting at opening",
      "oldest",
      "waiting at closing",
      "oldest",
      "most waiting",
      "oldest ever",
    ],
    summary.queues.map(({ queue, atOpening, atClosing, most }) => [
      queue,
      ...fully(atOpening),
      ...fully(atClosing),
      ...fully(most),
    ]),
  );
  if (rows.length === 0) return [all];
  return [
    all,
    table(
      "Overnight and weekend messages by opening, means of the replications",
      [
        "opening",
        "messages",
        `within ${summary.withinMinutes} min of opening`,
        "parked",
        "waiting at opening",
        "oldest",
        "waiting at closing",
        "oldest",
      ],
      rows,
    ),
  ];
}

/** What each group took of the messages, and what that cost it. */
export function groupTable(summary: RunSummary): string {
  return table(
    "What each group took: messages of the window whose first assignment went to it",
    [
      "group",
      "taken",
      "of all assigned",
      `within ${counted(summary.withinMinutes, "working minute")}`,
      "p50",
      "p90",
      "answered",
      "until answered",
      "answers written",
      "work an answer",
    ],
    summary.groups.map((group) => [
      group.group,
      countText(group.taken),
      percent(group.shareOfAssigned.estimate),
      shareText(group.takenWithin),
      durationText(group.workingWait.p50.estimate),
      durationText(group.workingWait.p90.estimate),
      percent(group.answered.estimate),
      durationText(group.meanUntilAnswered.estimate),
      countText(group.answers),
      durationText(group.workPerAnswer.estimate),
    ]),
  );
}

function fully({ waiting, oldestMs }: QueueFigures): readonly string[] {
  return [Number.isNaN(waiting.estimate) ? "–" : countText(waiting), durationInterval(oldestMs)];
}

function briefly({ waiting, oldestMs }: QueueFigures): readonly string[] {
  return [
    Number.isNaN(waiting.estimate) ? "–" : waiting.estimate.toFixed(0),
    durationText(oldestMs.estimate),
  ];
}

function localTime(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toLocaleString("en", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}
