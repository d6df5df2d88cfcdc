import { afterAll, beforeAll, expect, test } from "vitest";
import { document } from "./documents.ts";
import type { QueueState } from "./wire.ts";
import { ContractWorker } from "./worker.ts";

let worker: ContractWorker;
beforeAll(async () => {
  worker = await ContractWorker.start([], "2026-03-27T10:00:00.000Z"); // a Friday
});
afterAll(async () => worker[Symbol.asyncDispose]());

interface Case {
  readonly of: string;
  readonly says: string;
  readonly calendar: Readonly<Record<string, unknown>>;
  /** The instants at which it opens and closes in turn; the last is only announced. */
  readonly changes: readonly string[];
  /** Where the clock is moved to before anything else. */
  readonly from: string;
}

const cases: readonly Case[] = [
  {
    of: "2.calendar.2 2.calendar.5",
    says: "hours are half-open local intervals, several a day",
    from: "2026-03-27T10:00:00.000Z",
    calendar: {
      timeZone: "UTC",
      weekly: { fri: ["11:00-12:00", "13:00-14:30"], sat: ["08:00-09:00"] },
    },
    changes: [
      "2026-03-27T11:00",
      "2026-03-27T12:00",
      "2026-03-27T13:00",
      "2026-03-27T14:30",
      "2026-03-28T08:00",
    ],
  },
  {
    of: "2.calendar.1 2.calendar.6",
    says: "a DST gap resolves as Temporal `compatible`: 02:30 that is not there is 03:30",
    from: "2026-03-28T10:00:00.000Z",
    calendar: { timeZone: "Europe/Berlin", weekly: { sun: ["02:30-05:00"] } },
    changes: ["2026-03-29T01:30", "2026-03-29T03:00", "2026-04-05T00:30"],
  },
  {
    of: "2.calendar.1 2.calendar.6",
    says: "an overlap resolves as Temporal `compatible`: 02:30 is the first of the two",
    from: "2026-04-04T10:00:00.000Z",
    calendar: { timeZone: "Australia/Sydney", weekly: { sun: ["02:30-04:00"] } },
    changes: ["2026-04-04T15:30", "2026-04-04T18:00", "2026-04-11T16:30"],
  },
  {
    of: "2.calendar.5",
    says: "past midnight it belongs to its starting date; `00:00-24:00` is the whole day, and both merge where they touch",
    from: "2026-04-05T10:00:00.000Z", // a Sunday
    calendar: {
      timeZone: "UTC",
      weekly: { mon: ["22:00-06:00"], wed: ["00:00-24:00"], thu: ["00:00-02:00"] },
    },
    changes: [
      "2026-04-06T22:00",
      "2026-04-07T06:00",
      "2026-04-08T00:00",
      "2026-04-09T02:00",
      "2026-04-13T22:00",
    ],
  },
  {
    of: "2.calendar.3 F5",
    says: "a rest date is closed all day, and cuts a night shift on its second day",
    from: "2026-04-12T10:00:00.000Z",
    calendar: {
      timeZone: "UTC",
      weekly: { mon: ["22:00-06:00"], tue: ["09:00-18:00"], wed: ["09:00-10:00"] },
      restDates: ["2026-04-14"],
    },
    changes: ["2026-04-13T22:00", "2026-04-14T00:00", "2026-04-15T09:00"],
  },
  {
    of: "2.calendar.4 F5",
    says: "a work date wins over a rest date, which wins over weekly; there a night shift is not cut",
    from: "2026-04-19T10:00:00.000Z",
    calendar: {
      timeZone: "UTC",
      weekly: { mon: ["22:00-06:00"], tue: ["09:00-18:00"], wed: ["09:00-10:00"] },
      restDates: ["2026-04-21"],
      workDates: [{ date: "2026-04-21", hours: ["10:00-14:00"] }],
    },
    changes: [
      "2026-04-20T22:00",
      "2026-04-21T06:00",
      "2026-04-21T10:00",
      "2026-04-21T14:00",
      "2026-04-22T09:00",
    ],
  },
  {
    of: "2.calendar.4",
    says: "a work date replaces the weekly hours of its day",
    from: "2026-04-24T20:00:00.000Z",
    calendar: {
      timeZone: "UTC",
      weekly: { sat: ["09:00-18:00"] },
      workDates: [{ date: "2026-04-25", hours: ["12:00-13:00"] }],
    },
    changes: ["2026-04-25T12:00", "2026-04-25T13:00", "2026-05-02T09:00"],
  },
  {
    of: "F5",
    says: "a night shift may overlap the next day's hours, which are then merged",
    from: "2026-05-03T10:00:00.000Z",
    calendar: { timeZone: "UTC", weekly: { mon: ["22:00-08:00"], tue: ["06:00-12:00"] } },
    changes: ["2026-05-04T22:00", "2026-05-05T12:00"],
  },
];

test.each(cases)("$of $says", async ({ calendar, changes, from }) => {
  await worker.moveTo(Date.parse(from));
  const desk = await worker.tenant({ ...document(), calendars: [{ id: "office", ...calendar }] });
  let open = false;
  for (const [index, change] of changes.entries()) {
    const at = `${change}:00.000Z`;
    expect(await desk.queue("office")).toMatchObject({ open, nextChangeAt: at });
    if (index === changes.length - 1) return;
    await worker.moveTo(Date.parse(at) - 1);
    expect((await desk.queue("office")).open).toBe(open);
    await worker.advance(1);
    open = !open;
    const now: QueueState = await desk.queue("office");
    expect(now.open).toBe(open);
  }
});

test("2.skill-queue.1 without a calendar a queue is always open", async () => {
  const desk = await worker.tenant(document());
  expect(await desk.queue("open")).toMatchObject({ open: true, nextChangeAt: null });
});
