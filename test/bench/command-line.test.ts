import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { benchmarks } from "../../bench/catalogue.ts";
import { units } from "../../bench/figures.ts";
import { root } from "../repository.ts";

function run(script: string, argv: readonly string[], path = process.env["PATH"]) {
  const env = { ...process.env, PATH: path };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...argv], {
    cwd: root,
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

describe("npm run bench", () => {
  test("refuses a name it does not know with 64 and says which there are", () => {
    const { status, stderr, stdout } = run("bench/run.ts", ["assign.nothing", "timers.arm-cancel"]);
    expect(status).toBe(64);
    expect(stderr).toMatch(/^no such benchmark: assign\.nothing; there are .*assign\.interned,/u);
    expect(stdout).toBe("");
  });

  test.each([
    [["--frobnicate"], /frobnicate/u],
    [["--observations", "0"], /--observations 0: a whole number from 1 to 100/u],
    [["--json"], /json/u],
  ] as const)("refuses %j with 64", (argv, message) => {
    const { status, stderr } = run("bench/run.ts", argv);
    expect(status).toBe(64);
    expect(stderr).toMatch(message);
  });

  test("lists every benchmark with its goal and what it is not", () => {
    const { status, stdout } = run("bench/run.ts", ["--list"]);
    expect(status).toBe(0);
    for (const { name, goal, nonGoal } of benchmarks) {
      expect(stdout).toContain(`${name}\n  measures ${goal}\n  not ${nonGoal}\n`);
    }
  });

  test("explains itself with examples", () => {
    const { status, stdout } = run("bench/run.ts", ["--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("--smoke");
  });

  test("keeps environment, figures and each observation, and one seed gives one result", () => {
    const folder = mkdtempSync(join(tmpdir(), "nightdesk-bench-test-"));
    try {
      const file = join(folder, "new", "figures.json");
      const argv = ["timers.arm-cancel", "--smoke", "--observations", "2", "--json", file];
      expect(run("bench/run.ts", argv)).toMatchObject({ status: 0 });
      const kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      expect(kept["environment"]).toMatchObject({
        node: process.versions.node,
        smoke: true,
        observations: 2,
      });
      const unit = expect.toBeOneOf([...units]) as unknown;
      const number = expect.any(Number) as unknown;
      expect(kept["results"]).toEqual([
        {
          name: "timers.arm-cancel/armed=10000",
          metric: "throughput",
          unit,
          value: number,
          samples: number,
          resultHash: expect.stringMatching(/^[0-9a-f]+$/u) as unknown,
        },
      ]);
      expect((kept["observations"] as Record<string, unknown[]>)["timers.arm-cancel"]).toHaveLength(
        2,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("npm run bench:compare", () => {
  test.each([
    [["no-such-commit"], /no-such-commit is no commit of this repository/u],
    [["HEAD", "nothing"], /no such benchmark: nothing/u],
    [["HEAD", "--pairs", "1"], /--pairs 1: a whole number from 2/u],
    [[], /base|[Nn]ot enough/u],
  ] as const)("refuses %j with 64", (argv, message) => {
    const { status, stderr } = run("bench/compare.ts", argv);
    expect(status).toBe(64);
    expect(stderr).toMatch(message);
  });

  test("lists what the base lacks as new, and leaves no checkout behind", () => {
    const nothing = commitOfNothing();
    const before = git("worktree", "list");
    const argv = [nothing, "timers.arm-cancel", "--smoke"];
    const { status, stdout } = run("bench/compare.ts", argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^timers\.arm-cancel: new,/mu);
    expect(git("worktree", "list")).toBe(before);
  });
});

describe("npm run bench:peers", () => {
  test("refuses peers it does not know with 64", () => {
    const { status, stderr } = run("bench/peers/run.ts", ["queues", "nobody"]);
    expect(status).toBe(64);
    expect(stderr).toMatch(/no such peers: nobody; there are queues, simulators/u);
  });

  test("says what is missing where there is no Redis, and exits with 64", () => {
    const argv = ["queues", "--only", "bullmq", "--smoke"];
    const { status, stderr, stdout } = run("bench/peers/run.ts", argv, "");
    expect(status).toBe(64);
    expect(stderr).toMatch(/no redis-server in PATH; on Debian: apt-get install redis-server/u);
    expect(stdout).toBe("");
  });

  test("refuses a contestant it does not know with 64", () => {
    const { status, stderr } = run("bench/peers/run.ts", ["queues", "--only", "rabbit"]);
    expect(status).toBe(64);
    expect(stderr).toMatch(/no contestant has rabbit in its name; there are Nightdesk/u);
  });
});

/** A commit without any file, which no branch has. */
function commitOfNothing(): string {
  const someone = ["-c", "user.name=nobody", "-c", "user.email=nobody@invalid"];
  const tree = git("mktree");
  return git(...someone, "commit-tree", tree, "-m", "nothing");
}

function git(...argv: readonly string[]): string {
  return execFileSync("git", ["-C", root, ...argv], { encoding: "utf8", input: "" }).trim();
}
