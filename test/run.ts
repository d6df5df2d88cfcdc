// `npm test`: runs vitest with whatever arguments were given, and says in the last line what came
// of it: `N passed, N failed`, or `N passed, N failed, N skipped`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tally } from "./tally.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

const folder = await mkdtemp(join(tmpdir(), "nightdesk-test-run-"));
try {
  const report = join(folder, "report.json");
  const exitCode = await runVitest(report);
  const counts = tally(await readFile(report, "utf8").catch(() => undefined), exitCode);
  const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
  if (counts.remark !== undefined) console.log(counts.remark);
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @returns vitest's exit code, or 1 when it was ended by a signal. */
async function runVitest(report: string): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      vitest,
      "run",
      "--config=test/vitest.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    {
      cwd: root,
      stdio: "inherit",
      // Tests start the commands a few hundred times: what one has compiled, the next ones take.
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
    },
  );
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
