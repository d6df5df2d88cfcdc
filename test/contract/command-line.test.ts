import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker } from "../../loadtest/worker-process.ts";
import { nightdesk, type Ended } from "../worker/nightdesk-in-process.ts";
import { document } from "./documents.ts";
import { exchange, type Outcome } from "./wire.ts";

const entry = fileURLToPath(new URL("../../worker/bin.ts", import.meta.url));
const root = dirname(dirname(entry));
const at = "2026-03-02T12:00:00.000Z";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightdesk-command-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Runs `nightdesk` to its end, in a process of its own. */
async function processOf(...flags: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...flags], { cwd: folder }, (error, stdout, stderr) => {
      const status = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      resolve({ status, stdout, stderr });
    });
  });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const valid = `
skillQueues: [{ id: q }]
agents: [{ id: ana, skills: { q: 5 }, capacity: 2 }]
channels: [{ id: web, kind: web, skillQueue: q, offlineMessages: { enabled: true } }]
`;

const invalid = `skillQueues:
  - id: q
    colour: red
agents:
  - id: ana
    skills: { q: 11 }
channels:
  - { id: web, kind: fax, skillQueue: q }
`;

test("F43 usage errors exit 64", async () => {
  const { status, stderr } = await processOf("start", "--port", "x");
  expect(status).toBe(64);
  expect(stderr).toContain("--port");
  for (const flags of [["nonsense"], ["start", "--limit", "no=1"], ["check"], ["journal"]]) {
    const other = await nightdesk(...flags);
    expect(other.status, flags.join(" ")).toBe(64);
    expect(other.stderr, flags.join(" ")).not.toBe("");
  }
});

test.each([
  ["start"],
  ["check"],
  ["schema"],
  ["journal"],
  ["journal", "verify"],
  ["journal", "stat"],
  ["journal", "dump"],
  ["journal", "replay"],
  ["journal", "seal"],
  ["store"],
  ["store", "rebuild"],
])("F43 `--help` everywhere, with examples: %s %s", async (...command) => {
  const names = command.filter((name) => name !== undefined);
  const { status, stdout } = await nightdesk(...names, "--help");
  expect(status).toBe(0);
  expect(stdout).toContain(`nightdesk ${names.join(" ")}`);
  expect(stdout).toMatch(/Examples:\n {2}nightdesk /u);
});

test("F46 the help of start shows the flags with their defaults", async () => {
  const { stdout: start } = await nightdesk("start", "--help");
  for (const flag of ["config", "threads", "limit", "accept-clock", "secrets", "test-clock"]) {
    expect(start).toContain(`--${flag}`);
  }
  expect(start).toMatch(/--data.*\[default: "?(?:\.\/)?\.nightdesk"?\]/u);
  expect(start).toMatch(/--port.*\[default: 8080\]/u);
  expect(start).toMatch(/--partitions.*\[default: 8\]/u);
  expect(start).toMatch(/--journal-hours.*\[default: 24\]/u);
  expect(start).toMatch(/--stop-timeout-seconds.*\[default: 10\]/u);
});

test("F48 `check` of a valid file exits 0", async () => {
  const path = await file("good.json", JSON.stringify(parse(valid)));
  expect(await nightdesk("check", path)).toMatchObject({ status: 0, stdout: "" });
});

test("F48 `check`: one line a problem, `FILE:LINE:COLUMN path code message`; exit 1", async () => {
  const path = await file("bad.yaml", invalid);
  const { status, stdout } = await processOf("check", path);
  expect(status).toBe(1);
  const found = stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      expect(line.startsWith(`${path}:`), line).toBe(true);
      const rest = line.slice(path.length);
      return /^:(\d+):\d+ (\S+) (\S+) \S/u.exec(rest)?.slice(1, 4).join(" ");
    });
  expect(found).toEqual([
    "3 /skillQueues/0/colour unknown_key",
    "6 /agents/0/skills/q out_of_range",
    "5 /agents/0/capacity required",
    "8 /channels/0/kind channel_kind_unsupported",
  ]);
});

test("F48 `check --json` answers with JSON: each problem with its place, value and limit", async () => {
  const path = await file("bad2.yaml", invalid);
  const { status, stdout } = await nightdesk("check", path, "--json");
  expect(status).toBe(1);
  const { valid: isValid, problems } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(isValid).toBe(false);
  expect(problems).toMatchObject([
    { path: "/skillQueues/0/colour", code: "unknown_key", value: "red", limit: null },
    {
      file: path,
      line: 6,
      column: 15,
      path: "/agents/0/skills/q",
      code: "out_of_range",
      message: "Must be 1 to 10.",
      value: 11,
      limit: { min: 1, max: 10 },
    },
    { path: "/agents/0/capacity", code: "required", value: null, limit: null },
    { code: "channel_kind_unsupported", value: "fax" },
  ]);
  const good = await nightdesk("check", await file("good2.yaml", valid), "--json");
  expect(good.status).toBe(0);
  expect(JSON.parse(good.stdout)).toEqual({ valid: true, problems: [], warnings: [] });
});

