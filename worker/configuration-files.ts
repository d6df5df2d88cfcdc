import { isUtf8 } from "node:buffer";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { parseConfigurationText } from "../core/configuration/document.ts";
import type { ConfigurationFormat } from "../core/configuration/document.ts";
import { resolveConfiguration } from "../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../core/configuration/resolved.ts";
import type { Violation, ViolationLimit } from "../core/configuration/violations.ts";

/** The configuration of one tenant. */
export interface TenantConfiguration {
  readonly tenant: string;
  readonly configuration: ResolvedConfiguration;
}

/** Something wrong, or probably not meant, in a configuration file. */
export interface FileProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** JSON Pointer; empty for the whole document. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** What stands there, as in a violation; null where nothing does. */
  readonly value: unknown;
  readonly limit: ViolationLimit;
}

export interface ReadFile extends TenantConfiguration {
  readonly file: string;
  readonly warnings: readonly FileProblem[];
}

export type ReadOutcome = ReadFile | { readonly problems: readonly FileProblem[] };

/**
 * Read a configuration file; its tenant is the file's stem.
 *
 * Errors: those of the file system.
 */
export function readConfigurationFile(file: string): ReadOutcome {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) return unreadable(file, foreignLine(bytes), 1, "The line is not UTF-8");
  const parsed = parseConfigurationText(bytes.toString("utf8"), formatOf(file));
  if ("problem" in parsed) {
    const { line, column, message } = parsed.problem;
    return unreadable(file, line, column, message);
  }
  const placed = (violation: Violation): FileProblem => ({
    file,
    ...parsed.locate(violation.path),
    ...violation,
  });
  const resolution = resolveConfiguration(parsed.value);
  if ("violations" in resolution) return { problems: resolution.violations.map(placed) };
  const { configuration, warnings } = resolution;
  const tenant = basename(file, extname(file));
  return { file, tenant, configuration, warnings: warnings.map(placed) };
}

/**
 * The configuration files that a path names: itself, or those of the folder that it is.
 *
 * Errors: those of the file system.
 */
export function configurationFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => extensions.has(extname(name)))
    .map((name) => join(path, name))
    .filter(isFile)
    .toSorted();
}

/** Also by a link, as containers mount configurations. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** One line for a terminal or an editor: `FILE:LINE:COLUMN path code message`. */
export function lineOf({ file, line, column, path, code, message }: FileProblem): string {
  return `${file}:${line}:${column} ${path === "" ? '""' : path} ${code} ${message}`;
}

const extensions: ReadonlySet<string> = new Set([".yaml", ".yml", ".json"]);

function unreadable(file: string, line: number, column: number, message: string): ReadOutcome {
  const place = { file, line, column, path: "" };
  return { problems: [{ ...place, code: "unreadable_body", message, value: null, limit: null }] };
}

/** The first line that is no UTF-8, from 1. */
function foreignLine(bytes: Buffer): number {
  let line = 1;
  for (let rest = bytes; ; line += 1) {
    const end = rest.indexOf("\n");
    if (end === -1 || !isUtf8(rest.subarray(0, end))) return line;
    rest = rest.subarray(end + 1);
  }
}

function formatOf(file: string): ConfigurationFormat {
  return extname(file) === ".json" ? "json" : "yaml";
}
