import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The values behind the secret names of a configuration. They live in a folder with one file a
 * secret, as containers mount them, and are never returned, logged or journaled.
 */
export interface Secrets {
  /**
   * The secret's value as its file has it now, one trailing newline dropped; undefined where there
   * is no such file. Reads the file each time, so that a secret can be changed while the worker runs.
   */
  value(name: string): string | undefined;
}

/** Secrets from the files of a folder, which need not exist. */
export function secretsFolder(folder: string): Secrets {
  return {
    value: (name) => (isFileName(name) ? contentOf(join(folder, name)) : undefined),
  };
}

/** A name from a configuration must not lead out of the folder. */
function isFileName(name: string): boolean {
  return !/[/\\\0]/u.test(name) && name !== "" && name !== "." && name !== "..";
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/u, "");
  } catch {
    // Absent, or a folder, or not to be read: to whoever asks it is all the same, there is no value.
    return undefined;
  }
}
