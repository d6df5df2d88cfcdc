import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import { overloadedCut } from "../../simulator/scenario/overload.ts";
import { loadScenario } from "../../simulator/scenario/scenario.ts";
import { buildWorld, warmUpRuleDays } from "../../simulator/world.ts";

const folder = mkdtempSync(join(tmpdir(), "nightdesk-scenario-"));
afterAll(() => rmSync(folder, { recursive: true }));

const configuration = `
configuration:
  skillQueues: [{ id: q }]
  agents: [{ id: ana, skills: { q: 5 }, capacity: 2 }, { id: ben, skills: { q: 5 }, capacity: 2 }]
  channels: [{ id: web, kind: web, skillQueue: q, offlineMessages: { enabled: true } }]
`;
const frame = `${configuration}
start: "2026-03-02T00:00"
timeZone: Europe/Berlin
days: 1
`;
const traffic = `
traffic:
  web: { arrivals: [{ process: poisson, perHour: 4 }] }
`;
const staff = `
staff:
  all: { agents: ["*"], shifts: { mon: ["08:00-18:00"] } }
`;

function load(text: string, name = "case.yaml") {
  const file = join(folder, name);
  writeFileSync(file, text);
  return loadScenario(file);
}

function problemsOf(text: string) {
  const loaded = load(text);
  if (!("problems" in loaded)) throw new Error("no problems were found");
  return loaded.problems.map(({ line, path, code }) => `${line} ${path} ${code}`);
}

