import { RecordLines } from "./record-lines.ts";
import { savedRecordsOf } from "./snapshot-decoding.ts";
import { hash64 } from "./state-hash.ts";

/**
 * The state hash of what a snapshot holds: `hash64` of its records as lines of JSON, which is what it
 * was when snapshots were such lines. So it does not change with their format. For rare use.
 */
export function stateHashOf(snapshot: Uint8Array): string {
  const lines = new RecordLines();
  for (const record of savedRecordsOf(snapshot)) lines.write(record);
  return hash64(lines.bytes());
}
