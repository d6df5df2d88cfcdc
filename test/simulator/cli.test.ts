import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as Schema from "typebox/schema";
import { afterAll, expect, test, vi } from "vitest";
import { begunTogether } from "../../simulator/comparison-notes.ts";
import { KeyedRandom } from "../../simulator/keyed-random.ts";
import { readChange } from "../../simulator/scenario/changes.ts";
import { loadScenario, type Scenario } from "../../simulator/scenario/scenario.ts";
import { channelArrivals } from "../../simulator/traffic.ts";
import { buildWorld } from "../../simulator/world.ts";
import { shippedScenario, sim, simProcess } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "nightdesk-sim-"));
afterAll(() => rmSync(folder, { recursive: true }));

// Threads start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const quiet = shippedScenario("quiet-night");

function variant(name: string, change: (text: string) => string): string {
  const file = join(folder, `${name}.yaml`);
  const configuration = shippedScenario("quiet-night.configuration");
  const text = readFileSync(quiet, "utf8");
  writeFileSync(
    file,
    change(text).replace(
      "configuration: quiet-night.configuration.yaml",
      `configuration: ${configuration}`,
    ),
  );
  return file;
}

test("a run writes table, report, results and messages, and ends with the digest", async () => {
  const out = join(folder, "run");
  const { code, stdout, stderr } = await simProcess("run", quiet, "--out", out);
  expect(stderr).toContain("replication 20 of 20");
  expect(code).toBe(0);
  const digest = /^digest: ([0-9a-f]{32})\n$/.exec(stdout.split(/(?=digest:)/).at(-1) ?? "")?.[1];
  const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect(results["digest"]).toBe(digest);
  expect(results["replications"]).toBe(20);
  const [header, first] = readFileSync(join(out, "messages.csv"), "utf8").split("\n");
  expect(header).toBe(
    "replication,id,channel,customer,arrivedAt,assignedAt,agent,parkedAt,closedAt,lastAgentHit",
  );
  expect(first).toMatch(/^1,(web|whatsapp|mail)-\d+(\.\d+)?,/);

  const report = readFileSync(join(out, "report.html"), "utf8");
  expect(report).not.toMatch(/(src|href)=|url\(|@import|<script/);
  expect(report.match(/<svg /g)?.length).toBeGreaterThanOrEqual(8);
  for (const title of ["Verdicts", "Backlog over the week", "Waits by channel"]) {
    expect(report).toContain(`>${title}</h2>`);
  }
});

test("verification passes on the same decisions, and says what differs on others", async () => {
  const out = join(folder, "verify");
  const run = ["run", quiet, "--replications", "2", "--quiet", "--out", out] as const;
  const first = await sim(...run);
  const kept = join(folder, "kept.json");
  copyFileSync(join(out, "results.json"), kept);
  expect(await sim(...run, "--threads", "2", "--verify", kept)).toEqual(first);
  const other = await sim(...run, "--seed", "2", "--verify", kept);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/the decisions differ from .*: digest .* → .*, seed 1 → 2/);

  const text = readFileSync(kept, "utf8");
  const results = JSON.parse(text) as { readonly digest: string; readonly days: number };
  const rewritten = async (content: string) => {
    writeFileSync(kept, content);
    return sim(...run, "--verify", kept);
  };
  const figure = await rewritten(text.replace(/"estimate": \d[\d.]*/, '"estimate": 0.125'));
  expect(figure.code).toBe(1);
  expect(figure.stderr).toMatch(
    /its figures are not: \/verdicts\/0\/interval\/estimate 0\.125 → [\d.]+\n/,
  );
  const shorter = await rewritten(JSON.stringify({ ...results, scopes: [], days: 9 }));
  expect(shorter.code).toBe(1);
  expect(shorter.stderr).toMatch(/figures are not: \/days 9 → 2, and 1 more\n/);
  expect(await rewritten(JSON.stringify({ ...results, node: "30", commands: 1 }))).toEqual(first);
  expect(await rewritten(JSON.stringify({ digest: results.digest }))).toEqual(first);
});

