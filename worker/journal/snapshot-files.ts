import { crc32 } from "node:zlib";
import type { Disk, DiskFile } from "./disk.ts";
import {
  closeHeader,
  headerBytes,
  marks,
  readInteger,
  soundHeader,
  writeInteger,
} from "./header.ts";
import { JournalError } from "./journal-error.ts";
import { changeOrUndo } from "./durable-change.ts";

/**
 * The format of snapshot files that this release writes. It reads 1 as well, which differs in what
 * the engine put into it: it was lines of JSON.
 */
export const snapshotFormat = 2;
const readableFormats: readonly number[] = [1, snapshotFormat];

/** The engine's state right after one batch. */
export interface Snapshot extends SnapshotHead {
  /** The state, as bytes that nobody but the engine looks into. */
  readonly content: Uint8Array;
}

/** A snapshot that is to be written: its content comes in pieces, and need not be in memory whole. */
export interface NewSnapshot extends SnapshotHead {
  /** Hands on the pieces in order; each is valid only until `handOn` returns. */
  readonly writeContent: (handOn: (piece: Uint8Array) => void) => void;
}

/** What a snapshot is of. */
export interface SnapshotHead {
  /** Index of the last batch it contains. */
  readonly index: number;
  /** Instant of that batch, epoch ms. */
  readonly at: number;
  /** The engine version that wrote it. */
  readonly engineVersion: number;
  /** Rolling hash of all events up to and including that batch, 64 bits without sign. */
  readonly eventHash: bigint;
}

/** A snapshot file that cannot be used, and why. */
export interface BadSnapshot {
  readonly file: string;
  readonly reason: string;
}

/**
 * The snapshots of one partition, beside its journal. The newest two are kept, so that a damaged one
 * costs only a longer replay.
 */
export interface SnapshotFiles {
  /**
   * The highest index that a snapshot was ever begun for, sound or not; 0 without any. A snapshot is
   * taken of durable batches only, so the journal must reach it.
   */
  readonly durableIndex: number;
  /**
   * Up to here the journal may forget its batches: every snapshot that is kept contains them. 0
   * while there are fewer than two. To be asked when no snapshot is being written.
   */
  readonly trimmableIndex: number;
  /**
   * The newest sound one, and those newer ones that are not.
   *
   * Errors: `journal_io`, `journal_format_unknown`.
   *
   * @param between called after every mebibyte that was read
   */
  newest(between?: () => void): {
    readonly snapshot: Snapshot | undefined;
    readonly bad: readonly BadSnapshot[];
  };
  /**
   * Make a snapshot durable, then drop all but the newest two and those found damaged. One that is
   * there already, whole and of the same engine version, is left as it is.
   *
   * Errors: `journal_full`, `journal_io`, after which the snapshots that were there still are;
   * `journal_poisoned` where what was written of this one could not be removed.
   */
  write(snapshot: NewSnapshot): void;
}

/** The snapshots in a partition's folder; looks at names only. */
export function openSnapshotFiles(
  disk: Disk,
  options: { readonly partition: number },
): SnapshotFiles {
  return new SnapshotFolder(disk, options.partition);
}

/**
 * Each snapshot in a partition's folder, newest first, read as it is asked for; nothing is changed.
 *
 * Errors: `journal_io`, `journal_format_unknown`.
 */
export function* inspectSnapshots(
  disk: Disk,
  partition: number,
): Generator<{ readonly file: string; readonly found: Snapshot | BadSnapshot }, void, undefined> {
  for (const file of listSnapshots(disk)) {
    const decoded = readSnapshot(disk, file, partition);
    const found = typeof decoded === "string" ? { file: file.name, reason: decoded } : decoded;
    yield { file: file.name, found };
  }
}

/** Snapshots differ in index, or in the engine version that wrote them. */
interface SnapshotFile {
  readonly name: string;
  /** Bytes, its header included. */
  readonly size: number;
  readonly index: number;
  readonly engineVersion: number;
}

/** What a header says of the content. */
interface Content {
  /** Bytes. */
  readonly size: number;
  /** CRC-32. */
  readonly checksum: number;
}

const readBytes = 1 << 20;
const syncBytes = 4 << 20;

class SnapshotFolder implements SnapshotFiles {
  readonly #disk: Disk;
  readonly #partition: number;
  /** Names of those that were read and found damaged. */
  readonly #bad = new Set<string>();

  constructor(disk: Disk, partition: number) {
    this.#disk = disk;
    this.#partition = partition;
  }

