import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
