import { crc32 } from "node:zlib";
import {
  closeHeader,
  headerBytes,
  marks,
  readInteger,
  soundHeader,
  writeInteger,
} from "./header.ts";
import type { Batch, NewBatch } from "./journal.ts";

/** Where a batch stands in the chain of its partition. */
export interface Link {
  readonly partition: number;
  readonly index: number;
  /** Checksum of the record before it, 0 for the first. */
  readonly previousChecksum: number;
}

/** The header of a batch record, read back and found sound; docs/journal.md has its layout. */
export interface RecordHeader extends Link, Omit<NewBatch, "commands"> {
  /** Checksum of this header, and through it of the whole record. */
  readonly checksum: number;
  /** Bytes of the record, this header included. */
  readonly size: number;
  readonly commandsChecksum: number;
  readonly commandCount: number;
}

/** Bytes that a batch takes in a segment. */
export function recordSize(commands: readonly Uint8Array[]): number {
  let size = headerBytes;
  for (const command of commands) size += commandPrefixBytes + command.length;
  return size;
}

/** Turns batches into records, in one buffer that is used again and again. */
export class RecordEncoder {
  #buffer = Buffer.allocUnsafeSlow(startingBytes);

  /** The record's bytes, valid until the next call, and its checksum. */
  encode(batch: NewBatch, link: Link): { readonly bytes: Buffer; readonly checksum: number } {
    const bytes = this.#take(recordSize(batch.commands));
    writeCommands(bytes, batch.commands);
    bytes.writeUInt32LE(bytes.length, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(headerBytes)), 12);
    bytes.writeUInt32LE(link.previousChecksum, 16);
    bytes.writeUInt32LE(batch.engineVersion, 20);
    writeInteger(bytes, link.index, 24);
    writeInteger(bytes, batch.epoch, 32);
    writeInteger(bytes, batch.at, 40);
    bytes.writeBigUInt64LE(batch.eventHash, 48);
    bytes.writeUInt32LE(batch.commands.length, 56);
    bytes.writeUInt32LE(link.partition, 60);
    return { bytes, checksum: closeHeader(bytes, marks.batch) };
  }

  #take(size: number): Buffer {
    if (size > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
      // A rare huge batch must not pin its size in memory for ever.
      if (size > recycledBytesMax) return grown.subarray(0, size);
      this.#buffer = grown;
    }
    return this.#buffer.subarray(0, size);
  }
}

/** The record header at the start of `bytes`, or undefined where none stands whole. */
export function readRecordHeader(bytes: Buffer): RecordHeader | undefined {
  const checksum = soundHeader(bytes, marks.batch);
  if (checksum === undefined) return undefined;
  return {
    checksum,
    size: bytes.readUInt32LE(8),
    commandsChecksum: bytes.readUInt32LE(12),
    previousChecksum: bytes.readUInt32LE(16),
    engineVersion: bytes.readUInt32LE(20),
    index: readInteger(bytes, 24),
    epoch: readInteger(bytes, 32),
    at: readInteger(bytes, 40),
    eventHash: bytes.readBigUInt64LE(48),
    commandCount: bytes.readUInt32LE(56),
    partition: bytes.readUInt32LE(60),
  };
}

/** The batch of a record whose checksums are right; undefined where its commands do not add up. */
export function decodeBatch(header: RecordHeader, payload: Buffer): Batch | undefined {
  const commands: Uint8Array[] = [];
  let offset = 0;
  while (offset + commandPrefixBytes <= payload.length && commands.length < header.commandCount) {
    const end = offset + commandPrefixBytes + payload.readUInt32LE(offset);
    if (end > payload.length) return undefined;
    commands.push(payload.subarray(offset + commandPrefixBytes, end));
    offset = end;
  }
  if (offset !== payload.length || commands.length !== header.commandCount) return undefined;
  const { index, epoch, at, engineVersion, eventHash } = header;
  return { index, epoch, at, engineVersion, eventHash, commands };
}

const commandPrefixBytes = 4;
const startingBytes = 64 * 1024;
const recycledBytesMax = 4 * 1024 * 1024;

function writeCommands(bytes: Buffer, commands: readonly Uint8Array[]): void {
  let offset = headerBytes;
  for (const command of commands) {
    offset = bytes.writeUInt32LE(command.length, offset);
    bytes.set(command, offset);
    offset += command.length;
  }
}
