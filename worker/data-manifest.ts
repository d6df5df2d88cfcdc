import fs from "node:fs";
import { join } from "node:path";
import { DataDirectoryError } from "./data-directory-error.ts";
import { syncFolder } from "./journal/disk.ts";
import { segmentFormat } from "./journal/segment-file.ts";

const defaultPartitions = 8;
const partitionsMax = 1024;
const manifestFormat = 1;
const manifestName = "nightdesk.json";

/** What is fixed when a data directory is made, as it stands in its manifest. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly journalFormat: typeof segmentFormat;
  readonly partitions: number;
  readonly testClock: boolean;
  readonly createdAt: string;
}

/** The manifest of a data directory, if it has one. Errors: `data_format_unknown`. */
export function readManifest(path: string): Manifest | undefined {
  const file = join(path, manifestName);
  if (!fs.existsSync(file)) return undefined;
  const found = parse(fs.readFileSync(file, "utf8"));
  if (isManifest(found)) return found;
  const { format, journalFormat } = found;
  const known = format === manifestFormat && journalFormat === segmentFormat;
  throw new DataDirectoryError(
    "data_format_unknown",
    known || typeof format !== "number" || typeof journalFormat !== "number"
      ? `${file} is damaged`
      : `${file} has format ${format} and journal format ${journalFormat}; ` +
          `this release reads ${manifestFormat} and ${segmentFormat}`,
  );
}

function parse(text: string): Partial<Record<keyof Manifest, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // Not JSON: nothing is known of its format, and the caller says so.
    return {};
  }
}

function isManifest(value: Partial<Record<keyof Manifest, unknown>>): value is Manifest {
  return (
    value.format === manifestFormat &&
    value.journalFormat === segmentFormat &&
    isPartitionCount(value.partitions) &&
    typeof value.testClock === "boolean" &&
    typeof value.createdAt === "string"
  );
}

function isPartitionCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= partitionsMax;
}

/** The manifest of a directory that is being made. Errors: a RangeError for the partitions' number. */
export function newManifest(options: {
  readonly partitions?: number | undefined;
  readonly testClock: boolean;
}): Manifest {
  const { partitions = defaultPartitions, testClock } = options;
  if (!isPartitionCount(partitions)) {
    throw new RangeError(`${partitions} partitions: a whole number from 1 to ${partitionsMax}`);
  }
  const createdAt = new Date().toISOString();
  return {
    format: manifestFormat,
    journalFormat: segmentFormat,
    partitions,
    testClock,
    createdAt,
  };
}

/** Write it aside and rename it: a crash leaves a whole manifest or none. */
export function writeManifest(path: string, manifest: Manifest): void {
  const aside = join(path, `${manifestName}.new`);
  fs.writeFileSync(aside, `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true });
  fs.renameSync(aside, join(path, manifestName));
  syncFolder(path);
}
