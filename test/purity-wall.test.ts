import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./repository.ts";

// The wall around core is only as good as the settings that make it: here a small house with the
// same settings breaks every rule, and the tools must say so.

let house = "";

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), "nightdesk-wall-"));
  for (const room of ["core/configuration", "worker", "simulator"]) {
    await mkdir(join(house, room), { recursive: true });
  }
  for (const path of ["package.json", "tsconfig.json", "core/tsconfig.json", ".oxlintrc.json"]) {
    await cp(join(root, path), join(house, path));
  }
  await symlink(join(root, "node_modules"), join(house, "node_modules"));
});

afterAll(async () => {
  await rm(house, { recursive: true, force: true });
});

describe("the compiler refuses in core", () => {
  test.each([
    ["process", "process.exit(1);"],
    ["setTimeout", "setTimeout(() => undefined, 1);"],
    ["console", "console.log(1);"],
    ["performance", "performance.now();"],
    ["document", "document.title;"],
    ["node:fs", 'import "node:fs";'],
    ["Buffer", "Buffer.alloc(1);"],
  ])("%s", async (name, line) => {
    await put("core/breach.ts", `${line}\nexport const breach = 1;\n`);
    const { status, output } = tool("tsc", "-p", "core");
    expect(output).toMatch(new RegExp(`core/breach\\.ts.*'${name}'`, "u"));
    expect(status).not.toBe(0);
    await rm(join(house, "core/breach.ts"));
  });
});

describe("the linter refuses", () => {
  test.each([
    ["the present time", "core", "export const a = Date.now();", "Date"],
    ["chance", "core", "export const a = Math.random();", "Math.random"],
    ["time zones", "core", 'export const a = Temporal.Instant.from("");', "Temporal"],
    ["locales", "core", "export const a = new Intl.NumberFormat();", "Intl"],
    ["a package", "core", 'import { parse } from "yaml"; export const a = parse;', "yaml"],
    ["the worker", "core", 'import { b } from "../worker/b.ts"; export const a = b;', "worker"],
    [
      "the present time",
      "core/configuration",
      "export const a = Temporal.Now.instant();",
      "Temporal.Now",
    ],
    ["Date", "core/configuration", "export const a = new Date(0);", "Date"],
    ["a package", "core/configuration", 'import { v } from "ajv"; export const a = v;', "ajv"],
    [
      "the simulator",
      "worker",
      'import { b } from "../simulator/b.ts"; export const a = b;',
      "b.ts",
    ],
    ["the worker", "simulator", 'import { b } from "../worker/b.ts"; export const a = b;', "b.ts"],
  ])("%s in %s", async (_, room, line, named) => {
    await put(`${room}/breach.ts`, `${line}\n`);
    const { status, output } = tool("oxlint", "--format", "unix", room);
    expect(output).toMatch(/no-restricted-(?:globals|properties|imports)/u);
    expect(output).toContain(named);
    expect(status).not.toBe(0);
    await rm(join(house, `${room}/breach.ts`));
  });

  test("nothing of what core/configuration may do", async () => {
    await put(
      "core/configuration/allowed.ts",
      `import { Type } from "typebox";
import { parse } from "yaml";
import { breadth } from "../breadth.ts";
export const zone = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO("UTC");
export const all: readonly unknown[] = [Type.String(), parse, breadth];
`,
    );
    await put("core/breadth.ts", "export const breadth = 1;\n");
    expect(tool("oxlint", "--format", "unix", "core")).toEqual({ status: 0, output: "" });
  });
});

async function put(path: string, text: string): Promise<void> {
  await writeFile(join(house, path), text);
}

function tool(name: string, ...args: readonly string[]): { status: number | null; output: string } {
  const program = join(root, "node_modules", ".bin", name);
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: house, encoding: "utf8" });
  return { status, output: stdout + stderr };
}