test("a run is verified against what its folder held before, and a run that differs leaves it", async () => {
  const out = join(folder, "again");
  const run = ["run", quiet, "--replications", "2", "--out", out] as const;
  const written = ["results.json", "report.html", "messages.csv"].map((name) => join(out, name));
  await sim(...run);
  const before = written.map((file) => readFileSync(file, "utf8"));
  const verify = ["--verify", join(out, "results.json")] as const;
  const other = await sim(...run, "--seed", "2", ...verify);
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringMatching(/differ from .* seed 1 → 2/),
  ]);
  expect(written.map((file) => readFileSync(file, "utf8"))).toEqual(before);
  expect(readdirSync(out).toSorted()).toEqual(["messages.csv", "report.html", "results.json"]);
  expect((await sim(...run, ...verify)).stderr).not.toContain("differ");
});

test("the exit code says whether targets pass, fail or are undecided", async () => {
  const judged = async (target: string, ...argv: readonly string[]) => {
    const file = variant("judged", (text) =>
      text.replace(/targets:\n(?:.*\n)*?\n/, `targets:\n  - ${target}\n\n`),
    );
    const out = join(folder, "judged");
    return (await sim("run", file, "--quiet", "--out", out, ...argv)).code;
  };
  const few = ["--replications", "4"] as const;
  expect(await judged("{ measure: parked, atMost: 0.5 }", ...few)).toBe(0);
  const never = "{ measure: assigned-within, minutes: 0, atLeast: 0.99, clock: wall }";
  expect(await judged(never, ...few)).toBe(1);
  const { verdicts } = JSON.parse(readFileSync(join(folder, "judged", "results.json"), "utf8")) as {
    verdicts: { daysMeeting: { low: number; high: number } }[];
  };
  // No day of four replications reaches it, which does not show that none ever would.
  expect(verdicts[0]?.daysMeeting.low).toBe(0);
  expect(verdicts[0]?.daysMeeting.high).toBeGreaterThan(0.1);
  expect(await judged("{ measure: parked, atMost: 0.5 }", "--replications", "1")).toBe(2);
  const median = "{ measure: wait-quantile, quantile: 0.5, atMostMinutes: 5000 }";
  expect(await judged(median, "--replications", "1")).toBe(2);
  expect(await judged(median, "--replications", "6")).toBe(0);
  // Two small replications say nothing of how long one in a hundred waits at most.
  const tail = "{ measure: wait-quantile, quantile: 0.99, atMostMinutes: 5000 }";
  expect(await judged(tail, "--replications", "2")).toBe(2);
});

test("--json prints the results and nothing else", async () => {
  const { stdout, stderr } = await sim(
    "run",
    quiet,
    "--replications",
    "2",
    "--json",
    "--out",
    join(folder, "json"),
  );
  expect(JSON.parse(stdout)).toMatchObject({ name: "quiet-night", seed: 1 });
  expect(stderr).toBe("");
});

test("bad input exits 64 with one line a problem", async () => {
  const file = variant("bad", (text) => text.replace("days: 2", "days: 0").replace("ana", "ana"));
  const { code, stdout, stderr } = await sim("run", file, "--replications", "0");
  expect([code, stdout]).toEqual([64, ""]);
  expect(stderr).toMatch(/bad\.yaml:\d+:\d+ \/days out_of_range Must be at least 1/);
  expect(stderr).toContain("--replications must be a whole number from 1 to 100000, not 0");
  expect(stderr.endsWith("2 problems\n")).toBe(true);
});

test("options that mean nothing are bad input, each named, before anything runs", async () => {
  const refused = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await sim(...argv);
    expect([code, stdout]).toEqual([64, ""]);
    return stderr;
  };
  const bad = ["--replication", "0", "--seed", "-1", "--count", "-1", "--from", "x"] as const;
  const traffic = await refused("traffic", quiet, ...bad);
  for (const flag of ["replication", "seed", "count", "from"])
    expect(traffic).toContain(`--${flag}`);
  const night = ["--from", "2026-03-04T09:00", "--to", "2026-03-03T18:00"] as const;
  expect(await refused("traffic", quiet, ...night)).toContain("--to must be after --from");
  const table = ["--per-hour", "0", "--handle-seconds", "-1", "--within-seconds", "-5"] as const;
  const erlang = await refused("erlang", ...table, "--share", "1");
  for (const flag of ["per-hour", "handle-seconds", "within-seconds", "share"]) {
    expect(erlang).toContain(`--${flag} must be`);
  }
  const tenant = shippedScenario("quiet-night.configuration");
  expect(await refused("init", tenant, "--start", "2026-3-2")).toContain("--start: Must be a date");
  expect(await refused("run", quiet, "--verify", join(folder, "none.json"))).toContain("ENOENT");
  expect(await refused("run", quiet, "--verify", quiet)).toContain("1 problem");
});

