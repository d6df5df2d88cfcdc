import { expect, test } from "vitest";
import { erlangA, fixedLimit, mmn } from "../../simulator/erlang.ts";
import { loadScenario } from "../../simulator/scenario/scenario.ts";
import { Measures } from "../../simulator/measures.ts";
import { theoryBeside } from "../../simulator/theory-beside.ts";
import { buildWorld } from "../../simulator/world.ts";
import { shippedScenario } from "./command-line.ts";
import { average, expectAgreement, replicate, theoryWorld } from "./theory-scenario.ts";

test("thirteen agents under the real router wait as Erlang C says", { timeout: 120_000 }, () => {
  const world = theoryWorld({ agents: 13, perMinute: 3.5, handleMinutes: 3, days: 3 });
  const exact = mmn(3.5, 1 / 3, 13);
  const records = replicate(world, 7);
  const waits = records.map((record) =>
    average(world, record, (row) => (record.wallWaitMs[row] ?? 0) / 60_000),
  );
  const waited = records.map((record) =>
    average(world, record, (row) => Number((record.wallWaitMs[row] ?? 0) > 0)),
  );
  expectAgreement(waits, exact.meanWait, 0.05);
  expectAgreement(waited, exact.probabilityOfWaiting, 0.05);
  const { estimate } = new Measures(world, records, 0.95).occupancy("agent");
  expect(estimate).toBeCloseTo(exact.occupancy, 1);

  // What the report puts beside it is the same formula, and nothing keeps it from holding.
  const [beside] = theoryBeside(world, records, 60_000);
  expect(beside).toMatchObject({ queue: "q", model: "Erlang C", departures: [] });
  expect(beside?.assignedWithin).toBeCloseTo(1 - exact.waitAbove(1), 9);
  expect(beside?.meanWaitMs).toBeCloseTo(exact.meanWait * 60_000, 3);
});

test("fifty agents at 96 % wait as often as Erlang C says", { timeout: 120_000 }, () => {
  // One unit of time is ten minutes, so that a day of warm-up is long beside it.
  const world = theoryWorld({ agents: 50, perMinute: 4.8, handleMinutes: 10, days: 2 });
  const waited = replicate(world, 6).map((record) =>
    average(world, record, (row) => Number((record.wallWaitMs[row] ?? 0) > 0)),
  );
  expectAgreement(waited, mmn(4.8, 0.1, 50).probabilityOfWaiting, 0.05);
});

test("messages park at a fixed limit as often as M/M/n+D says", { timeout: 120_000 }, () => {
  const limitMinutes = 10;
  const world = theoryWorld({
    agents: 10,
    perMinute: 2,
    handleMinutes: 5,
    limitMinutes,
    days: 5,
  });
  const exact = fixedLimit(2, 0.2, 10, limitMinutes);
  const records = replicate(world, 8);
  const parked = records.map((record) =>
    average(world, record, (row) => Number(!Number.isNaN(record.messages.parkedAt[row]))),
  );
  const waits = records.map((record) =>
    average(world, record, (row) => Math.min(limitMinutes, (record.wallWaitMs[row] ?? 0) / 60_000)),
  );
  expectAgreement(parked, exact.abandonment, 0.05);
  expectAgreement(waits, exact.meanWait, 0.05);
  const [beside] = theoryBeside(world, records, 60_000);
  expect(beside).toMatchObject({ model: "M/M/n+D", departures: [] });
  expect(beside?.lost).toBeCloseTo(exact.abandonment, 9);
  expect(beside?.fluidLost).toBe(0);
});

test("customers withdraw as often as Erlang A says", { timeout: 120_000 }, () => {
  const world = theoryWorld({
    agents: 10,
    perMinute: 1,
    handleMinutes: 10,
    patienceMinutes: 20,
    days: 4,
  });
  const exact = erlangA(1, 0.1, 10, 1 / 20);
  const records = replicate(world, 10);
  const [beside] = theoryBeside(world, records, 60_000);
  expect(beside).toMatchObject({ model: "Erlang A", departures: [] });
  expect(beside?.lost).toBeCloseTo(exact.abandonment, 9);
  const left = records.map((record) =>
    average(world, record, (row) => Number(Number.isNaN(record.messages.assignedAt[row]))),
  );
  expectAgreement(left, exact.abandonment, 0.05);
});

test("a scenario under ordinary settings is told where it leaves the formula's assumptions", () => {
  const loaded = loadScenario(shippedScenario("quiet-night"));
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const world = buildWorld(loaded.scenario);
  const [beside] = theoryBeside(world, replicate(world, 1), 30 * 60_000);
  expect(beside?.departures).toContain("it closes, and a night's messages meet the opening");
  expect(beside?.departures).toContain("live conversations go before offline ones");
  expect(beside?.fluidBacklog).toBeGreaterThan(0);
});
