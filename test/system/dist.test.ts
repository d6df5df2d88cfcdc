import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { read, root } from "../repository.ts";

// What is published, started the way its users start it.

const manifest = JSON.parse(read("package.json")) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};
const commands = Object.entries(manifest.bin);

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightdesk-dist-"));
  const { status, stdout, stderr } = run(process.execPath, [".ci/build.mjs"]);
  expect(stdout + stderr).toBe("");
  expect(status).toBe(0);
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each(commands)("the command %s", (name, path) => {
  test("is found by npx in a clone, and explains itself with examples", () => {
    const { status, stdout } = run("npx", ["--no", "--", name, "--help"]);
    expect(stdout).toMatch(/\bExamples:/u);
    expect(status).toBe(0);
  });

  test("says on an older Node what it needs, and ends with 1 before loading anything", () => {
    const preload = `import { registerHooks } from "node:module";
      Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });
      registerHooks({
        resolve(specifier, context, next) {
          console.log(specifier.slice(specifier.lastIndexOf("/") + 1));
          return next(specifier, context);
        },
      });`;
    const { status, stdout, stderr } = run(process.execPath, [
      "--import",
      `data:text/javascript,${encodeURIComponent(preload)}`,
      join(root, path),
      "--help",
    ]);
    expect(stderr).toMatch(new RegExp(`^${name} needs Node\\.js 26 or newer`, "u"));
    expect(stdout).toBe("bin.js\n");
    expect(status).toBe(1);
  });
});

test("nightdesk schema prints the JSON Schema of the configuration", () => {
  const { status, stdout } = run("npx", ["--no", "--", "nightdesk", "schema"]);
  const schema = JSON.parse(stdout) as { readonly properties: Readonly<Record<string, unknown>> };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(["calendars", "skillQueues", "agents", "channels"]),
  );
  expect(status).toBe(0);
});

test("nightdesk start serves from dist with its threads, and ends in peace on SIGTERM", async () => {
  const path = manifest.bin["nightdesk"] ?? "";
  const worker = spawn(
    process.execPath,
    [join(root, path), "start", "--port", "0", "--threads", "2", "--data", join(folder, "data")],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  onTestFinished(() => void worker.kill("SIGKILL"));
  const address = await addressOf(worker);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  const ended = once(worker, "exit");
  worker.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("every export has its code and its types in dist", () => {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
});

function run(program: string, args: readonly string[]) {
  return spawnSync(program, args, { cwd: root, encoding: "utf8", timeout: 60_000 });
}

/** From the first line that the worker prints, or an error with what it printed instead. */
async function addressOf(worker: ChildProcess): Promise<string> {
  if (worker.stdout === null || worker.stderr === null) throw new Error("not piped");
  let complaints = "";
  worker.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  for await (const line of createInterface({ input: worker.stdout })) {
    const address = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/u.exec(line)?.[1];
    if (address === undefined) throw new Error(`expected an address, got ${line}`);
    return address;
  }
  throw new Error(`the worker ended before it listened:\n${complaints}`);
}
