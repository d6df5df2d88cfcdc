/**
 * Hash of bytes, 64 bits as 16 hexadecimal digits: two 32-bit FNV-1a lanes with different primes,
 * each finished with the mixer of MurmurHash3. It finds differences; it is no signature.
 *
 * A state hash is this hash over the records of a snapshot as JSON; see snapshot-hash.ts.
 * Source: Fowler, Noll, Vo (FNV-1a); Appleby, MurmurHash3 `fmix32`.
 */
export function hash64(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000fe7);
  }
  return hex(mix(a)) + hex(mix(b ^ a));
}

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
