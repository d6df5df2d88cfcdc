import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startWorker } from "../../loadtest/worker-process.ts";
import { createNightdeskClient, createWorkerClient } from "../../worker/client/client.ts";
import { seed } from "./seed.ts";

// `npm run fuzz`: every route of /openapi.json, each with requests that its schema allows and ones it
// does not, by schemathesis. No answer may be a 5xx or other than described, the worker has to live
// through it, and what it then shows has to be what its journal says: after a power cut it shows the
// same again, so nothing that was asked is half applied.

const root = fileURLToPath(new URL("../..", import.meta.url));
const packageVersion = "schemathesis==4.32.5";
const secondsMax = 110;
/** Where a test clock is sent to: behind it, a little ahead, and what is no time. */
const instants = ["2026-01-01T00:00:00Z", "2026-01-06T08:59:59.999+01:00", "2026-02-30T00:00:00Z"];

const schemathesis = await install();
await using folder = await mkdtempDisposable(join(tmpdir(), "nightdesk-fuzz-"));
const data = join(folder.path, "data");
// Time stands still, so that the views before and after are of the same instant.
const flags = ["--data", data, "--port", "0", "--test-clock", "2026-01-05T09:00:00.000Z"];

let worker = await startWorker(flags);
try {
  await seed(worker.url);
  const fuzzed = await fuzz(worker.url);
  const before = await views(worker.url);
  await worker.kill();
  const verify = ["worker/bin.ts", "journal", "verify", data];
  const verified = await run(process.execPath, verify, { stdio: ["ignore", "ignore", "inherit"] });
  worker = await startWorker(flags);
  const after = await views(worker.url);
  const failed = Object.entries({
    "no answer was a 5xx or other than described": fuzzed === 0,
    "the journal is sound after a power cut": verified === 0,
    "a restart shows what was shown before": before === after,
  }).filter(([, holds]) => !holds);
  for (const [claim] of failed) console.log(`FAILED: ${claim}`);
  console.log(`${before.length} bytes of views compared, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await worker.stop();
}

/** @returns the program, from a folder of its own that stays for the next time. */
async function install(): Promise<string> {
  const environment = join(root, ".cache", packageVersion.replace("==", "-"));
  const program = join(environment, "bin", "schemathesis");
  if (existsSync(program)) return program;
  const python = join(environment, "bin", "python");
  for (const [command, ...args] of [
    ["python3", "-m", "venv", environment],
    [python, "-m", "pip", "install", "--quiet", packageVersion],
  ]) {
    if ((await run(command ?? "", args)) !== 0) throw new Error(`${packageVersion} is not there`);
  }
  return program;
}

async function fuzz(url: string): Promise<number> {
  const config = join(root, "test", "fuzz", "schemathesis.toml");
  const document = join(folder.path, "openapi.json");
  await writeFile(document, impatient(await (await fetch(`${url}/openapi.json`)).text()));
  const args = ["--config-file", config, "--no-color", "run", document, "--url", url];
  const bounds = ["--max-time", String(secondsMax)];
  return run(schemathesis, [...args, ...bounds], { cwd: folder.path });
}

/**
 * As the worker serves it, but that a poll waits for 50 ms at most and the test clock goes by a week at
 * most: there are thousands of requests, and ten years of a calendar take longer than one may.
 */
function impatient(document: string): string {
  return JSON.stringify(JSON.parse(document), (key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if (key === "advanceMs") return { ...value, maximum: 7 * 24 * 3_600_000 };
    if (key === "to" && "format" in value) return { ...value, enum: instants };
    if (!("name" in value) || value.name !== "waitMs") return value;
    return { ...value, schema: { type: "integer", minimum: 0, maximum: 50 } };
  });
}

/** Everything of the tenant that can be asked for, as text. */
async function views(url: string): Promise<string> {
  const nightdesk = createNightdeskClient({ baseUrl: url, tenant: "fuzz" });
  const ready = await createWorkerClient({ baseUrl: url }).GET("/readyz");
  const parts: unknown[] = [ready.data];
  for (const path of ["/configuration", "/agents", "/queues"] as const) {
    parts.push((await nightdesk.GET(path)).data);
  }
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const { data: page } = await nightdesk.GET("/conversations", { params: { query } });
    if (page === undefined) throw new Error("conversations cannot be listed");
    ids.push(...page.items.map(({ id }) => id));
    parts.push(page.items);
    cursor = page.next ?? undefined;
    if (cursor === undefined) break;
  }
  for (const conversation of ids) {
    const params = { path: { conversation } };
    parts.push((await nightdesk.GET("/conversations/{conversation}/timeline", { params })).data);
  }
  for (const channel of ["web", "mail", "sms"]) {
    const params = { path: { channel } };
    parts.push((await nightdesk.GET("/channels/{channel}/deliveries", { params })).data);
  }
  return JSON.stringify(parts);
}

async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
