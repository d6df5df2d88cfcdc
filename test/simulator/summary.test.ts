import { expect, test, vi } from "vitest";
import { compareRuns } from "../../simulator/comparison.ts";
import type { ReplicationRecord } from "../../simulator/replication-record.ts";
import { resultsJson } from "../../simulator/results-json.ts";
import { loadScenario } from "../../simulator/scenario/scenario.ts";
import { summarize } from "../../simulator/summary.ts";
import { buildWorld, type World } from "../../simulator/world.ts";
import { shippedScenario } from "./command-line.ts";
import { replicate, worldOf } from "./theory-scenario.ts";

vi.setConfig({ testTimeout: 60_000 });

const week = (hours: string) =>
  Object.fromEntries(
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [hours]]),
  );

/** Two agents by day, one of them from ten on; messages day and night; three minutes an answer. */
function office(given: { readonly start?: string; readonly timeZone?: string } = {}): World {
  const timeZone = given.timeZone ?? "UTC";
  return worldOf({
    configuration: {
      calendars: [{ id: "day", timeZone, weekly: week("08:00-18:00") }],
      skillQueues: [
        { id: "q", calendar: "day", connectWaitSeconds: 0 },
        { id: "always", connectWaitSeconds: 0 },
      ],
      agents: [
        { id: "a", skills: { q: 5, always: 5 }, capacity: 1 },
        { id: "b", skills: { q: 5, always: 5 }, capacity: 1 },
      ],
      channels: [
        { id: "c", kind: "web", skillQueue: "q", offlineMessages: { enabled: true } },
        { id: "d", kind: "sms", skillQueue: "always", offlineMessages: { enabled: true } },
      ],
    },
    start: given.start ?? "2026-03-02T00:00",
    timeZone,
    days: 2,
    warmUpDays: 1,
    run: { intervalMinutes: 60 },
    traffic: Object.fromEntries(
      [["c", 9] as const, ["d", 1] as const].map(([channel, perHour]) => [
        channel,
        {
          arrivals: [{ process: "poisson", perHour }],
          customers: { replies: { neverAnswers: 1 } },
          handling: { first: { law: "deterministic", value: 3 }, closes: 1 },
        },
      ]),
    ),
    staff: {
      early: { agents: ["a"], shifts: week("08:00-18:00"), efficiency: [1] },
      late: { agents: ["b"], shifts: week("10:00-18:00"), efficiency: [1] },
    },
  });
}

const at = (text: string): number => Date.parse(`${text}Z`);

function worldOfScenario(name: string): World {
  const loaded = loadScenario(shippedScenario(name));
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return buildWorld(loaded.scenario);
}

/** Rows of a queue that wait at an instant, by when they arrived: here each is a conversation. */
function arrivalsOfWaiting(world: World, record: ReplicationRecord, instant: number): number[] {
  const { messages } = record;
  const places = Array.from({ length: messages.count }, (_unused, row) => row).filter((row) => {
    const ended = [messages.assignedAt, messages.parkedAt, messages.closedAt].map(
      (column) => column[row] ?? NaN,
    );
    return (
      world.queues[messages.queue[row] ?? -1]?.id === "q" &&
      (messages.arrivedAt[row] ?? 0) <= instant &&
      !ended.some((end) => end <= instant)
    );
  });
  return places.map((row) => messages.arrivedAt[row] ?? 0);
}

test("backlog and age of the oldest at opening and closing are those of the messages themselves", () => {
  const world = office();
  const records = replicate(world, 3, 5);
  const { queues } = summarize(world, records, 5);
  expect(queues.map(({ queue }) => queue)).toEqual(["q", "always"]);
  const [queue, always] = queues;
  const opening = queue?.openings[1];
  expect([opening?.opensAt, opening?.closesAt]).toEqual([
    "2026-03-03T08:00:00.000Z",
    "2026-03-03T18:00:00.000Z",
  ]);
  for (const [door, figures] of [
    [at("2026-03-03T08:00") - 1, opening?.atOpening],
    [at("2026-03-03T18:00") - 1, opening?.atClosing],
  ] as const) {
    const waiting = records.map((record) => arrivalsOfWaiting(world, record, door));
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(figures?.waiting.estimate).toBeCloseTo(mean(waiting.map((all) => all.length)), 9);
    const ages = waiting.map((all) => (all.length === 0 ? 0 : door - Math.min(...all)));
    expect(figures?.oldestMs.estimate).toBeCloseTo(mean(ages), 6);
  }
  expect(opening?.atOpening.waiting.estimate).toBeGreaterThan(90);
  // Whoever came while it was closed waits when it opens.
  expect(opening?.messages.estimate).toBeCloseTo(opening?.atOpening.waiting.estimate ?? NaN, 0);
  const each = queue?.openings.flatMap(({ atOpening }) =>
    Number.isNaN(atOpening.waiting.estimate) ? [] : [atOpening.waiting.estimate],
  );
  expect(each).toHaveLength(2);
  expect(queue?.atOpening.waiting.estimate).toBeCloseTo(
    ((each?.[0] ?? 0) + (each?.[1] ?? 0)) / 2,
    9,
  );
  expect(queue?.most.waiting.estimate).toBeGreaterThanOrEqual(Math.max(...(each ?? [])) - 5);
  // A queue that never closes has no doors, and JSON says null of them.
  expect(always?.openings).toEqual([]);
  expect(resultsJson(always?.atOpening ?? {})).toContain('"estimate": null');
});