test("a short scenario needs little: all else has a default", () => {
  const loaded = load(frame + traffic + staff, "short.yaml");
  if (!("scenario" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const { scenario } = loaded;
  expect(scenario.name).toBe("short");
  expect(scenario.settings.run).toEqual({
    seed: 1,
    replications: 10,
    confidence: 0.95,
    intervalMinutes: 60,
  });
  expect(scenario.settings.traffic["web"]?.customers.withdrawsAfter).toBeUndefined();
  const world = buildWorld(scenario);
  expect(world.countTo - world.countFrom).toBe(86_400_000);
  expect((world.countFrom - world.from) / 86_400_000).toBe(warmUpRuleDays(scenario.configuration));
});

test("all problems of shape are found at once, each with its line", () => {
  const found = problemsOf(`${configuration}
start: "2026-03-02T00:00Z"
timeZone: Mars/Base
days: 0
hurry: true
traffic:
  web: { arrivals: [{ process: magic }], customers: { returnProbability: 2 } }
staff:
  all: { agents: [], shifts: { mon: ["8-18"] } }
run: { replications: 0 }
`);
  expect(found).toEqual([
    "7 /start local_date_time_invalid",
    "8 /timeZone time_zone_unknown",
    "9 /days out_of_range",
    "10 /hurry unknown_key",
    "12 /traffic/web/arrivals/0/process not_one_of",
    "12 /traffic/web/customers/returnProbability out_of_range",
    "14 /staff/all/agents too_few",
    "14 /staff/all/shifts/mon/0 hours_invalid",
    "15 /run/replications out_of_range",
  ]);
});

test("names that exist nowhere are found beside values of the wrong shape, not after they are mended", () => {
  const found = problemsOf(`${frame}
traffic:
  web:
    arrivals:
      - { process: poisson, perHour: -1 }
      - { process: profile, profile: bank, perWeek: 100 }
    customers: { returnProbabilty: 0.3, returnFrom: { letter: 1 } }
  fax: 5
staff:
  all: { agents: [carl, 7], shifts: { mon: ["8-18"] } }
  more: { agents: [dora], shifts: { mon: ["8-18"] } }
targets: [{ measure: parked, atMost: 2, channel: y }, { measure: parked, atMost: 0.1, queue: z }]
`);
  expect(found).toEqual([
    "14 /traffic/web/arrivals/0/perHour out_of_range",
    "15 /traffic/web/arrivals/1/profile unknown_reference",
    "16 /traffic/web/customers/returnProbabilty unknown_key",
    "16 /traffic/web/customers/returnFrom/letter unknown_reference",
    "17 /traffic/fax wrong_type",
    "17 /traffic/fax unknown_reference",
    "19 /staff/all/agents/1 wrong_type",
    "19 /staff/all/shifts/mon/0 hours_invalid",
    "20 /staff/more/agents/0 unknown_reference",
    "20 /staff/more/shifts/mon/0 hours_invalid",
    "21 /targets/0/atMost out_of_range",
    "21 /targets/0/channel unknown_reference",
    "21 /targets/1/queue unknown_reference",
  ]);
});

test("a horizon that ends before it starts cannot be written", () => {
  const text = frame.replace("days: 1", "days: -3") + traffic + staff;
  expect(problemsOf(text)).toEqual(["9 /days out_of_range"]);
});

test("violations of the configuration are among the problems", () => {
  const text = (frame + traffic + staff).replace("kind: web", "kind: fax");
  expect(problemsOf(text)).toEqual(["5 /configuration/channels/0/kind channel_kind_unsupported"]);
});

test("names that exist nowhere are found at once", () => {
  const text = `${frame}
traffic:
  web:
    arrivals:
      - { process: profile, profile: bank, perWeek: 100 }
      - { process: batch, perHour: 1, sizes: [0.5, 0.2] }
  fax: { arrivals: [{ process: poisson, perHour: 4 }] }
staff:
  all: { agents: ["*"], shifts: { mon: ["08:00-18:00"] } }
  more: { agents: [ben, carl], shifts: {} }
targets:
  - { measure: parked, atMost: 0.1, channel: mail }
  - { measure: occupancy, which: effort, atMost: 0.9, group: night }
`;
  expect(problemsOf(text)).toEqual([
    "14 /traffic/web/arrivals/0/profile unknown_reference",
    "15 /traffic/web/arrivals/1/sizes not_a_distribution",
    "16 /traffic/fax unknown_reference",
    "19 /staff/more/agents/0 agent_in_two_groups",
    "19 /staff/more/agents/1 unknown_reference",
    "21 /targets/0/channel unknown_reference",
    "22 /targets/1/group unknown_reference",
  ]);
});

test("a channel that nobody on shift can serve is refused", () => {
  const nobody = staff.replace('mon: ["08:00-18:00"]', "");
  expect(problemsOf(frame + traffic + nobody)).toEqual(["12 /traffic/web no_eligible_agent"]);
});

test("more work than hands is refused where nothing parks, and names the cut where it does", () => {
  const busy = traffic.replace("perHour: 4", "perHour: 400");
  const loaded = load(frame + busy + staff);
  if (!("scenario" in loaded)) throw new Error("refused");
  expect(loaded.scenario.warnings[0]).toMatch(/^overload: Queues q get \d+ h of work a week;/);
  const off = frame.replace("enabled: true", "enabled: false");
  expect(problemsOf(off + busy + staff)).toEqual(["14 /staff overload"]);
});

test("the cut is found among any number of queues, and is no wider than it must be", () => {
  const names = Array.from({ length: 30 }, (_unused, index) => `q${index}`);
  const queues = new Map(names.map((name) => [name, 10]));
  const agents = names.map((name, index) => ({
    capacity: 11,
    queues: [name, names[index + 1] ?? "q0"],
  }));
  expect(overloadedCut({ queues, agents })).toBeUndefined();
  // q20 and q21 have three agents for 35 hours, of whom only one is theirs alone.
  queues.set("q20", 18).set("q21", 17);
  expect(overloadedCut({ queues, agents })).toEqual({
    queues: ["q20", "q21"],
    offered: 35,
    capacity: 33,
  });
  queues.set("q20", 10);
  expect(overloadedCut({ queues, agents })).toBeUndefined();
});

test("the cut is that of all sets of queues, tried one by one", () => {
  const random = new KeyedRandom(5, 0);
  let overloads = 0;
  for (let round = 0; round < 200; round += 1) {
    random.at(1, round, 1);
    const draw = (below: number): number => Math.floor(random.next() * below);
    const names = ["a", "b", "c", "d", "e"];
    const queues = new Map(names.map((name) => [name, draw(20)]));
    const agents = Array.from({ length: 6 }, () => ({
      capacity: draw(20),
      queues: names.filter(() => draw(3) === 0),
    }));
    let greatest = 0;
    for (let set = 1; set < 32; set += 1) {
      const chosen = names.filter((_name, bit) => (set >> bit) & 1);
      const work = chosen.reduce((sum, name) => sum + (queues.get(name) ?? 0), 0);
      const hands = agents.filter((agent) => agent.queues.some((name) => chosen.includes(name)));
      greatest = Math.max(greatest, work - hands.reduce((sum, one) => sum + one.capacity, 0));
    }
    const { offered = 0, capacity = 0 } = overloadedCut({ queues, agents }) ?? {};
    expect(offered - capacity, `round ${round}`).toBe(greatest);
    if (greatest > 0) overloads += 1;
  }
  expect(overloads).toBeGreaterThan(20);
});

test("a recorded trace counts as work, too", () => {
  const rows = ["day,calls", "2026-03-02,5000", "2026-03-03,90000"];
  writeFileSync(join(folder, "calls.csv"), rows.join("\n"));
  const recorded = `
traffic:
  web: { arrivals: [{ process: trace, file: calls.csv, column: day, count: calls }] }
`;
  const loaded = load(frame + recorded + staff);
  if (!("scenario" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  // 5,000 on the one day that counts, 6 min and 0.6 × 1.3 replies of as much: 35,000 a week.
  expect(loaded.scenario.warnings[0]).toMatch(/^overload: Queues q get 6230 h of work a week;/);
});

test("an unreadable file is one problem, not an exception", () => {
  expect(loadScenario(join(folder, "none.yaml"))).toMatchObject({
    problems: [{ code: "unreadable", line: 1, column: 1 }],
  });
  expect(problemsOf("days: [1\n")).toHaveLength(1);
});

test("a configuration beside the scenario is read from its own file, with its own lines", () => {
  writeFileSync(join(folder, "tenant.yaml"), "skillQueues:\n  - { id: q, order: size }\n");
  const rest = frame.replace(configuration, "\nconfiguration: tenant.yaml\n");
  const loaded = load(rest + traffic + staff);
  expect(loaded).toMatchObject({
    problems: [{ file: join(folder, "tenant.yaml"), line: 2, path: "/skillQueues/0/order" }],
  });
});

test("the shipped scenarios are valid", () => {
  for (const name of ["monday-opening", "storm", "quiet-night"]) {
    const file = new URL(`../../simulator/scenarios/${name}.yaml`, import.meta.url).pathname;
    expect(loadScenario(file)).toHaveProperty("scenario.name", name);
  }
});
