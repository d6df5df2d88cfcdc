import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../usage.ts";
import { type Database, startDatabase } from "./database-process.ts";
import { freePort } from "./free-port.ts";

/** What Redis keeps of what it was told: nothing, what is older than a second, everything. */
export type AppendOnly = "no" | "everysec" | "always";

/** Errors: `UsageError` where Redis is not installed. */
export function redisVersion(): string {
  try {
    const said = execFileSync("redis-server", ["--version"], { encoding: "utf8" });
    return /v=(\S+)/u.exec(said)?.[1] ?? said.trim();
  } catch {
    throw new UsageError(
      "there is no redis-server in PATH; on Debian: apt-get install redis-server",
    );
  }
}

/** A Redis of our own, in a temporary folder that goes with it. */
export async function startRedis(appendOnly: AppendOnly): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-redis-"));
  const port = await freePort();
  const appending =
    appendOnly === "no"
      ? ["--appendonly", "no"]
      : ["--appendonly", "yes", "--appendfsync", appendOnly];
  const argv = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  return startDatabase("redis-server", [...argv, ...appending], {
    port,
    folder,
    ready: /Ready to accept connections/u,
    endsBy: "SIGTERM",
  });
}
