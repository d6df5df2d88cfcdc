// @ts-check
// `npm run check`: everything a machine can say about the source without running it. All of the
// checks run, and all that fail are shown.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const programs = join(root, "node_modules", ".bin");

/** Command and arguments, by what they check. */
const checks = {
  types: ["tsc", "-p", "."],
  "purity of core": ["tsc", "-p", "core"],
  lint: ["oxlint", "--deny-warnings", "--format", "unix"],
  format: ["oxfmt", "--check", "."],
  "dead code": ["knip", "--treat-config-hints-as-errors"],
};

const startedAt = performance.now();
const outcomes = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => ({ name, ...(await run(command)) })),
);
for (const { name, status, output } of outcomes) {
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
  if (status !== 0) console.log(output.trimEnd());
}
const failed = outcomes.filter(({ status }) => status !== 0).length;
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`${outcomes.length - failed} checks passed, ${failed} failed, in ${seconds} s`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {string[]} command
 * @returns {Promise<{ status: number, output: string }>}
 */
function run([name = "", ...args]) {
  /** @type {PromiseWithResolvers<{ status: number, output: string }>} */
  const { promise, resolve } = Promise.withResolvers();
  const child = spawn(name, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: programs + delimiter + process.env["PATH"] },
  });
  let output = "";
  const collect = (/** @type {string} */ chunk) => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  child.on("error", (error) => resolve({ status: 1, output: error.message }));
  child.on("close", (code) => resolve({ status: code ?? 1, output }));
  return promise;
}
