import { diskError } from "../../worker/journal/disk.ts";
import type { Disk, DiskEntry, DiskFile } from "../../worker/journal/disk.ts";

/** Picks an integer of 0 to `count - 1`. Every choice of a crash is made by one of these. */
export type Choose = (count: number) => number;

/** The operations of a disk that can be told to fail. */
export type Failing = "open" | "write" | "sync" | "syncDirectory" | "read" | "truncate" | "unlink";

export interface Failure {
  readonly operation: Failing;
  /** The system's code, such as `ENOSPC` or `EIO`. */
  readonly code: string;
  /** Bytes that a failing write leaves behind all the same. @defaultValue 0 */
  readonly bytesWritten?: number;
}

/** A change of a file that a crash may lose, because it was not synced. */
type Change =
  | { readonly kind: "write"; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number };

/** What a name stands for: its bytes as programs see them, and as the platter has them. */
interface Inode {
  seen: Buffer;
  durable: Buffer;
  unsynced: Change[];
}

/**
 * A folder in memory that keeps to what `Disk` promises and to no more: it can run full, fail on
 * demand, and lose power, whereupon what was not synced survives wholly, partly, in any order, or not
 * at all.
 */
export class MemoryDisk implements Disk {
  /** Bytes that all files together may have. */
  capacityBytes = Infinity;
  /** How often each operation was called. */
  readonly calls = new Map<Failing | "list", number>();
  readonly #files = new Map<string, Inode>();
  /**
   * What each name may stand for after a crash: all that it stood for since the folder was last
   * synced, because the system writes names out whenever it likes.
   */
  #possible = new Map<string, readonly (Inode | undefined)[]>();
  readonly #failures: Failure[] = [];

  /** Let the next call of an operation fail; several of one operation fail one after the other. */
  failNext(told: Failure): void {
    this.#failures.push(told);
  }

  /** What was told to fail and has not yet will not. */
  forgetFailures(): void {
    this.#failures.length = 0;
  }

  list(): DiskEntry[] {
    this.#count("list");
    return [...this.#files].map(([name, { seen }]) => ({ name, size: seen.length }));
  }

  open(name: string, purpose: "create" | "write" | "read"): DiskFile {
    this.#failIfTold("open", name);
    const taken = this.#files.get(name);
    if (purpose === "create") {
      if (taken !== undefined) throw failure("create", name, "EEXIST");
      const inode = { seen: Buffer.alloc(0), durable: Buffer.alloc(0), unsynced: [] };
      this.#name(name, inode);
      return new MemoryFile(name, inode);
    }
    if (taken === undefined) throw failure("open", name, "ENOENT");
    return new MemoryFile(name, taken);
  }

  write(file: DiskFile, position: number, bytes: Uint8Array): void {
    const inode = inodeOf(file);
    const told = this.#told("write");
    if (told !== undefined) {
      change(inode, written(position, bytes.subarray(0, told.bytesWritten ?? 0)));
      throw failure("write", file.name, told.code);
    }
    const room = this.#room() + Math.max(0, inode.seen.length - position);
    change(inode, written(position, bytes.subarray(0, room)));
    if (room < bytes.length) throw failure("write", file.name, "ENOSPC");
  }

  sync(file: DiskFile): void {
    const inode = inodeOf(file);
    const { unsynced } = inode;
    // As on Linux: what a failed sync could not write is taken for clean, and the next one, which
    // succeeds, does not write it either.
    inode.unsynced = [];
    this.#failIfTold("sync", file.name);
    inode.durable = unsynced.reduce(apply, inode.durable);
  }

  syncDirectory(): void {
    this.#failIfTold("syncDirectory", "");
    this.#possible = new Map([...this.#files].map(([name, inode]) => [name, [inode]]));
  }

  read(file: DiskFile, position: number, into: Uint8Array): number {
    this.#failIfTold("read", file.name);
    return inodeOf(file).seen.copy(into, 0, position);
  }

  truncate(file: DiskFile, size: number): void {
    this.#failIfTold("truncate", file.name);
    change(inodeOf(file), { kind: "truncate", size });
  }

  unlink(name: string): void {
    this.#failIfTold("unlink", name);
    if (!this.#files.has(name)) throw failure("remove", name, "ENOENT");
    this.#name(name, undefined);
  }

  /** The bytes of a file, to be looked at or damaged; a damage is durable at once. */
  bytesOf(name: string): Buffer {
    const inode = this.#files.get(name);
    if (inode === undefined) throw failure("open", name, "ENOENT");
    inode.durable = inode.seen;
    inode.unsynced = [];
    return inode.seen;
  }

  /** Put a file there, durably, over what was there. */
  put(name: string, bytes: Uint8Array): void {
    const inode = { seen: Buffer.from(bytes), durable: Buffer.from(bytes), unsynced: [] };
    this.#files.set(name, inode);
    this.#possible.set(name, [inode]);
  }

  /** Another disk with the same files, as they are seen here, all durable. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [name, { seen }] of this.#files) copy.put(name, seen);
    return copy;
  }

  /** Another disk with what is left after power was lost at this moment. */
  crash(choose: Choose): MemoryDisk {
    const left = new MemoryDisk();
    for (const [name, possible] of this.#possible) {
      const kept = possible[choose(possible.length)];
      if (kept !== undefined) left.put(name, survivor(kept, choose));
    }
    return left;
  }

  #name(name: string, inode: Inode | undefined): void {
    this.#possible.set(name, [...(this.#possible.get(name) ?? [undefined]), inode]);
    if (inode === undefined) this.#files.delete(name);
    else this.#files.set(name, inode);
  }

  #room(): number {
    let used = 0;
    for (const { seen } of this.#files.values()) used += seen.length;
    return Math.max(0, this.capacityBytes - used);
  }

  #told(operation: Failing): Failure | undefined {
    this.#count(operation);
    const place = this.#failures.findIndex((told) => told.operation === operation);
    return place === -1 ? undefined : this.#failures.splice(place, 1)[0];
  }

