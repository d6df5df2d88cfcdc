import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../repository.ts";
import { nightdesk } from "./nightdesk-in-process.ts";

let folder = "";

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), "nightdesk-cli-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  folder = made;
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("help", () => {
  test.each(["start", "check", "schema"])("%s explains itself with examples", async (command) => {
    const { status, stdout } = await nightdesk(command, "--help");
    expect(stdout).toMatch(new RegExp(`nightdesk ${command}[\\s\\S]*Examples:`, "u"));
    expect(status).toBe(0);
  });

  test("nightdesk alone shows what there is, and ends with 64", async () => {
    const { status, stderr } = await nightdesk();
    expect(stderr).toMatch(/start[\s\S]*check[\s\S]*schema[\s\S]*Examples:/u);
    expect(status).toBe(64);
  });
});

test.each([
  [["frobnicate"], "Unknown"],
  [["check"], "Not enough"],
  [["start", "--frob"], "frob"],
  [["start", "--port", "abc"], "--port"],
  [["start", "--port", "65536"], "--port"],
  [["start", "--threads", "0"], "--threads"],
  [["start", "--partitions", "1.5"], "--partitions"],
  [["start", "--journal-hours", "0"], "--journal-hours"],
  [["start", "--data", "a", "--data", "b"], "--data"],
  [["start", "--test-clock", "yesterday"], "--test-clock"],
  [["start", "--port"], "port"],
  [["start", "--port="], "--port"],
  [["start", "--port", ""], "--port"],
  [["start", "--stop-timeout-seconds="], "--stop-timeout-seconds"],
  [["journal", "verify", "data", "--partition="], "--partition"],
  [["start", "--limit", "nonsense=1"], "nonsense"],
  [["start", "--limit", "batchCommandsMax=0"], "batchCommandsMax"],
  [["start", "--limit", "batchCommandsMax"], "batchCommandsMax"],
  [["start", "--log-level", "loud"], "loud"],
])("the usage error %j ends with 64 and says what is wrong", async (args, complaint) => {
  const { status, stdout, stderr } = await nightdesk(...args);
  expect(stderr).toContain(complaint);
  expect(stdout).toBe("");
  expect(status).toBe(64);
});

const sixMistakes = `calendars:
  - id: office
    timeZone: Europe/Nowhere
skillQueues:
  - id: billing
    calendar: offices
    offerTimeoutSeconds: 4
agents:
  - id: ana
    skills: { billing: 11 }
    capacity: 6
channels:
  - id: wa
    kind: line
    skillQueue: billing
    offlineMessages:
      enabled: true
      prompt: "a < b"
`;

describe("check", () => {
  test("says all that is wrong, a line each with its place, and ends with 1", async () => {
    const path = file("acme.yaml", sixMistakes);
    const { status, stdout } = await nightdesk("check", path);
    const lines = stdout.trimEnd().split("\n");
    const seen = lines.map((line) => {
      const [, place, code] = /^.*acme\.yaml:(\d+:\d+ \S+) (\w+) ./u.exec(line) ?? [];
      return `${place} ${code}`;
    });
    expect(seen).toEqual([
      "3:5 /calendars/0/timeZone time_zone_unknown",
      "6:5 /skillQueues/0/calendar unknown_reference",
      "7:5 /skillQueues/0/offerTimeoutSeconds out_of_range",
      "10:15 /agents/0/skills/billing out_of_range",
      "14:5 /channels/0/kind channel_kind_unsupported",
      "18:7 /channels/0/offlineMessages/prompt prompt_forbidden_character",
    ]);
    expect(status).toBe(1);
  });

  test("has the same as JSON", async () => {
    const { status, stdout } = await nightdesk("check", file("acme.yaml", sixMistakes), "--json");
    const answer = JSON.parse(stdout) as { valid: boolean; problems: { line: number }[] };
    expect(answer.valid).toBe(false);
    expect(answer.problems.map(({ line }) => line)).toEqual([3, 6, 7, 10, 14, 18]);
    expect(status).toBe(1);
  });

  test("has nothing to say of the sample tenant, and ends with 0", async () => {
    expect(await nightdesk("check", join(root, "worker/demo.yaml"))).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("warns of what is probably not meant, and ends with 0", async () => {
    const text = `skillQueues: [{ id: q }]
agents: [{ id: ana, skills: { q: 1 }, capacity: 1 }]
channels:
  - id: sms
    kind: sms
    skillQueue: q
    offlineMessages: { enabled: true, prompt: Never sent }
`;
    const { status, stdout, stderr } = await nightdesk("check", file("acme.yaml", text));
    expect(stderr).toMatch(/^warning: .*acme\.yaml:7:\d+ \S+ prompt_unused /u);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  test("says where a text cannot be read at all", async () => {
    const { status, stdout } = await nightdesk("check", file("acme.json", '{\n  "agents": [,]\n}'));
    expect(stdout).toMatch(/acme\.json:2:\d+ "" unreadable_body ./u);
    expect(status).toBe(1);
  });

  test("names the line that is no UTF-8, as a prompt saved in another encoding is", async () => {
    const path = join(folder, "acme.yaml");
    writeFileSync(path, Buffer.from("agents: []\n# \xfc\n", "latin1"));
    const { status, stdout } = await nightdesk("check", path);
    expect(stdout).toMatch(/acme\.yaml:2:1 "" unreadable_body The line is not UTF-8/u);
    expect(status).toBe(1);
  });

  test("says that a file is not there", async () => {
    const { status, stderr } = await nightdesk("check", join(folder, "absent.yaml"));
    expect(stderr).toContain("ENOENT");
    expect(status).toBe(1);
  });
});

describe("start", () => {
  test("with files that are wrong says all that is wrong in all of them, and ends with 1", async () => {
    file("one.yaml", sixMistakes);
    file("two.yml", "agents: []\nfrob: 1\n");
    file("three.json", "{}");
    file("notes.txt", "not a configuration");
    const { status, stderr } = await nightdesk(
      "start",
      "--config",
      folder,
      "--data",
      join(folder, "d"),
    );
    expect(stderr).toMatch(/one\.yaml:3:5 \/calendars\/0\/timeZone time_zone_unknown/u);
    expect(stderr).toMatch(/two\.yml:2:1 \/frob unknown_key/u);
    expect(status).toBe(1);
  });

  test("reads files by links, as containers mount them, and no link that leads nowhere", async () => {
    const mounted = join(folder, "mounted");
    mkdirSync(mounted);
    symlinkSync(file("real.yaml", "frob: 1\n"), join(mounted, "acme.yaml"));
    symlinkSync(join(folder, "nowhere"), join(mounted, "gone.yaml"));
    const data = join(folder, "d");
    const { status, stderr } = await nightdesk("start", "--config", mounted, "--data", data);
    expect(stderr).toMatch(/^\S*acme\.yaml:1:1 \/frob unknown_key [^\n]*\n?$/u);
    expect(status).toBe(1);
  });

  test("refuses two files for one tenant", async () => {
    const text = "skillQueues: []\nagents: []\nchannels: []\n";
    file("acme.yaml", text);
    file("acme.yml", text);
    const { status, stderr } = await nightdesk(
      "start",
      "--config",
      folder,
      "--data",
      join(folder, "d"),
    );
    expect(stderr).toContain("duplicate_id");
    expect(status).toBe(1);
  });
});
