import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorker } from "../../loadtest/worker-process.ts";
import { document } from "./documents.ts";
import { exchange } from "./wire.ts";

const entry = fileURLToPath(new URL("../../worker/bin.ts", import.meta.url));
const root = dirname(dirname(entry));
const at = "2026-03-02T12:00:00.000Z";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightdesk-command-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `nightdesk` to its end. */
async function nightdesk(...flags: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...flags], { cwd: folder }, (error, out, err) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      resolve({ code, out, err });
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
  for (const flags of [
    ["nonsense"],
    ["start", "--port", "x"],
    ["start", "--limit", "no=1"],
    ["check"],
  ]) {
    const { code, err } = await nightdesk(...flags);
    expect(code, flags.join(" ")).toBe(64);
    expect(err, flags.join(" ")).not.toBe("");
  }
});

test("F43 F46 `--help` everywhere, with examples; that of start shows the flags with their defaults", async () => {
  const shown = new Map<string, string>();
  for (const command of ["start", "check", "schema"]) {
    const { code, out } = await nightdesk(command, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:/u);
    expect(out).toContain(`nightdesk ${command}`);
    shown.set(command, out);
  }
  const start = shown.get("start") ?? "";
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
  expect((await nightdesk("check", path)).code).toBe(0);
});

test("F48 `check`: one line a problem, `FILE:LINE:COLUMN path code message`; exit 1", async () => {
  const path = await file("bad.yaml", invalid);
  const { code, out } = await nightdesk("check", path);
  expect(code).toBe(1);
  const found = out
    .split("\n")
    .filter((line) => line.startsWith(`${path}:`))
    .map((line) =>
      /^:(\d+):\d+ (\S+) (\S+) \S/u.exec(line.slice(path.length))?.slice(1, 4).join(" "),
    );
  expect(new Set(found)).toEqual(
    new Set([
      "3 /skillQueues/0/colour unknown_key",
      "5 /agents/0/capacity required",
      "6 /agents/0/skills/q out_of_range",
      "8 /channels/0/kind channel_kind_unsupported",
    ]),
  );
});

test("F48 `check --json` answers with JSON", async () => {
  const { code, out } = await nightdesk("check", await file("bad2.yaml", invalid), "--json");
  expect(code).toBe(1);
  const text = JSON.stringify(JSON.parse(out));
  for (const one of [
    "unknown_key",
    "required",
    "out_of_range",
    "channel_kind_unsupported",
    "/agents/0/skills/q",
  ])
    expect(text).toContain(one);
  expect((await nightdesk("check", await file("good2.yaml", valid), "--json")).code).toBe(0);
});

test("F48 `check` of what is no YAML or not there exits 1 or 64, with a place", async () => {
  const path = await file("broken.yaml", "skillQueues: [\n  {");
  const broken = await nightdesk("check", path);
  expect(broken.code).toBe(1);
  expect(broken.out + broken.err).toContain(`${path}:`);
  expect((await nightdesk("check", join(folder, "missing.yaml"))).code).not.toBe(0);
});

test("5.0.2 `schema` prints the JSON Schema of the configuration", async () => {
  const { code, out } = await nightdesk("schema");
  expect(code).toBe(0);
  const schema = JSON.parse(out) as { properties: Record<string, unknown> };
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
  const { code, out, err } = await nightdesk(
    "start",
    "--config",
    path,
    "--data",
    join(folder, "d-invalid"),
    "--port",
    "0",
  );
  expect(code).toBe(1);
  for (const one of ["unknown_key", "required", "out_of_range", "channel_kind_unsupported"])
    expect(out + err).toContain(one);
  expect(out).not.toContain("listening");
});

test("F44 `--config FILE` names its tenant by the stem, `--config DIR` holds one file a tenant; applied at each start", async () => {
  await file("tenants/one.yaml", valid);
  await file("tenants/two.json", JSON.stringify(document()));
  const flags = [
    "--config",
    join(folder, "tenants"),
    "--data",
    join(folder, "d-dir"),
    "--port",
    "0",
    "--test-clock",
    at,
  ];
  const first = await startWorker(flags);
  const agents = async (url: string, tenant: string): Promise<unknown> =>
    (
      await exchange<{ items: readonly { id: string }[] }>(
        `${url}/v1/tenants/${tenant}`,
        "GET",
        "/agents",
      )
    ).body;
  expect(await agents(first.url, "one")).toMatchObject({ items: [{ id: "ana", capacity: 2 }] });
  expect(await agents(first.url, "two")).toMatchObject({ items: [{ id: "ana", capacity: 3 }] });
  expect((await exchange(`${first.url}/v1/tenants/demo`, "GET", "/agents")).status).toBe(404);
  expect(await first.stop()).toBe(0);
  await file("tenants/one.yaml", valid.replace("capacity: 2", "capacity: 7"));
  const second = await startWorker(flags);
  expect(await agents(second.url, "one")).toMatchObject({ items: [{ id: "ana", capacity: 7 }] });
  await second.stop();
});

