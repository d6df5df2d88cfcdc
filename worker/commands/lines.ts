import { once } from "node:events";

/** Writes NDJSON to standard output, no faster than it is read; ends the process where nobody reads. */
export async function printLine(value: object): Promise<void> {
  if (process.stdout.write(`${JSON.stringify(value)}\n`)) return;
  await once(process.stdout, "drain");
}
