import { expect, test } from "vitest";
import {
  agentsForAbandonment,
  agentsForLimit,
  agentsForServiceLevel,
  betaForWaiting,
  cobham,
  erlangA,
  erlangB,
  erlangC,
  fcfsAlis,
  fixedLimit,
  fluid,
  garnett,
  halfinWhitt,
  mg1MeanWait,
  mmn,
  mmnG,
  modifiedOfferedLoad,
  pointwise,
  sipp,
  squareRootStaffing,
} from "../../simulator/erlang.ts";

function close(found: number | undefined, exact: number): void {
  expect(Math.abs((found ?? Number.NaN) / exact - 1)).toBeLessThan(1e-8);
}

test("Erlang B and C give the reference values", () => {
  // The references have ten digits.
  expect(erlangB(10, 5)).toBeCloseTo(0.01838457034, 10);
  expect(erlangB(30, 25)).toBeCloseTo(0.05260317223, 10);
  expect(erlangB(200, 200)).toBeCloseTo(0.05435242284, 10);
  expect(erlangC(13, 10.5)).toBeCloseTo(0.3688456362, 9);
  expect(mmn(3.5 / 60, 1 / 180, 13).meanWait).toBeCloseTo(26.5569, 4);
  close(erlangC(50, 48), 0.6944556112);
  close(mmn(48, 1, 50).meanWait, 0.3472278056);
});

test("the staffing table of 80 % in 20 s comes out", () => {
  const goal = { share: 0.8, within: 20 };
  const agents = [10, 50, 100, 200, 500].map((calls) =>
    agentsForServiceLevel(calls / 1800, 1 / 180, goal),
  );
  expect(agents).toEqual([3, 8, 14, 24, 56]);
  expect(sipp([100 / 1800, 0], 1 / 180, goal).map((interval) => interval.agents)).toEqual([14, 0]);
});

test("Erlang A gives the reference values, from its chain and by integration", () => {
  for (const figures of [
    erlangA(48, 1, 50, 0.5),
    mmnG(48, 1, 50, { survival: (x) => Math.exp(-0.5 * x) }),
  ]) {
    close(figures.probabilityOfWaiting, 0.4677740686);
    close(figures.abandonment, 0.03091224916);
    close(figures.meanWait, 0.06182449832);
    close(figures.occupancy, 0.9303242408);
  }
});

test("both ways agree on the wait of the answered", () => {
  const chain = erlangA(48, 1, 50, 0.5);
  const integral = mmnG(48, 1, 50, { survival: (x) => Math.exp(-0.5 * x) });
  close(chain.meanWaitOfAnswered, integral.meanWaitOfAnswered);
});

test("the service level of Erlang A is that of the offered wait's density", () => {
  // Zeltyn & Mandelbaum (2005): the wait offered to a customer has the density λ e^(λH(x) − nμx) / (E + λJ).
  for (const [rate, agents, leaving] of [
    [48, 50, 0.5],
    [5, 10, 2],
    [70, 50, 0.2],
  ] as const) {
    const figures = erlangA(rate, 1, agents, leaving);
    const density = (x: number) =>
      Math.exp((rate * (1 - Math.exp(-leaving * x))) / leaving - agents * x);
    const whole = bySimpson(density, 0, 30) / figures.probabilityOfWaiting;
    for (const t of [0, 0.01, 0.3, 2]) {
      const answered = (x: number) => density(x) * Math.exp(-leaving * x);
      const waited = bySimpson(answered, 0, t) / whole;
      expect(figures.answeredWithin(t)).toBeCloseTo(1 - figures.probabilityOfWaiting + waited, 12);
    }
    close(figures.answeredWithin(30), 1 - figures.abandonment);
  }
});

function bySimpson(f: (x: number) => number, from: number, to: number): number {
  const cells = 100_000;
  const width = (to - from) / cells;
  let sum = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const left = from + cell * width;
    sum += ((f(left) + 4 * f(left + width / 2) + f(left + width)) * width) / 6;
  }
  return sum;
}

