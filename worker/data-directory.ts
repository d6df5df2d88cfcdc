import fs from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataDirectoryError } from "./data-directory-error.ts";
import { newManifest, readManifest, writeManifest } from "./data-manifest.ts";
import type { Manifest } from "./data-manifest.ts";
import { syncFolder } from "./journal/disk.ts";

export interface DataDirectoryOptions {
  /**
   * Number of partitions, 1 to 1,024. Undefined takes what the directory has, and eight for a new
   * one. The number is fixed when the directory is made. @defaultValue undefined
   */
  readonly partitions?: number | undefined;
  /** Whether the worker runs on a test clock; fixed when the directory is made. */
  readonly testClock: boolean;
}

/** A data directory that this process has for itself, until `release` or the process's end. */
export interface DataDirectory extends Disposable {
  readonly path: string;
  /** How many partitions it has. */
  readonly partitions: number;
  /** Whether it was made just now. */
  readonly created: boolean;
  /** When it was made, RFC 3339. */
  readonly createdAt: string;
  /** The folder of one partition: 0 to `partitions - 1`. It exists. */
  partitionPath(partition: number): string;
  /** Let another process have it. */
  release(): void;
}

/**
 * Take a data directory for this process alone, and make it where there is none.
 *
 * The claim is a lock that the operating system holds for the process and drops with it, also after
 * SIGKILL, so nothing stale is ever left to be judged.
 *
 * Errors: `DataDirectoryError` with each of its codes.
 */
export function openDataDirectory(path: string, options: DataDirectoryOptions): DataDirectory {
  return attempt(path, () => {
    makeFolder(path);
    const lock = claim(path);
    try {
      const found = readManifest(path);
      const manifest = found ?? begin(path, options);
      refuseDifference(path, manifest, options);
      refuseMissing(path, manifest.partitions);
      return {
        path,
        partitions: manifest.partitions,
        created: found === undefined,
        createdAt: manifest.createdAt,
        partitionPath: (partition) => partitionPath(path, partition),
        release: () => lock[Symbol.dispose](),
        [Symbol.dispose]: () => lock[Symbol.dispose](),
      };
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  });
}

const lockName = "lock.sqlite";

/** Keeps the locks from the garbage collector, which would close what nobody refers to any more. */
const held = new Set<DatabaseSync>();

/**
 * Make the folder and those above it that are missing, with durable names.
 *
 * One by one: Node's recursive mkdir tries for ever where a file system takes no folders and says so
 * with ENOENT, as /proc does.
 */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(resolve(path));
  makeFolder(above);
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(path)) throw error;
  }
  syncFolder(above);
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * SQLite's lock on an empty database. Nothing else in this process may open that file: closing it
 * would drop the lock, as POSIX has it.
 */
function claim(path: string): Disposable {
  const database = new DatabaseSync(join(path, lockName), { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new DataDirectoryError("data_in_use", `${path} is in use by another process`, {
      cause: error,
    });
  }
  held.add(database);
  return {
    [Symbol.dispose]: () => {
      if (held.delete(database)) database.close();
    },
  };
}

/** Make the partitions' folders, and the manifest last, so that it promises only what is there. */
function begin(path: string, options: DataDirectoryOptions): Manifest {
  const manifest = newManifest(options);
  for (const folder of partitionPaths(path, manifest.partitions)) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (fs.readdirSync(folder).length === 0) continue;
    throw new DataDirectoryError("data_format_unknown", `${path} has data and no manifest`);
  }
  syncFolder(path);
  writeManifest(path, manifest);
  return manifest;
}

function refuseDifference(path: string, manifest: Manifest, options: DataDirectoryOptions): void {
  const { partitions = manifest.partitions, testClock } = options;
  if (partitions !== manifest.partitions) {
    throw new DataDirectoryError(
      "data_partitions_differ",
      `${path} was made with ${manifest.partitions} partitions, and ${partitions} are asked for; ` +
        "the number is fixed when the directory is made",
    );
  }
  if (testClock !== manifest.testClock) {
    throw new DataDirectoryError(
      "data_test_clock_differs",
      manifest.testClock
        ? `${path} was begun with a test clock, and is opened on real time`
        : `${path} was begun on real time, and is opened with a test clock`,
    );
  }
}

/** A folder that is gone would be begun anew, as if nothing had ever been in it. */
function refuseMissing(path: string, partitions: number): void {
  const missing = partitionPaths(path, partitions).filter((folder) => !fs.existsSync(folder));
  if (missing.length > 0) throw new Error(`${missing.join(", ")} should be there, and is not`);
}

function partitionPaths(path: string, partitions: number): string[] {
  return Array.from({ length: partitions }, (_, partition) => partitionPath(path, partition));
}

/** The folder of one partition of a data directory. */
export function partitionPath(path: string, partition: number): string {
  return join(path, `partition-${String(partition).padStart(3, "0")}`);
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof DataDirectoryError || error instanceof RangeError) throw error;
    const because = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryError("data_io", `cannot use ${path}: ${because}`, { cause: error });
  }
}

/** Five is SQLITE_BUSY; what stands above the low byte only says more about it. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}