test("F48 `check` of what is no YAML or not there exits 1, with a place", async () => {
  const path = await file("broken.yaml", "skillQueues: [\n  {");
  const broken = await nightdesk("check", path);
  expect(broken.status).toBe(1);
  expect(broken.stdout).toContain(`${path}:`);
  const missing = await nightdesk("check", join(folder, "missing.yaml"));
  expect(missing.status).toBe(1);
  expect(missing.stderr).toMatch(/^nightdesk: ENOENT: no such file/u);
});

test("5.0.2 `schema` prints the JSON Schema of the configuration", async () => {
  const { status, stdout } = await nightdesk("schema");
  expect(status).toBe(0);
  const schema = JSON.parse(stdout) as { properties: Record<string, unknown> };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining([
      "calendars",
      "skillQueues",
      "agents",
      "channels",
      "channelCosts",
      "presence",
      "retention",
    ]),
  );
});

test("F44 an invalid `--config` lists everything and exits 1", async () => {
  const path = await file("acme.yaml", invalid);
  const flags = ["--data", join(folder, "d-invalid"), "--port", "0"];
  const { status, stdout, stderr } = await nightdesk("start", "--config", path, ...flags);
  expect(status).toBe(1);
  for (const one of ["unknown_key", "required", "out_of_range", "channel_kind_unsupported"])
    expect(stderr).toContain(one);
  expect(stdout).not.toContain("listening");
});

describe("a folder of configurations, and a data folder begun with a test clock", () => {
  const flags = (): readonly string[] => [
    "--config",
    join(folder, "tenants"),
    "--data",
    join(folder, "d-test-clock"),
    "--port",
    "0",
  ];
  const agents = async (url: string, tenant: string): Promise<unknown> =>
    (await exchange(`${url}/v1/tenants/${tenant}`, "GET", "/agents")).body;
  const now = async (url: string): Promise<string> =>
    (await exchange<{ now: string }>(url, "POST", "/v1/test-clock", { advanceMs: 0 })).body.now;

  test("F44 F47 `--config DIR` holds one file a tenant, named by the stem and applied at each start; the clock stands at the later of TIME and the last journaled instant", async () => {
    await file("tenants/one.yaml", valid);
    await file("tenants/two.json", JSON.stringify(document()));
    const first = await startWorker([...flags(), "--partitions", "2", "--test-clock", at]);
    expect(await agents(first.url, "one")).toMatchObject({ items: [{ id: "ana", capacity: 2 }] });
    expect(await agents(first.url, "two")).toMatchObject({ items: [{ id: "ana", capacity: 3 }] });
    expect((await exchange(`${first.url}/v1/tenants/demo`, "GET", "/agents")).status).toBe(404);
    await exchange(first.url, "POST", "/v1/test-clock", { advanceMs: 3_600_000 });
    await first.kill();

    await file("tenants/one.yaml", valid.replace("capacity: 2", "capacity: 7"));
    const second = await startWorker([...flags(), "--test-clock", at]);
    expect(await agents(second.url, "one")).toMatchObject({ items: [{ id: "ana", capacity: 7 }] });
    expect(await now(second.url)).toBe("2026-03-02T13:00:00.000Z");
    expect(await second.stop()).toBe(0);

    const third = await startWorker([...flags(), "--test-clock", "2026-03-05T00:00:00Z"]);
    expect(await now(third.url)).toBe("2026-03-05T00:00:00.000Z");
    await third.stop();
  });

  test("F47 it refuses to start without a test clock", async () => {
    const { status, stderr } = await nightdesk("start", ...flags());
    expect(status).toBe(1);
    expect(stderr).toContain("data_test_clock_differs");
  });

  test("F46 `--partitions` is fixed when the folder is made", async () => {
    const other = [...flags(), "--test-clock", at, "--partitions", "3"];
    const { status, stderr } = await nightdesk("start", ...other);
    expect(status).toBe(1);
    expect(stderr).toContain("data_partitions_differ");
  });
});

