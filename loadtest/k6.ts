import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const version = "v1.8.1";
const cache = join(process.cwd(), ".cache", "bin");

/** Path of k6: the one on PATH, the one built before, or one built now with Go (minutes, once). */
export function findK6(): string {
  for (const candidate of ["k6", join(cache, "k6")]) {
    if (spawnSync(candidate, ["version"]).status === 0) return candidate;
  }
  process.stderr.write(`k6 is not on PATH; building ${version} with go install, once\n`);
  mkdirSync(cache, { recursive: true });
  const built = spawnSync("go", ["install", `go.k6.io/k6@${version}`], {
    env: { ...process.env, GOBIN: cache },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.status !== 0) throw new Error("k6 is neither installed nor could Go build it");
  return join(cache, "k6");
}

/** Run a script; answers k6's exit code, 99 where a threshold failed. */
export async function runK6(
  k6: string,
  script: string,
  summaryFile: string,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const environment = Object.entries(variables).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  const flags = ["--no-usage-report", "--summary-export", summaryFile, ...environment];
  const child = spawn(k6, ["run", ...flags, script], { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
