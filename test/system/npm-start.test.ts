import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../repository.ts";

test("npm start is nightdesk start in the caller's folder, and passes its signals on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nightdesk-npm-start-"));
  // A group of its own, so that nothing outlives this test whatever becomes of npm.
  const npm = spawn(
    "npm",
    ["--prefix", root, "--silent", "start", "--", "--port", "0", "--data", "here"],
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"], detached: true },
  );
  onTestFinished(async () => {
    const isRunning = npm.exitCode === null && npm.signalCode === null;
    if (isRunning && npm.pid !== undefined) process.kill(-npm.pid, "SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const [line] = (await once(createInterface({ input: npm.stdout }), "line")) as [string];
  expect(line).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/u);
  expect(await readdir(folder)).toContain("here");

  const ended = once(npm, "exit");
  npm.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
