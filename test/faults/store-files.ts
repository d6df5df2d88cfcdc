import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointBeside } from "../../worker/store/checkpoint.ts";

/**
 * The files of a store in memory (a tmpfs where there is one). SQLite syncs its log before it brings
 * it into the database, and the database behind that (`Store.sync`, `checkpointBeside`). In between it
 * syncs nothing, so a power cut leaves any part of what the log had since, and tears it at any byte.
 */
export class StoreFiles implements Disposable {
  readonly #folder = mkdtempSync(
    join(existsSync(sharedMemory) ? sharedMemory : tmpdir(), "nd-faults-"),
  );
  #life = 0;
  /** The log when it was last synced. */
  #synced: { readonly header: Buffer; readonly bytes: number } | undefined;

  /** Of the present life. */
  get path(): string {
    return join(this.#folder, `${this.#life}.sqlite`);
  }

  /**
   * Carry over what the next process finds; the present one may have its files open.
   *
   * @param keptOf of so many bytes of the log, how many it has
   */
  carryOver(keptOf: (bytes: number) => number): void {
    const before = this.path;
    this.#life += 1;
    if (existsSync(before)) copyFileSync(before, this.path);
    const log = `${this.path}-wal`;
    if (!existsSync(`${before}-wal`)) return;
    copyFileSync(`${before}-wal`, log);
    const kept = Math.max(this.#syncedBytes(log), keptOf(statSync(log).size));
    if (kept === 0) rmSync(log);
    else truncateSync(log, kept);
  }

  /** Bring the log into the database, beside the one who writes it. */
  checkpoint(): void {
    const log = `${this.path}-wal`;
    if (!existsSync(log)) return;
    checkpointBeside(this.path);
    this.#synced = { header: headerOf(log), bytes: statSync(log).size };
  }

  /** Of the log: none of them once it was begun anew, since then the database has what it had. */
  #syncedBytes(log: string): number {
    return this.#synced?.header.equals(headerOf(log)) === true ? this.#synced.bytes : 0;
  }

  /** Forget the lives before this one. */
  tidy(): void {
    for (const suffix of ["", "-wal", "-shm"]) {
      rmSync(join(this.#folder, `${this.#life - 1}.sqlite${suffix}`), { force: true });
    }
  }

  /** As if somebody had deleted it. */
  remove(): void {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${this.path}${suffix}`, { force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Of SQLite's log; its salts change whenever it is begun anew. */
function headerOf(log: string): Buffer {
  return readFileSync(log).subarray(0, 32);
}

const sharedMemory = "/dev/shm";
