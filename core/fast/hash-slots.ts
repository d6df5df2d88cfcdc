/**
 * Slots of a hash table with open addressing and linear probing, at most two thirds full. Each is
 * two words, a row's handle (0: none) and its hash: whoever looks, removes or grows reads slots only,
 * eight to a cache line, and no row but the one that is found.
 */
export function newSlots(): Int32Array {
  return new Int32Array(2 * 256);
}

/** Whether so many rows are too many. */
export function isFull(slots: Int32Array, count: number): boolean {
  return count * 3 > slots.length;
}

/** Put a row, which is not in there, into the first free slot from its hash on. */
export function put(slots: Int32Array, row: number, hash: number): void {
  const mask = slots.length - 1;
  let at = (hash << 1) & mask;
  while (slots[at] !== 0) at = (at + 2) & mask;
  slots[at] = row;
  slots[at + 1] = hash;
}

/** Take a row out; what stood behind it moves up. */
export function take(slots: Int32Array, row: number, hash: number): void {
  const mask = slots.length - 1;
  let at = (hash << 1) & mask;
  while (slots[at] !== row) at = (at + 2) & mask;
  let hole = at;
  for (;;) {
    at = (at + 2) & mask;
    const other = slots[at] ?? 0;
    if (other === 0) break;
    const otherHash = slots[at + 1] ?? 0;
    const home = (otherHash << 1) & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    slots[hole] = other;
    slots[hole + 1] = otherHash;
    hole = at;
  }
  slots[hole] = 0;
}

/** Slots for so many rows, with those that are in there already. */
export function roomFor(slots: Int32Array, count: number): Int32Array {
  let larger = slots;
  while (isFull(larger, count)) larger = grown(larger);
  return larger;
}

/** Twice as many slots, with the same rows. */
export function grown(slots: Int32Array): Int32Array {
  const larger = new Int32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += 2) {
    const row = slots[at] ?? 0;
    if (row !== 0) put(larger, row, slots[at + 1] ?? 0);
  }
  return larger;
}