  #failIfTold(operation: Failing, name: string): void {
    const told = this.#told(operation);
    if (told !== undefined) throw failure(operation, name, told.code);
  }

  #count(operation: Failing | "list"): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }
}

class MemoryFile implements DiskFile {
  readonly name: string;
  inode: Inode | undefined;

  constructor(name: string, inode: Inode) {
    this.name = name;
    this.inode = inode;
  }

  [Symbol.dispose](): void {
    this.inode = undefined;
  }
}

function inodeOf(file: DiskFile): Inode {
  if (!(file instanceof MemoryFile) || file.inode === undefined) {
    throw new TypeError(`${file.name} is closed, or not of this disk`);
  }
  return file.inode;
}

/** A copy of the bytes, because the writer uses its buffer again. */
function written(position: number, bytes: Uint8Array): Change {
  return { kind: "write", position, bytes: Buffer.from(bytes) };
}

function change(inode: Inode, made: Change): void {
  inode.unsynced.push(made);
  inode.seen = apply(inode.seen, made);
}

function apply(content: Buffer, made: Change): Buffer {
  if (made.kind === "truncate") return Buffer.from(content.subarray(0, made.size));
  const size = Math.max(content.length, made.position + made.bytes.length);
  const result = Buffer.alloc(size);
  content.copy(result);
  result.set(made.bytes, made.position);
  return result;
}

/** What a crash leaves of a file: each change that was not synced is whole, partial or lost. */
function survivor(inode: Inode, choose: Choose): Buffer {
  return inode.unsynced.reduce((content, made) => {
    const fate = choose(3);
    if (fate === 0) return content;
    if (fate === 1 || made.kind === "truncate") return apply(content, made);
    return apply(content, { ...made, bytes: torn(made.bytes, choose) });
  }, inode.durable);
}

/** A write that was cut: the first bytes only, or all of its length with a hole of zeros in it. */
function torn(bytes: Uint8Array, choose: Choose): Uint8Array {
  const from = choose(bytes.length + 1);
  if (choose(2) === 0) return bytes.subarray(0, from);
  const holed = Buffer.from(bytes);
  return holed.fill(0, from, from + choose(bytes.length - from + 1));
}

function failure(operation: string, name: string, code: string): Error {
  const cause = Object.assign(new Error(`${code}: told to fail`), { code });
  return diskError(operation, name, cause);
}
