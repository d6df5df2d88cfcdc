/**
 * The partition of a tenant: for good, as long as the data directory has its number of partitions.
 * FNV-1a over the id in UTF-8, so it is the same on every machine.
 */
export function partitionOf(tenant: string, partitions: number): number {
  return hashOf(tenant) % partitions;
}

let hashed = { tenant: "", hash: 0x811c_9dc5 };

/** Commands of one tenant come one behind the other. */
function hashOf(tenant: string): number {
  if (hashed.tenant === tenant) return hashed.hash;
  let hash = 0x811c_9dc5;
  for (const byte of Buffer.from(tenant, "utf8")) {
    hash = Math.imul(hash ^ byte, 0x0100_0193) >>> 0;
  }
  hashed = { tenant, hash };
  return hash;
}