test("with little or no impatience Erlang A is Erlang C, and holds at overload", () => {
  const endless = mmn(48, 1, 50);
  for (const [rate, digits] of [
    [0, 12],
    [1e-9, 6],
  ] as const) {
    const figures = erlangA(48, 1, 50, rate);
    expect(figures.meanWait).toBeCloseTo(endless.meanWait, digits);
    expect(figures.answeredWithin(0.1)).toBeCloseTo(1 - endless.waitAbove(0.1), digits);
  }
  const overloaded = erlangA(100, 1, 50, 1e-4);
  close(overloaded.abandonment, 0.5);
  // There everybody waits until half have left, ln 2 / θ = 6,931.
  expect(overloaded.answeredWithin(6_500)).toBeLessThan(1e-9);
  expect(overloaded.answeredWithin(7_400)).toBeCloseTo(0.5, 6);
  expect(erlangA(100, 1, 50, 0).meanWait).toBe(Number.POSITIVE_INFINITY);
});

test("arguments that no formula has an answer for are named, all at once", () => {
  expect(() => erlangA(-1, Number.NaN, 1.5, -2)).toThrow(
    "arrivalRate must be above 0, not -1; serviceRate must be above 0, not NaN; " +
      "agents must be whole, 1 or more, not 1.5; patienceRate must be 0 or more, not -2",
  );
  const goal = { share: 1, within: 20 };
  expect(() => agentsForServiceLevel(1, 1, goal)).toThrow("share must be between 0 and 1, not 1");
  for (const nonsense of [
    () => erlangB(-1, 5),
    () => erlangC(2.5, 5),
    () => mmn(1, 0, 5),
    () => mg1MeanWait(1, 2, -1),
    () => cobham([1, -1], 1, 5),
    () => mmnG(1, 1, 0, { survival: () => 1 }),
    () => fixedLimit(1, 1, 1, Number.POSITIVE_INFINITY),
    () => agentsForLimit(10, 1, 2, 0),
    () => agentsForAbandonment(10, 1, 0.5, 0),
    () => agentsForServiceLevel(Number.NaN, 1, { share: 0.8, within: 20 }),
    () => halfinWhitt(0),
    () => garnett(1, 0, 1),
    () => betaForWaiting(1),
    () => modifiedOfferedLoad({ width: 0, values: [1] }, 1, 0),
    () => fluid({ width: -1, values: [] }, [], { limit: 1, clock: "wall", open: [] }),
  ]) {
    expect(nonsense).toThrow(RangeError);
  }
});

test("a fixed limit gives the reference values", () => {
  const figures = fixedLimit(10, 1, 10, 2);
  close(figures.abandonment, 0.04055114574);
  close(figures.probabilityOfWaiting, 0.8515740605);
  close(figures.meanWait, 0.8921252063);
  close(figures.meanWaitOfAnswered, 0.845300832);
});

test("a fixed limit agrees with integration under and over load, at long limits and near r = 0", () => {
  const cases: [number, number, number][] = [
    [8, 10, 2],
    [12, 10, 2],
    [12, 10, 200],
    [10 - 1e-9, 10, 2],
    [100, 10, 50],
  ];
  for (const [arrivalRate, agents, limit] of cases) {
    const exact = fixedLimit(arrivalRate, 1, agents, limit);
    const survival = (x: number) => (x < limit ? 1 : 0);
    const integrated = mmnG(arrivalRate, 1, agents, { survival, kinks: [limit] });
    close(exact.abandonment, integrated.abandonment);
    close(exact.meanWait, integrated.meanWait);
    close(exact.probabilityOfWaiting, integrated.probabilityOfWaiting);
  }
});

test("the tail of the wait under a fixed limit meets its ends and its mean", () => {
  for (const arrivalRate of [8, 10, 12]) {
    const figures = fixedLimit(arrivalRate, 1, 10, 2);
    close(figures.waitAbove(0), figures.probabilityOfWaiting);
    expect(figures.waitAbove(2)).toBe(0);
    const cells = 20_000;
    let mean = 0;
    for (let cell = 0; cell < cells; cell += 1) {
      mean += (figures.waitAbove(((cell + 0.5) * 2) / cells) * 2) / cells;
    }
    expect(Math.abs(mean / figures.meanWait - 1)).toBeLessThan(1e-7);
  }
});

