import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "vitest";

/** What some tests need from the machine beyond Node. */
export type Requirement = "docker" | "k6" | "redis" | "postgres" | "nats" | "chromium" | "mount";

/**
 * Ends the running test as skipped, with the reason, where the machine lacks one of `wanted`; goes on
 * where it has them all. What `NIGHTDESK_REQUIRE` names must be there: its absence is an error.
 *
 * @example
 * test("a container keeps its volume", async (context) => {
 *   needs(context, "docker");
 *   …
 * });
 */
export function needs(context: TestContext, ...wanted: readonly Requirement[]): void {
  const reason = reasonToSkip(wanted, process.env["NIGHTDESK_REQUIRE"], missing);
  if (reason !== undefined) context.skip(reason);
}

/**
 * Why a test with these requirements cannot run, or undefined if it can.
 *
 * @param required - the value of `NIGHTDESK_REQUIRE`: names separated by commas or blanks
 * @param findMissing - says what is missing for one requirement, or undefined
 * @throws Error for a required one that is missing, and for a name that is none
 */
export function reasonToSkip(
  wanted: readonly Requirement[],
  required: string | undefined,
  findMissing: (requirement: Requirement) => string | undefined,
): string | undefined {
  const names = (required ?? "").split(/[\s,]+/u).filter((name) => name !== "");
  const unknown = names.filter((name) => !(name in probes));
  if (unknown.length > 0) {
    throw new Error(
      `NIGHTDESK_REQUIRE names ${unknown.join(", ")}; it knows ${Object.keys(probes).join(", ")}`,
    );
  }
  for (const requirement of wanted) {
    const reason = findMissing(requirement);
    if (reason === undefined) continue;
    if (names.includes(requirement)) {
      throw new Error(`NIGHTDESK_REQUIRE asks for ${requirement}, but ${reason}`);
    }
    return `${requirement}: ${reason}`;
  }
  return undefined;
}

const probes: Readonly<Record<Requirement, () => string | undefined>> = {
  // The client alone says nothing: the daemon has to answer.
  docker: () =>
    noneOnPath("docker") ??
    (spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0
      ? undefined
      : "the docker daemon does not answer"),
  k6: () => noneOnPath("k6"),
  redis: () => noneOnPath("redis-server"),
  // Debian keeps the server's programs off PATH.
  postgres: () => noneOnPath("pg_ctl", "pg_ctlcluster"),
  nats: () => noneOnPath("nats-server"),
  chromium: () => noneOnPath("chromium", "chromium-browser", "google-chrome"),
  // To root alone, and in most containers not even to root.
  mount: () =>
    noneOnPath("mount") ??
    (spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" })
      .status === 0
      ? undefined
      : "file systems cannot be mounted by this user"),
};

const answers = new Map<Requirement, string | undefined>();

function missing(requirement: Requirement): string | undefined {
  if (!answers.has(requirement)) answers.set(requirement, probes[requirement]());
  return answers.get(requirement);
}

function noneOnPath(...programs: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = programs.some((name) => folders.some((folder) => existsSync(join(folder, name))));
  return found ? undefined : `no ${programs.join(" or ")} on PATH`;
}
