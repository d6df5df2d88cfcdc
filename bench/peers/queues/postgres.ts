import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../usage.ts";
import { type Database, startDatabase } from "./database-process.ts";
import { freePort } from "./free-port.ts";

/** Where Debian keeps the programs of each version. */
const debianFolder = "/usr/lib/postgresql";

interface Programs {
  readonly folder: string;
  readonly version: string;
}

/** Errors: `UsageError` where PostgreSQL is not installed. */
export function postgresVersion(): string {
  return programs().version;
}

function programs(): Programs {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0] ?? "";
  const folder = join(debianFolder, newest, "bin");
  if (newest === "" || !existsSync(join(folder, "initdb"))) {
    throw new UsageError(
      `there is no PostgreSQL in ${debianFolder}; on Debian: apt-get install postgresql`,
    );
  }
  const said = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
  return { folder, version: /\d+(?:\.\d+)*/u.exec(said)?.[0] ?? said.trim() };
}

/**
 * A PostgreSQL of our own, in a temporary folder that goes with it. It refuses to run as root, so root
 * runs it as the user whom the package made.
 *
 * @param synchronous whether a commit waits until it is on the disk
 */
export async function startPostgres(synchronous: boolean): Promise<Database> {
  const { folder: bin } = programs();
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-postgres-"));
  const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const making = ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"];
  execFileSync(join(bin, "initdb"), [...making, "--locale=C"], {
    ...user,
    cwd: folder,
    stdio: "pipe",
  });
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    port,
    synchronous_commit: synchronous ? "on" : "off",
    shared_buffers: "256MB",
    max_wal_size: "2GB",
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return startDatabase(join(bin, "postgres"), ["-D", data, ...flags], {
    ...user,
    cwd: folder,
    port,
    folder,
    ready: /ready to accept connections/u,
    endsBy: "SIGINT",
  });
}

function idOf(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
}
