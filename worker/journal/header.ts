import { crc32 } from "node:zlib";

/**
 * Every record of a partition's files begins with 64 bytes of the same outline: a mark of four bytes
 * that says what it is, then the CRC-32 (the one of zlib and RFC 1952) of the 56 bytes that follow.
 * All numbers are little-endian and without sign.
 */
export const headerBytes = 64;

/**
 * The marks. They begin with a byte that never occurs in UTF-8, so no text that a customer sends can
 * pass for a record.
 */
export const marks = {
  segment: markOf("NDJ"),
  batch: markOf("NDB"),
  snapshot: markOf("NDS"),
} as const;

const checkedFrom = 8;

/** Complete the header at the start of `bytes`; returns its checksum. */
export function closeHeader(bytes: Buffer, mark: Buffer): number {
  const checksum = crc32(bytes.subarray(checkedFrom, headerBytes));
  mark.copy(bytes, 0);
  bytes.writeUInt32LE(checksum, 4);
  return checksum;
}

/** Checksum of the header at the start of `bytes`, or undefined where none stands whole. */
export function soundHeader(bytes: Buffer, mark: Buffer): number | undefined {
  if (bytes.length < headerBytes || !bytes.subarray(0, mark.length).equals(mark)) return undefined;
  const checksum = bytes.readUInt32LE(4);
  return crc32(bytes.subarray(checkedFrom, headerBytes)) === checksum ? checksum : undefined;
}

/** Write an integer of 0 to 2^53 - 1 as eight bytes. */
export function writeInteger(bytes: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${value} is not an integer from 0 to 2^53 - 1`);
  }
  bytes.writeUInt32LE(value % twoTo32, offset);
  bytes.writeUInt32LE(Math.floor(value / twoTo32), offset + 4);
}

/** Read what `writeInteger` wrote. */
export function readInteger(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * twoTo32;
}

const twoTo32 = 2 ** 32;

function markOf(letters: string): Buffer {
  return Buffer.concat([Buffer.of(0xff), Buffer.from(letters, "latin1")]);
}