test("staffing for abandonment and for a limit is the least that does", () => {
  const forLimit = agentsForLimit(10, 1, 2, 0.01);
  expect(fixedLimit(10, 1, forLimit, 2).abandonment).toBeLessThanOrEqual(0.01);
  expect(fixedLimit(10, 1, forLimit - 1, 2).abandonment).toBeGreaterThan(0.01);
  const forPatience = agentsForAbandonment(48, 1, 0.5, 0.03);
  expect(erlangA(48, 1, forPatience, 0.5).abandonment).toBeLessThanOrEqual(0.03);
  expect(erlangA(48, 1, forPatience - 1, 0.5).abandonment).toBeGreaterThan(0.03);
});

test("Cobham's priorities and M/G/1 give the reference values", () => {
  const waits = cobham([1.5, 2.5], 1, 5);
  close(waits[0], 0.1583178726);
  close(waits[1], 0.791589363);
  close(mmn(4, 1, 5).meanWait, 0.5541125541);
  const byVariation = [0, 1, 2, 4].map((cv) => mg1MeanWait(0.8, 1, cv));
  for (const [index, exact] of [2, 4, 6, 10].entries()) close(byVariation[index], exact);
  expect(cobham([3, 3], 1, 5)[1]).toBe(Number.POSITIVE_INFINITY);
});

test("the regime of quality and efficiency meets the exact figures at size", () => {
  const beta = betaForWaiting(0.5);
  expect(halfinWhitt(beta)).toBeCloseTo(0.5, 12);
  const agents = squareRootStaffing(10_000, beta);
  expect(erlangC(agents, 10_000)).toBeCloseTo(0.5, 2);
  const impatient = erlangA(10_000, 1, agents, 0.5).probabilityOfWaiting;
  expect(garnett((agents - 10_000) / 100, 1, 0.5)).toBeCloseTo(impatient, 2);
});

test("offered load follows a step in the rate as M/G/∞ does", () => {
  const loads = modifiedOfferedLoad({ width: 0.5, values: [10, 10, 0] }, 1, 0);
  expect(loads[1]).toBeCloseTo(10 * (1 - Math.exp(-1)), 12);
  expect(loads[2]).toBeCloseTo(10 * (1 - Math.exp(-1)) * Math.exp(-0.5), 12);
  const [figures] = pointwise({ width: 1, values: [48] }, 1, [50]);
  close(figures?.meanWait, 0.3472278056);
});

test("the fluid of a night drains after opening and expires only past its limit", () => {
  const width = 1 / 60;
  const hours = 24;
  const cells = hours * 60;
  const open = Array.from({ length: cells }, (_unused, cell) => cell >= 12 * 60);
  const settings = { limit: Number.POSITIVE_INFINITY, clock: "working", open } as const;
  const arrivals = { width, values: open.map(() => 10) };
  const capacities = open.map(() => 30);
  const free = fluid(arrivals, capacities, settings);
  // 120 wait at opening; 20 an hour more leave than come: empty after six hours.
  expect(Math.max(...free.backlog)).toBeCloseTo(120, 0);
  expect(free.backlog[18 * 60 + 2]).toBeCloseTo(0, 6);
  expect(free.expired).toBe(0);
  const limited = fluid(arrivals, capacities, { ...settings, limit: 2 });
  expect(limited.expired).toBeGreaterThan(0);
  expect(limited.served + limited.expired + (limited.backlog.at(-1) ?? 0)).toBeCloseTo(240, 6);
});

test("the product form of one shared queue is Erlang C", () => {
  const agents = Array.from({ length: 5 }, () => ({ serviceRate: 1, queues: [0] }));
  const [figures] = fcfsAlis({ arrivalRates: [4], agents }) ?? [];
  close(figures?.probabilityOfWaiting, 0.5541125541);
  close(figures?.meanWait, 0.5541125541);
});

test("the product form says where a set of queues is overloaded", () => {
  const agents = [
    { serviceRate: 1, queues: [0] },
    { serviceRate: 5, queues: [1] },
  ];
  expect(fcfsAlis({ arrivalRates: [1.5, 1], agents })).toBeUndefined();
});

test("Garnett's delay holds far into the tail, where few or nearly all wait", () => {
  // By mpmath with 30 digits.
  close(garnett(10, 1, 2), 7.549126909738e-24);
  close(garnett(6, 1, 0.5), 9.991314508378e-10);
  close(garnett(-12, 1, 0.5), 1.0);
});
