import type { Argv } from "yargs";
import type { WorkerLimits } from "../limits.ts";
import {
  claimForMaintenance,
  observedPartitions,
  partitionCount,
} from "../maintenance/maintained-partitions.ts";
import type { MaintainedPartition } from "../maintenance/maintained-partitions.ts";
import { limitOption, limitsOf } from "./limit-option.ts";
import { printLine } from "./lines.ts";
import { UsageError, oneText } from "./usage-error.ts";

/** What a command of a data directory was given, before it is looked at. */
export type Given = Readonly<Record<string, unknown>>;

/** `DIR` and `--partition`, which all of them take. */
export function withDirectory(yargs: Argv): Argv {
  return yargs
    .positional("dir", { type: "string", describe: "Data directory of a worker" })
    .option("partition", { type: "number", requiresArg: true, describe: "Only this one" });
}

/** `--limit`, for those that replay. */
export function withLimits(yargs: Argv): Argv {
  return withDirectory(yargs).option("limit", {
    ...limitOption,
    describe: "NAME=VALUE as the worker was started with, repeatable",
  });
}

/** What they read. */
export interface MaintenanceOptions {
  readonly dir: string;
  readonly partition: number | undefined;
  readonly limits: WorkerLimits;
  readonly numbers: Readonly<Record<string, number | undefined>>;
}

/**
 * Read the options; every one that cannot be meant is named.
 *
 * Errors: `UsageError`; `DataDirectoryError` where there is no data directory.
 *
 * @param batches names of further options that take the index of a batch
 */
export function readMaintenanceOptions(
  given: Given,
  batches: readonly string[] = [],
): MaintenanceOptions {
  const dir = oneText("dir", given["dir"]);
  const problems: string[] = [];
  const last = partitionCount(dir) - 1;
  const number = (name: string, min: number, max: number): number | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    problems.push(`--${name} takes a whole number from ${min} to ${max}`);
    return undefined;
  };
  const partition = number("partition", 0, last);
  const numbers = Object.fromEntries(
    batches.map((name) => [name, number(name, 1, Number.MAX_SAFE_INTEGER)]),
  );
  let limits = limitsOf(undefined);
  try {
    limits = limitsOf(given["limit"]);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return { dir, partition, limits, numbers };
}

/**
 * Do something with each partition and print what it says, line by line; what fails in one is a line
 * too, and the others go on. Sets the exit code to 1 where anything was wrong.
 *
 * @param claim whether the directory is to be taken from workers meanwhile
 * @param isRight what a line says of itself. @defaultValue all are right
 */
export async function forEachPartition<Line extends object>(
  { dir, partition }: MaintenanceOptions,
  claim: "claimed" | "observed",
  work: (files: MaintainedPartition) => Iterable<Line>,
  isRight: (line: Line) => boolean = () => true,
): Promise<void> {
  using _lock = claim === "claimed" ? claimForMaintenance(dir) : undefined;
  for (const files of observedPartitions(dir, partition)) {
    try {
      for (const line of work(files)) {
        if (!isRight(line)) process.exitCode = 1;
        await printLine(line);
      }
    } catch (error) {
      process.exitCode = 1;
      const { problemOf } = await import("../maintenance/journal-verification.ts");
      await printLine({ partition: files.partition, problem: problemOf(error) });
    }
  }
}