test("a folder that cannot be written is said in one line", async () => {
  const { code, stderr } = await simProcess("run", quiet, "--quiet", "--out", join(quiet, "below"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^sim: ENOTDIR: [^\n]*\n$/);
});

test("usage errors exit 64, help exits 0 and has examples", async () => {
  const emptied = [["--seed="], ["--seed", ""], ["--out="]].map((last) => ["run", quiet, ...last]);
  for (const argv of [[], ["walk"], ["run"], ["run", quiet, "--sped", "3"], ...emptied]) {
    const { code } = await sim(...argv);
    expect({ argv, code }).toEqual({ argv, code: 64 });
  }
  const help = await sim("run", "--help");
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("sim run scenarios/monday-opening.yaml");
});

test("a reader that has had enough, such as head, ends the command without a complaint", async () => {
  const bin = fileURLToPath(new URL("../../simulator/bin.ts", import.meta.url));
  const child = spawn(process.execPath, [bin, "schema"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let complaint = "";
  child.stderr.on("data", (text) => (complaint += String(text)));
  const [code] = (await once(child, "close")) as [number | null];
  expect([code, complaint]).toEqual([0, ""]);
});

test("traffic is the simulation's own customers, in order, as the worker takes them", async () => {
  const { code, stdout } = await sim("traffic", quiet, "--ndjson", "--seed", "1");
  expect(code).toBe(0);
  const messages = stdout
    .trimEnd()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as { id: string; channel: string; customer: string; sentAt: string },
    );
  const instants = messages.map(({ sentAt }) => sentAt);
  expect(instants.toSorted()).toEqual(instants);
  expect(new Set(messages.map(({ channel, id }) => `${channel} ${id}`)).size).toBe(messages.length);
  expect(new Set(messages.map(({ customer }) => customer)).size).toBeLessThan(messages.length);

  const out = join(folder, "traffic");
  await sim("run", quiet, "--seed", "1", "--replications", "1", "--quiet", "--out", out);
  const rows = readFileSync(join(out, "messages.csv"), "utf8").trimEnd().split("\n").slice(1);
  const sent = new Map(messages.map(({ id, customer, sentAt }) => [id, `${customer} ${sentAt}`]));
  const simulated = rows.map((row) => row.split(",")).filter(([, id]) => sent.has(id ?? ""));
  expect(simulated.length).toBeGreaterThan(0.7 * messages.length);
  for (const [, id = "", , customer, arrivedAt] of simulated) {
    expect(sent.get(id)).toBe(`${customer} ${arrivedAt}`);
  }
  const night = await sim(
    "traffic",
    quiet,
    "--from",
    "2026-03-03T18:00",
    "--to",
    "2026-03-04T09:00",
    "--count",
    "3",
  );
  expect(night.stdout.trimEnd().split("\n")).toHaveLength(3);
});

test("what a run and a comparison write keeps to the published schemas", async () => {
  const out = join(folder, "schemas");
  // One replication has figures without intervals, and somebody's wait is beyond the limit.
  for (const replications of ["1", "2"]) {
    await sim("run", quiet, "--replications", replications, "--quiet", "--out", out);
    const results: unknown = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
    expect(await problemsOf(results, "--results")).toEqual([]);
    await sim("compare", quiet, quiet, "--replications", replications, "--quiet", "--out", out);
    const comparison: unknown = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
    expect(await problemsOf(comparison, "--comparison")).toEqual([]);
    expect(await problemsOf({ ...(results as object), more: 1 }, "--results")).not.toEqual([]);
    expect(await problemsOf({}, "--results")).not.toEqual([]);
  }
});

/** What the schema that `sim schema` prints finds wrong with a document. */
async function problemsOf(document: unknown, flag: string): Promise<readonly unknown[]> {
  const schema = JSON.parse((await sim("schema", flag)).stdout) as object;
  const [, problems] = Schema.Errors(schema, document);
  return problems;
}

test("schema, init and erlang print what they say", async () => {
  const schema = await sim("schema");
  expect(JSON.parse(schema.stdout)).toMatchObject({ title: "Nightdesk scenario", type: "object" });
  expect((await sim("schema", "--results", "--comparison")).code).toBe(64);

  const first = await sim("init", shippedScenario("quiet-night.configuration"));
  expect(first.code).toBe(0);
  const file = join(folder, "first.yaml");
  writeFileSync(file, first.stdout);
  const ran = await sim(
    "run",
    file,
    "--replications",
    "1",
    "--quiet",
    "--out",
    join(folder, "first"),
  );
  expect([ran.code, ran.stderr]).toEqual([2, ""]);

  const table = await sim("erlang", "--per-hour", "200", "--handle-seconds", "180");
  expect(table.stdout).toContain(
    "offered load 10.00 Erlang; 14 agents answer at least 80 % within 20 s",
  );
  expect(table.stdout).toMatch(/^10 +0\.0 % +100\.0 % +∞ /m);
  expect(table.stdout).toMatch(/^14 +88.\d %/m);
  const busy = ["erlang", "--per-hour", "20000", "--handle-seconds", "1800"];
  for (const flag of ["--patience-seconds", "--limit-seconds"]) {
    const { agents, rows } = JSON.parse((await sim(...busy, flag, "1200", "--json")).stdout) as {
      agents: number;
      rows: { agents: number; serviceLevel: number }[];
    };
    expect(agents).toBeGreaterThan(9_800);
    const at = rows.findIndex((row) => row.agents === agents);
    expect(rows[at]?.serviceLevel).toBeGreaterThanOrEqual(0.8);
    expect(rows[at - 1]?.serviceLevel).toBeLessThan(0.8);
  }
  const tooMuch = await sim("erlang", "--per-hour", "1e9", "--handle-seconds", "180");
  expect([tooMuch.code, tooMuch.stderr]).toEqual([
    64,
    expect.stringContaining("Erlang, more than"),
  ]);
  expect((await sim("erlang", "--per-hour", "-1", "--handle-seconds", "180")).code).toBe(64);
});

test("a comparison with itself finds no difference, with one agent less it does", async () => {
  const out = join(folder, "comparison");
  const same = await sim("compare", quiet, quiet, "--replications", "4", "--json", "--out", out);
  const { measures, warnings } = JSON.parse(same.stdout) as {
    measures: { difference: { estimate: number } }[];
    warnings: string[];
  };
  expect(warnings[0]).toContain("decisions: the same in both, in every replication");
  expect(measures.length).toBeGreaterThan(10);
  expect(measures.every(({ difference }) => difference.estimate === 0)).toBe(true);
  const fewer = variant("fewer", (text) => text.replace('agents: ["*"]', "agents: [ana]"));
  const other = await sim("compare", quiet, fewer, "--replications", "4", "--quiet", "--out", out);
  expect(other.stdout).toMatch(/all: assigned within 30 working minutes .* −\d/);
  const later = variant("later", (text) => text.replace("2026-03-03", "2026-03-04"));
  expect((await sim("compare", quiet, later)).code).toBe(64);
  expect((await sim("compare", quiet, quiet, "--replications", "0")).code).toBe(64);
});

test("a comparison needs no second file: --set changes the first, or the configuration it names", async () => {
  const out = join(folder, "changed");
  const flags = ["--replications", "3", "--json", "--out", out] as const;
  const agent = "/configuration/agents/-={ id: eva, skills: { shop: 6 }, capacity: 4 }";
  const more = await sim("compare", quiet, "--set", agent, ...flags);
  expect(more.stdout).not.toContain("decisions: the same");
  const { names, changes, measures, configurationHashes } = JSON.parse(more.stdout) as {
    names: string[];
    changes: string[];
    measures: { scope: string; measure: string; difference: { estimate: number } }[];
    configurationHashes: string[];
  };
  expect([more.code, names, changes]).toEqual([0, ["quiet-night", "quiet-night changed"], [agent]]);
  expect(new Set(configurationHashes).size).toBe(2);
  const occupancy = measures.find(({ measure }) => measure === "effort occupancy");
  expect(occupancy?.difference.estimate).toBeLessThan(-0.01);
  expect(readFileSync(join(out, "comparison.html"), "utf8")).toContain("id: eva");
});

test("changes of a comparison that lead nowhere or break a rule are bad input, all at once", async () => {
  const changes = [
    "/configuration/agents/9/capacity=4",
    "/configuration/skillQueues/0/maxWaiting=-1",
    "/targets/0/minutes=soon",
    "/staff/shop/agents/0/first=ana",
    "days",
  ];
  const given = changes.flatMap((change) => ["--set", change]);
  const { code, stdout, stderr } = await sim("compare", quiet, ...given);
  expect([code, stdout]).toEqual([64, ""]);
  expect(stderr).toMatch(
    /quiet-night\.configuration\.yaml:\d+:\d+ \/agents\/9\/capacity unknown_ref/,
  );
  expect(stderr).toMatch(/\/skillQueues\/0\/maxWaiting out_of_range/);
  expect(stderr).toMatch(/quiet-night\.yaml:\d+:\d+ \/targets\/0\/minutes wrong_type/);
  expect(stderr).toMatch(
    /\/staff\/shop\/agents\/0\/first unknown_reference There is nothing below/,
  );
  expect(stderr).toContain("--set must be /PATH=VALUE, not days");
  expect(stderr.endsWith("5 problems\n")).toBe(true);
  const alone = await sim("compare", quiet);
  expect(alone.stderr).toContain("a second scenario or --set must say what to compare with");
  expect(alone.code).toBe(64);
});

test("a change of what YAML aliases share changes one place only", () => {
  const storm = shippedScenario("storm");
  const loaded = loadScenario(storm, [
    { pointer: "/profiles/crisis-day/days/mon/weight", value: 3 },
  ]);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { mon, tue } = loaded.scenario.settings.profiles["crisis-day"]?.days ?? {};
  expect([mon?.weight, tue?.weight]).toEqual([3, 1]);
});

test("a longer memory in the second scenario keeps the customers: both warm up for as long", () => {
  const validity = "/configuration/channels/1/lastAgentMode/validityMinutes=14400";
  const loaded = [[], [validity]].map((changes) => {
    const read = changes.map(readChange).filter((change) => typeof change !== "string");
    const one = loadScenario(quiet, read);
    if ("problems" in one) throw new Error(JSON.stringify(one.problems));
    return one.scenario;
  });
  const [a, b] = loaded;
  if (a === undefined || b === undefined) throw new Error("two scenarios were asked for");
  const counted = (scenario: Scenario): readonly number[] => {
    const world = buildWorld(scenario);
    const sources = { channel: "web", sources: world.channels[0]?.sources.sources ?? [] };
    const all = channelArrivals(world.traffic, sources, new KeyedRandom(1, 1), 1, 1);
    return Array.from(all).filter((at) => at >= world.countFrom && at < world.countTo);
  };
  const together = begunTogether(a, b).map(counted);
  expect(together[1]).toEqual(together[0]);
  expect(together[0]?.length).toBeGreaterThan(20);
  expect(counted(b)).not.toEqual(counted(a));
});

test("a comparison says what to read it with: another traffic, too short a warm-up", async () => {
  const flags = ["--replications", "2", "--out", join(folder, "notes")] as const;
  const busier = "/traffic/web/arrivals/0/perHour=1.2";
  const { stdout } = await sim("compare", quiet, "--set", busier, ...flags);
  expect(stdout).toMatch(/^note: traffic: the scenarios differ in what arrives on web /m);
  const short = variant("short", (text) => text.replace("days: 2\n", "days: 2\nwarmUpDays: 1\n"));
  const warned = await sim("compare", short, "--set", "/run/seed=5", ...flags);
  expect(warned.stdout).toMatch(/^note: warm-up: 1 day simulated/m);
  expect(readFileSync(join(folder, "notes", "comparison.html"), "utf8")).toContain(
    "warm-up: 1 day ",
  );
});

test("a precision fixes the number of replications from the pilot, before any verdict", async () => {
  const few = variant("few", (text) =>
    text.replace("{ law: exponential, mean: 2 }", "{ law: exponential, mean: 20 }"),
  );
  const flags = ["--replications", "4", "--json", "--out", join(folder, "precision")] as const;
  const pilot = JSON.parse((await sim("run", few, ...flags)).stdout) as {
    scopes: { assignedWithin: { low: number; high: number } }[];
  };
  const { low = 0, high = 0 } = pilot.scopes[0]?.assignedWithin ?? {};
  const precision = (1.001 * (high - low)) / 2 / Math.SQRT2;
  const run = await sim("run", few, ...flags, "--precision", String(precision));
  expect(JSON.parse(run.stdout)).toMatchObject({ replications: 8 });
  expect((await sim("run", few, "--precision", "2")).code).toBe(64);
  const one = await sim("run", few, "--precision", "0.01", "--replications", "1");
  expect([one.code, one.stderr]).toEqual([64, expect.stringContaining("a pilot of 2")]);
});