describe("a worker without `--config`, and with limits", () => {
  const printed: string[] = [];
  let url = "";
  let child: ChildProcess;
  const flags = (): readonly string[] => ["--data", join(folder, "d-demo"), "--port", "0"];

  beforeAll(async () => {
    const limits = ["--limit", "textBytesMax=20", "--limit", "idsRememberedMax=3"];
    const all = [entry, "start", ...flags(), "--partitions", "1", ...limits];
    const started = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "ignore"] });
    child = started;
    for await (const line of createInterface({ input: started.stdout })) {
      printed.push(line);
      if (printed.filter((one) => one.startsWith("curl ")).length === 3) break;
    }
    url = printed[0]?.replace("listening on ", "") ?? "";
  });

  test("F45 the first line on standard output is `listening on http://127.0.0.1:PORT`", async () => {
    expect(printed[0]).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/u);
    expect((await exchange(url, "GET", "/healthz")).status).toBe(200);
  });

  test("F37 there is no test clock without the option", async () => {
    expect(await exchange(url, "POST", "/v1/test-clock", { advanceMs: 1 })).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
  });

  test("F44 the tenant is `demo`, and the printed curl lines show the timeline's reasons", async () => {
    const answers: string[] = [];
    for (const curl of printed.filter((one) => one.startsWith("curl "))) {
      answers.push(
        await new Promise<string>((resolve, reject) => {
          execFile("sh", ["-c", curl], (error, out) => {
            if (error === null) resolve(out);
            else reject(new Error(curl, { cause: error }));
          });
        }),
      );
    }
    expect(JSON.parse(answers[0] ?? "")).toMatchObject({ status: "available" });
    expect(JSON.parse(answers[1] ?? "")).toMatchObject({ state: "assigned", agent: "ana" });
    const { entries } = JSON.parse(answers[2] ?? "") as {
      entries: readonly { type: string; reason?: unknown }[];
    };
    expect(entries.find(({ type }) => type === "conversationAssigned")?.reason).toMatchObject({
      rule: "longest-idle",
      eligible: 1,
    });
  });

  test("F44 the sample has a queue `always` without a calendar, a queue `office` with one, two agents and three channels", async () => {
    const { body } = await exchange<Record<string, readonly Record<string, unknown>[]>>(
      `${url}/v1/tenants/demo`,
      "GET",
      "/configuration",
    );
    expect(body["agents"]?.map(({ id }) => id)).toEqual(["ana", "ben"]);
    expect(body["skillQueues"]?.map(({ id, calendar }) => [id, calendar !== undefined])).toEqual([
      ["always", false],
      ["office", true],
    ]);
    expect(body["channels"]?.map(({ kind }) => kind)).toEqual(["web", "whatsapp", "email"]);
  });

  const send = async (id: string, text: string): ReturnType<typeof exchange<Outcome>> =>
    exchange<Outcome>(`${url}/v1/tenants/demo`, "POST", "/messages", {
      id,
      channel: "web",
      customer: "v",
      text,
    });

  test("F46 `--limit NAME=VALUE` sets a limit by its name", async () => {
    expect(await send("long-1", "x".repeat(20))).toMatchObject({ status: 202 });
    expect(await send("long-2", "x".repeat(21))).toMatchObject({
      status: 422,
      body: { violations: [{ path: "/text", code: "too_long", limit: 20 }] },
    });
  });

  test("3.1.1 F46 the last `idsRememberedMax` ids of a partition are remembered, and a metric shows the window", async () => {
    const isRepeat = async (id: string): Promise<boolean | undefined> =>
      (await send(id, "x")).body.duplicate;
    for (const id of ["1", "2", "3"]) expect(await isRepeat(id)).toBe(false);
    expect(await isRepeat("1")).toBe(true);
    for (const id of ["4", "5", "6"]) expect(await isRepeat(id)).toBe(false);
    expect(await isRepeat("1")).toBe(false);
    expect(await isRepeat("6")).toBe(true);
    const metrics = (await exchange<string>(url, "GET", "/metrics")).body;
    expect(metrics).toMatch(/dedup|remembered/iu);
  });

  test("F45 F46 a stop exits 0; F47 its folder, begun without a test clock, refuses one", async () => {
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
    const { status, stderr } = await nightdesk("start", ...flags(), "--test-clock", at);
    expect(status).toBe(1);
    expect(stderr).toContain("data_test_clock_differs");
  });
});

test("F46 `./.nightdesk` is git-ignored", async () => {
  expect((await readFile(join(root, ".gitignore"), "utf8")).split("\n")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^\/?\.nightdesk\*?\/?$/u) as unknown]),
  );
});

test("F50 bench JSON: one result a figure, a percentile by `metric`, a variant in the name", async () => {
  const json = join(folder, "bench.json");
  const ended = spawn(
    process.execPath,
    [join(root, "bench", "run.ts"), "assign.latency", "--smoke", "--json", json],
    { stdio: "ignore" },
  );
  await once(ended, "exit");
  const { results } = JSON.parse(await readFile(json, "utf8")) as {
    readonly results: readonly {
      readonly name: string;
      readonly metric?: string;
      readonly value: unknown;
    }[];
  };
  const p99 = results.filter(
    ({ name, metric }) => name === "assign.latency/waiting=1000" && metric === "p99",
  );
  expect(p99).toHaveLength(1);
  expect(typeof p99[0]?.value).toBe("number");
});