test("F45 the first line on standard output is `listening on http://127.0.0.1:PORT`; a stop exits 0", async () => {
  const child = spawn(
    process.execPath,
    [entry, "start", "--data", join(folder, "d-first"), "--port", "0"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, "line")) as [string];
  expect(first).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/u);
  const url = first.replace("listening on ", "");
  // F37: without the option there is no such call.
  expect((await exchange(url, "POST", "/v1/test-clock", { advanceMs: 1 })).status).toBe(404);
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
});

test("F44 without `--config` the tenant is `demo`, and the printed curl lines show the timeline's reasons", async () => {
  const child = spawn(
    process.execPath,
    [entry, "start", "--data", join(folder, "d-demo"), "--port", "0"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.filter((one) => one.startsWith("curl ")).length === 3) break;
  }
  const curls = printed.filter((one) => one.startsWith("curl "));
  const answers: string[] = [];
  for (const curl of curls) {
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
  const url = printed[0]?.replace("listening on ", "") ?? "";
  const { body } = await exchange<Record<string, readonly Record<string, unknown>[]>>(
    `${url}/v1/tenants/demo`,
    "GET",
    "/configuration",
  );
  expect(body["agents"]?.map(({ id }) => id)).toEqual(["ana", "ben"]);
  expect(
    body["skillQueues"]?.map(({ id, calendar }) => [
      id,
      calendar === undefined || calendar === null,
    ]),
  ).toEqual([
    ["always", true],
    ["office", false],
  ]);
  expect(body["channels"]?.map(({ kind }) => kind)).toEqual(["web", "whatsapp", "email"]);
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("F47 a data folder begun with a test clock refuses to start without one, and the reverse", async () => {
  const data = join(folder, "d-clock");
  const flags = ["--data", data, "--port", "0"];
  const first = await startWorker([...flags, "--test-clock", at]);
  await first.stop();
  const without = await nightdesk("start", ...flags);
  expect(without.code).toBe(1);
  expect(without.err).toContain("data_test_clock_differs");
  const other = join(folder, "d-real");
  const real = await startWorker(["--data", other, "--port", "0"]);
  await real.stop();
  const reverse = await nightdesk("start", "--data", other, "--port", "0", "--test-clock", at);
  expect(reverse.code).toBe(1);
});

test("F47 after a restart the clock stands at the later of TIME and the last journaled instant", async () => {
  const flags = ["--data", join(folder, "d-later"), "--port", "0", "--test-clock"];
  const first = await startWorker([...flags, at]);
  const now = async (url: string): Promise<string> =>
    (await exchange<{ now: string }>(url, "POST", "/v1/test-clock", { advanceMs: 0 })).body.now;
  await exchange(first.url, "POST", "/v1/test-clock", { advanceMs: 3_600_000 });
  await first.kill();
  const second = await startWorker([...flags, at]);
  expect(await now(second.url)).toBe("2026-03-02T13:00:00.000Z");
  await second.stop();
  const third = await startWorker([...flags, "2026-03-05T00:00:00Z"]);
  expect(await now(third.url)).toBe("2026-03-05T00:00:00.000Z");
  await third.stop();
});

test("F46 `--partitions` is fixed when the folder is made", async () => {
  const flags = ["--data", join(folder, "d-parts"), "--port", "0", "--partitions"];
  const first = await startWorker([...flags, "2"]);
  await first.stop();
  const other = await nightdesk("start", ...flags, "3");
  expect(other.code).toBe(1);
  expect(other.err).toContain("data_partitions_differ");
});

test("F46 `--limit NAME=VALUE` sets a limit by its name", async () => {
  const worker = await startWorker([
    "--data",
    join(folder, "d-limit"),
    "--port",
    "0",
    "--limit",
    "textBytesMax=10",
  ]);
  const send = async (id: string, text: string): Promise<number> =>
    (
      await exchange(`${worker.url}/v1/tenants/demo`, "POST", "/messages", {
        id,
        channel: "web",
        customer: "v",
        text,
      })
    ).status;
  expect(await send("1", "x".repeat(10))).toBe(202);
  expect([413, 422]).toContain(await send("2", "x".repeat(11)));
  await worker.stop();
});

test("3.1.1 F46 the last `idsRememberedMax` ids of a partition are remembered, and a metric shows the window", async () => {
  const worker = await startWorker([
    "--data",
    join(folder, "d-ids"),
    "--port",
    "0",
    "--partitions",
    "1",
    "--limit",
    "idsRememberedMax=3",
  ]);
  const send = async (id: string): Promise<unknown> =>
    (
      await exchange<{ duplicate?: boolean }>(
        `${worker.url}/v1/tenants/demo`,
        "POST",
        "/messages",
        { id, channel: "web", customer: "v", text: "x" },
      )
    ).body.duplicate ?? false;
  for (const id of ["1", "2", "3"]) expect(await send(id)).toBe(false);
  expect(await send("1")).toBe(true);
  for (const id of ["4", "5", "6"]) expect(await send(id)).toBe(false);
  expect(await send("1")).toBe(false);
  expect(await send("6")).toBe(true);
  const metrics = (await exchange<string>(worker.url, "GET", "/metrics")).body;
  expect(metrics).toMatch(/dedup|remembered/iu);
  await worker.stop();
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
