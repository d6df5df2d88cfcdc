import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { elapsedMs } from "./sampling.ts";

/** How long one append of 256 bytes to a file of the folder and its fdatasync take, one after the other; ms. */
export function syncTimesMs(folder: string, count: number): number[] {
  const file = openSync(join(folder, "bare"), "a");
  try {
    const bytes = Buffer.alloc(256, 1);
    return Array.from({ length: count }, () =>
      elapsedMs(() => {
        writeSync(file, bytes);
        fdatasyncSync(file);
      }),
    );
  } finally {
    closeSync(file);
  }
}
