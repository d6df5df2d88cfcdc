import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Every file of the repository that git tracks or would track, by path from the root. */
export const files: readonly string[] = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  { cwd: root, encoding: "utf8" },
)
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(root, path)))
  .filter((path, index, all) => all.indexOf(path) === index && statSync(join(root, path)).isFile());

/** A TypeScript file with what the tidy rules look at. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Without comments and with empty strings, line by line as in `text`. */
  readonly code: string;
  readonly imports: readonly string[];
}

export const sources: readonly Source[] = files
  .filter((path) => /\.m?ts$/u.test(path))
  .map((path) => {
    const text = read(path);
    return { path, text, code: withoutCommentsAndStrings(text), imports: importsOf(text) };
  });

/** The sources of what is shipped. */
export const product: readonly Source[] = sources.filter(({ path }) =>
  ["core", "worker", "simulator"].includes(roomOf(path)),
);

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** `core`, `worker`, …: the first folder of a path. */
export function roomOf(path: string): string {
  return path.split("/")[0] ?? "";
}

/** The path that a relative import means, from the root. */
export function resolveImport(from: string, specifier: string): string {
  return posix.join(dirname(from), specifier);
}

/** Static and dynamic imports, re-exports, and code named beside `import.meta.url`. */
function importsOf(text: string): readonly string[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gmu, "");
  const patterns = [
    /^(?:import|export)\s[^;"']*?\sfrom\s+["']([^"']+)["']/gmu,
    /^import\s+["']([^"']+)["']/gmu,
    /\bimport\(\s*["']([^"']+)["']\s*\)/gu,
    /\bnew URL\(\s*["'](\.[^"']+\.m?[jt]s)["']\s*,\s*import\.meta\.url/gu,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].flatMap(([, specifier]) => specifier ?? []),
  );
}

/**
 * Good enough for the house's own code: a template keeps its text, since what stands in its `${}`
 * is code.
 */
function withoutCommentsAndStrings(text: string): string {
  return text.replaceAll(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu,
    (match) => (match.startsWith("/") ? match.replaceAll(/[^\n]/gu, " ") : '""'),
  );
}
