import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The peers, as they are measured. They are nobody's dependency: `.cache` has them. */
const manifest = {
  private: true,
  dependencies: { bullmq: "6.7.0", "graphile-worker": "0.17.3", ioredis: "6.0.0", pg: "8.23.1" },
  // Newer ones lack the bindings of some platforms.
  overrides: { "msgpackr-extract": "3.0.4" },
};

const folder = fileURLToPath(new URL("../../../.cache/peers/queues/", import.meta.url));

/** Installs the peers under `.cache`, once for each change of the versions above. */
export function providePackages(): void {
  const file = join(folder, "package.json");
  const wanted = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const installed = existsSync(join(folder, "node_modules", "bullmq"));
  if (installed && existsSync(file) && readFileSync(file, "utf8") === wanted) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, wanted);
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

export const versions: Readonly<Record<string, string>> = manifest.dependencies;

/** A package of theirs; who asks for it knows what it holds. */
export function packageOf(name: string): unknown {
  const require = createRequire(pathToFileURL(join(folder, "package.json")));
  return require(name);
}
