import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "./database.ts";
import { Store } from "./store.ts";

/** The store's file in a partition's folder. */
export function storePath(folder: string): string {
  return join(folder, "store.sqlite");
}

/** A partition's store, and why it is a new one where there was one that cannot be used. */
export interface OpenedStore {
  readonly store: Store;
  readonly replaced: string | undefined;
}

/**
 * Open the store in a file. One that is damaged, or of another release, is set aside and begun anew:
 * the journal has what belongs into it.
 */
export function openStore(path: string): OpenedStore {
  try {
    return { store: new Store(path), replaced: undefined };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    setAside(path);
    return { store: new Store(path), replaced: error.message };
  }
}

/** Take a store that cannot be used out of the way. Who has it open may go on and writes nowhere. */
export function setAside(path: string): void {
  if (!existsSync(path)) return;
  renameSync(path, asideOf(path));
  removeLogs(path);
}

/** Everything of it was derived anew: what was set aside is of no use. */
export function dropAside(path: string): void {
  rmSync(asideOf(path), { force: true });
}

function asideOf(path: string): string {
  return `${path}.unusable`;
}

function removeLogs(path: string): void {
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
}