  get durableIndex(): number {
    return listSnapshots(this.#disk)[0]?.index ?? 0;
  }

  get trimmableIndex(): number {
    const usable = this.#usable();
    return usable.length < 2 ? 0 : (usable.at(-1)?.index ?? 0);
  }

  newest(between?: () => void) {
    const bad: BadSnapshot[] = [];
    for (const file of listSnapshots(this.#disk)) {
      const found = this.#read(file, between);
      if ("content" in found) {
        this.#settle(file.name);
        return { snapshot: found, bad };
      }
      bad.push(found);
    }
    return { snapshot: undefined, bad };
  }

  write(snapshot: NewSnapshot): void {
    const name = snapshotName(snapshot);
    const taken = listSnapshots(this.#disk).find((other) => other.name === name);
    if (taken !== undefined) {
      if ("content" in this.#read(taken)) return;
      this.#disk.unlink(name);
    }
    this.#create(name, snapshot);
    for (const older of this.#usable().slice(2)) this.#disk.unlink(older.name);
    for (const damaged of this.#bad) this.#disk.unlink(damaged);
    this.#bad.clear();
    this.#disk.syncDirectory();
  }

  #usable(): SnapshotFile[] {
    return listSnapshots(this.#disk).filter(({ name }) => !this.#bad.has(name));
  }

  #create(name: string, snapshot: NewSnapshot): void {
    using file = this.#disk.open(name, "create");
    changeOrUndo(
      () => {
        const content = this.#writeContent(file, snapshot);
        // Until now the file has no header, so nobody takes it for whole.
        this.#disk.write(file, 0, encodeHeader(snapshot, content, this.#partition));
        this.#disk.sync(file);
        this.#disk.syncDirectory();
      },
      () => {
        // Also after a failed sync: a file that the cache has and the disk has not looks sound.
        this.#disk.unlink(name);
        this.#disk.syncDirectory();
      },
    );
    this.#bad.delete(name);
  }

  /** Behind the place of the header, and on the way synced now and then. */
  #writeContent(file: DiskFile, snapshot: NewSnapshot): Content {
    let size = 0;
    let checksum = 0;
    let unsynced = 0;
    snapshot.writeContent((piece) => {
      this.#disk.write(file, headerBytes + size, piece);
      checksum = crc32(piece, checksum);
      size += piece.length;
      unsynced += piece.length;
      if (unsynced < syncBytes) return;
      // What waits in the system's cache goes out at once with the next sync, also the journal's.
      this.#disk.sync(file);
      unsynced = 0;
    });
    return { size, checksum };
  }

  /** Its writer may have been killed before the sync, and the journal is trimmed behind it. */
  #settle(name: string): void {
    using file = this.#disk.open(name, "write");
    this.#disk.sync(file);
    this.#disk.syncDirectory();
  }

  #read(file: SnapshotFile, between?: () => void): Snapshot | BadSnapshot {
    const found = readSnapshot(this.#disk, file, this.#partition, between);
    if (typeof found !== "string") return found;
    this.#bad.add(file.name);
    return { file: file.name, reason: found };
  }
}

/** The snapshot in a file, or what is wrong with it. */
function readSnapshot(
  disk: Disk,
  { name, size }: SnapshotFile,
  partition: number,
  between: () => void = () => undefined,
) {
  using file = disk.open(name, "read");
  const bytes = Buffer.allocUnsafeSlow(size);
  let read = 0;
  let checksum = 0;
  // In pieces, so that each is checked while it is in the processor's cache.
  while (read < size) {
    const piece = bytes.subarray(read, Math.min(size, read === 0 ? headerBytes : read + readBytes));
    const count = disk.read(file, read, piece);
    if (read >= headerBytes) checksum = crc32(piece.subarray(0, count), checksum);
    read += count;
    if (count < piece.length) break;
    between();
  }
  return decodeSnapshot(name, bytes.subarray(0, read), checksum, partition);
}

/** The snapshot's index, which sorts as text, and the version that wrote it. */
function snapshotName({ index, engineVersion }: SnapshotHead): string {
  return `${String(index).padStart(16, "0")}-v${engineVersion}.snapshot`;
}

/** Newest first. Files of other names are left alone. */
function listSnapshots(disk: Disk): SnapshotFile[] {
  return disk
    .list()
    .flatMap(({ name, size }) => {
      const [, index, version] = /^(\d{16})-v(\d{1,10})\.snapshot$/.exec(name) ?? [];
      if (index === undefined || version === undefined) return [];
      return [{ name, size, index: Number(index), engineVersion: Number(version) }];
    })
    .toSorted((a, b) => b.index - a.index || b.engineVersion - a.engineVersion);
}

function encodeHeader(snapshot: SnapshotHead, content: Content, partition: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32LE(snapshotFormat, 8);
  bytes.writeUInt32LE(partition, 12);
  writeInteger(bytes, snapshot.index, 16);
  writeInteger(bytes, snapshot.at, 24);
  bytes.writeBigUInt64LE(snapshot.eventHash, 32);
  bytes.writeUInt32LE(snapshot.engineVersion, 40);
  bytes.writeUInt32LE(content.checksum, 44);
  writeInteger(bytes, content.size, 48);
  closeHeader(bytes, marks.snapshot);
  return bytes;
}

/** The snapshot in a file, or what is wrong with it. Errors: `journal_format_unknown`. */
function decodeSnapshot(
  file: string,
  bytes: Buffer,
  checksum: number,
  partition: number,
): Snapshot | string {
  if (soundHeader(bytes, marks.snapshot) === undefined) return "its header is damaged";
  const format = bytes.readUInt32LE(8);
  if (!readableFormats.includes(format)) {
    throw new JournalError(
      "journal_format_unknown",
      `${file} is written in snapshot format ${format}; this release reads ${readableFormats.join(" and ")}`,
    );
  }
  const owner = bytes.readUInt32LE(12);
  if (owner !== partition) return `it belongs to partition ${owner}, not ${partition}`;
  const content = bytes.subarray(headerBytes);
  if (content.length !== readInteger(bytes, 48)) return "its content is cut short, or too long";
  if (checksum !== bytes.readUInt32LE(44)) return "its content is damaged";
  const snapshot = {
    index: readInteger(bytes, 16),
    at: readInteger(bytes, 24),
    eventHash: bytes.readBigUInt64LE(32),
    engineVersion: bytes.readUInt32LE(40),
    content,
  };
  return snapshotName(snapshot) === file ? snapshot : "it was renamed";
}