test("what groups took adds up to all that was assigned, and an answer costs its work", () => {
  const world = office();
  const records = replicate(world, 4, 6);
  const { groups, scopes } = summarize(world, records, 6);
  const [all] = scopes;
  const [early, late] = groups;
  if (all === undefined || early === undefined || late === undefined) throw new Error("no groups");
  const taken = early.taken.estimate + late.taken.estimate;
  const assigned =
    all.messages.estimate * (1 - all.parked.estimate - all.closedUnassigned.estimate);
  expect(taken).toBeCloseTo(assigned, 6);
  expect(early.shareOfAssigned.estimate + late.shareOfAssigned.estimate).toBeCloseTo(1, 12);
  expect(early.taken.estimate).toBeGreaterThan(late.taken.estimate);
  for (const group of groups) {
    // Whatever was still being answered when the run ended is not held against anybody.
    expect(group.answered.estimate).toBe(1);
    expect(group.meanUntilAnswered.estimate).toBeCloseTo(180_000, -1);
    expect(group.workPerAnswer.estimate).toBeCloseTo(180_000, -4);
    expect(group.workingWait.p99.estimate).toBeLessThan(Infinity);
  }
  // The weighted mean of what groups took in time is the service level of what was assigned.
  const within =
    (early.takenWithin.estimate * early.taken.estimate +
      late.takenWithin.estimate * late.taken.estimate) /
    all.messages.estimate;
  expect(within).toBeCloseTo(all.assignedWithin.estimate, 9);
});

test("service level by interval counts every message once, by when it arrived", () => {
  const world = office();
  const records = replicate(world, 2, 7);
  const { arrivals, queues, scopes } = summarize(world, records, 7);
  expect(arrivals.from).toHaveLength(48);
  expect(arrivals.from[9]).toBe("2026-03-02T09:00:00.000Z");
  const total = (columns: readonly number[]): number =>
    columns.reduce((sum, value) => sum + value, 0);
  expect(total(arrivals.messages.estimate)).toBeCloseTo(scopes[0]?.messages.estimate ?? NaN, 6);
  const byQueue = queues.map((queue) => total(queue.arrivals.messages.estimate));
  expect(total(byQueue)).toBeCloseTo(total(arrivals.messages.estimate), 6);
  const good = arrivals.messages.estimate.map(
    (count, place) => count * (arrivals.assignedWithin.estimate[place] ?? 0),
  );
  const [all] = scopes;
  expect(total(good) / total(arrivals.messages.estimate)).toBeCloseTo(
    all?.assignedWithin.estimate ?? NaN,
    9,
  );
});

test("days of 23 and 25 hours have as many intervals", () => {
  const timeZone = "Europe/Berlin";
  for (const [start, hours] of [
    ["2026-03-28T00:00", 24 + 23],
    ["2026-10-24T00:00", 24 + 25],
  ] as const) {
    const world = office({ start, timeZone });
    const { arrivals, queues } = summarize(world, replicate(world, 1, 1), 1);
    expect(arrivals.from).toHaveLength(hours);
    expect(new Set(arrivals.from).size).toBe(hours);
    expect(queues[0]?.looks.at).toHaveLength(hours + 1);
  }
});

test("a comparison looks at queues, doors and groups as well, and at nothing that is not there", () => {
  const world = office();
  const [first, second] = [replicate(world, 3, 8), replicate(world, 3, 9)];
  const measures = compareRuns({ world, records: first }, { world, records: second }, 30, 0.95);
  const names = measures.map(({ scope, measure }) => `${scope}: ${measure}`);
  expect(new Set(names).size).toBe(names.length);
  for (const name of [
    "queue q: parked",
    "queue always: p90 of the working-time wait",
    "queue q: waiting at opening",
    "queue q: age of the oldest at closing",
    "all agents: slots occupancy",
    "group late: agent occupancy",
    "group early: messages taken",
    "group late: taken within 30 working minutes of those",
  ]) {
    expect(names).toContain(name);
  }
  expect(names).not.toContain("queue always: waiting at opening");
  const quiet = worldOfScenario("quiet-night");
  const records = replicate(quiet, 2, 8);
  const one = compareRuns({ world: quiet, records }, { world: quiet, records }, 30, 0.95);
  // The only queue and the only group there is say nothing that all do not.
  const scopes = new Set(one.map(({ scope, measure }) => `${scope}: ${measure}`));
  expect(scopes).not.toContain("queue shop: parked");
  expect(scopes).not.toContain("group shop: effort occupancy");
  expect(scopes).toContain("queue shop: waiting at closing");
  expect(scopes).toContain("group shop: messages taken");
  const taken = measures.find(({ measure }) => measure === "messages taken");
  const { groups } = summarize(world, second, 9);
  expect(taken?.second).toBeCloseTo(groups[0]?.taken.estimate ?? NaN, 9);
});
