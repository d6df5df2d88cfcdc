import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The files of a store in memory (a tmpfs where there is one). SQLite makes a transaction durable
 * only when its log is written back (`Store.sync`), so a power cut leaves the database without its
 * log, or with it.
 */
export class StoreFiles implements Disposable {
  readonly #folder = mkdtempSync(
    join(existsSync(sharedMemory) ? sharedMemory : tmpdir(), "nd-faults-"),
  );
  #life = 0;

  /** Of the present life. */
  get path(): string {
    return join(this.#folder, `${this.#life}.sqlite`);
  }

  /** Carry over what the next process finds; the present one may have its files open. */
  carryOver(isLogKept: boolean): void {
    const before = this.path;
    this.#life += 1;
    if (existsSync(before)) copyFileSync(before, this.path);
    if (isLogKept && existsSync(`${before}-wal`)) copyFileSync(`${before}-wal`, `${this.path}-wal`);
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

const sharedMemory = "/dev/shm";
