import fs from "node:fs";
import { join } from "node:path";
import { JournalError } from "./journal-error.ts";

/**
 * The folder of one partition, as the journal and the snapshots use it: eight functions and nothing
 * else, so that the same code runs on the real disk and on a simulated one that loses power.
 *
 * All are synchronous, because a shard thread waits for nothing but its disk. What they promise is
 * what POSIX promises and no more: bytes are durable after `sync`, names after `syncDirectory`; what
 * was not synced may survive a crash wholly, partly or not at all, in any order.
 *
 * All throw `JournalError`: `journal_full` where space or quota ran out, else `journal_io`, with the
 * system's error as `cause`.
 */
export interface Disk {
  /** The files of the folder, in any order. Folders and other things in it are left out. */
  list(): readonly DiskEntry[];
  /**
   * Begin to use a file; disposing of what it returns ends that and promises nothing. `create`
   * refuses a name that is taken, `write` and `read` one that is not.
   */
  open(name: string, purpose: "create" | "write" | "read"): DiskFile;
  /** Write all of `bytes` from byte `position` on. After a failure any part of it may be there. */
  write(file: DiskFile, position: number, bytes: Uint8Array): void;
  /** Make the file's bytes and size durable. After a failure nobody knows what is. */
  sync(file: DiskFile): void;
  /** Make durable which names the folder holds. After a failure nobody knows which. */
  syncDirectory(): void;
  /** Fill `into` from byte `position` on; returns how many bytes there were, less only at the end. */
  read(file: DiskFile, position: number, into: Uint8Array): number;
  /** Cut the file to `size` bytes. */
  truncate(file: DiskFile, size: number): void;
  /** Take the name from the folder. */
  unlink(name: string): void;
}

export interface DiskEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** An open file of a `Disk`; only the disk that opened it can use it. */
export interface DiskFile extends Disposable {
  readonly name: string;
}

/** The real disk: an existing folder, through Node's synchronous calls. */
export function fileDisk(directory: string): Disk {
  const attempt = <T>(operation: string, name: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      // A bug of the caller is no failure of the disk.
      if (error instanceof TypeError) throw error;
      throw diskError(operation, join(directory, name), error);
    }
  };

  return {
    list: () => attempt("list", "", () => listFiles(directory)),
    open: (name, purpose) =>
      attempt(purpose === "create" ? "create" : "open", name, () => {
        return new OpenFile(name, fs.openSync(join(directory, name), flagsOf[purpose], 0o600));
      }),
    write: (file, position, bytes) =>
      attempt("write", file.name, () => writeAll(descriptorOf(file), position, bytes)),
    // fdatasync also makes durable the size that is needed to read the bytes back.
    sync: (file) => attempt("sync", file.name, () => fs.fdatasyncSync(descriptorOf(file))),
    syncDirectory: () => attempt("sync", "", () => syncFolder(directory)),
    read: (file, position, into) =>
      attempt("read", file.name, () => readAll(descriptorOf(file), position, into)),
    truncate: (file, size) =>
      attempt("truncate", file.name, () => fs.ftruncateSync(descriptorOf(file), size)),
    unlink: (name) => attempt("remove", name, () => fs.unlinkSync(join(directory, name))),
  };
}

/** The error a `Disk` throws where the system threw `cause`. */
export function diskError(operation: string, place: string, cause: unknown): JournalError {
  const code = errorCodeOf(cause);
  const full = code === "ENOSPC" || code === "EDQUOT";
  const because = cause instanceof Error ? cause.message : String(cause);
  return new JournalError(
    full ? "journal_full" : "journal_io",
    `cannot ${operation} ${place}: ${because}`,
    { cause },
  );
}

/** Make durable which names a folder holds. */
export function syncFolder(directory: string): void {
  const descriptor = fs.openSync(directory, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

const flagsOf = { create: "wx+", write: "r+", read: "r" } as const;

class OpenFile implements DiskFile {
  readonly name: string;
  #descriptor: number | undefined;

  constructor(name: string, descriptor: number) {
    this.name = name;
    this.#descriptor = descriptor;
  }

  descriptor(): number {
    if (this.#descriptor === undefined) throw new TypeError(`${this.name} is closed`);
    return this.#descriptor;
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    fs.closeSync(descriptor);
  }
}

function descriptorOf(file: DiskFile): number {
  if (!(file instanceof OpenFile)) throw new TypeError(`${file.name} is not of this disk`);
  return file.descriptor();
}

function listFiles(directory: string): DiskEntry[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ name }) => {
      // What others keep in the folder, such as a database's scratch file, may be gone again.
      const found = fs.statSync(join(directory, name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, size: found.size }];
    });
}

/** The system may write less than it was given: go on until all of it is there. */
function writeAll(descriptor: number, position: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

function readAll(descriptor: number, position: number, into: Uint8Array): number {
  let done = 0;
  while (done < into.length) {
    const count = fs.readSync(descriptor, into, done, into.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

function errorCodeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
