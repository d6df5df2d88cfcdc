// @ts-check
// `npm run client`: takes the OpenAPI document from a worker and makes the types of nightdesk/client
// from it. With --check it writes nothing, and fails where what is committed is not current.
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startService } from "../worker/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = join(root, "worker", "client");
// The generator wants TypeScript 5, which is not the project's: it comes from the registry each time.
const generator = ["-y", "-p", "openapi-typescript@7.13.0", "-p", "typescript@5.9.3"];
const names = ["openapi.json", "schema.ts"];

using folder = mkdtempDisposableSync(join(tmpdir(), "nightdesk-client-"));
const [document = "", types = ""] = names.map((name) => join(folder.path, name));
writeFileSync(document, JSON.stringify(await served(join(folder.path, "data"))));
// A key with a default may be left out of a body.
const options = ["--default-non-nullable=false", "--output", types];
run("npx", [...generator, "openapi-typescript", document, ...options]);
run(join(root, "node_modules", ".bin", "oxfmt"), [
  "-c",
  join(root, ".oxfmtrc.json"),
  document,
  types,
]);

if (process.argv.includes("--check")) {
  const stale = names.filter((name) => read(folder.path, name) !== read(committed, name));
  for (const name of stale) console.log(`worker/client/${name} is not current: npm run client`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const name of names) writeFileSync(join(committed, name), read(folder.path, name));
}

/**
 * @param {string} data
 * @returns {Promise<unknown>}
 */
async function served(data) {
  // With a test clock, since integrators have one call more then.
  const testClock = Date.UTC(2026, 0, 5);
  await using service = await startService({ data, port: 0, testClock, logLevel: "silent" });
  const answer = await fetch(`${service.url}/openapi.json`);
  return await answer.json();
}

/**
 * @param {string} folderPath
 * @param {string} name
 */
function read(folderPath, name) {
  return readFileSync(join(folderPath, name), "utf8");
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: folder.path, stdio: ["ignore", 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}
