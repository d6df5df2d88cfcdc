import type { Argv } from "yargs";
import { benchmarks } from "./catalogue.ts";
import type { Benchmark } from "./figures.ts";

/** EX_USAGE of sysexits.h: what was asked for cannot be done as it was asked. */
const usageExitCode = 64;

/** What was asked for cannot be done: an unknown name, or something that is not installed. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** End the process with what is wrong on standard error, 64 where the caller can mend it. */
export function exitWith(error: unknown): never {
  const isUsage = error instanceof UsageError;
  const message = isUsage || !(error instanceof Error) ? String(error) : (error.stack ?? "");
  process.stderr.write(`${isUsage ? message.replace("UsageError: ", "") : message}\n`);
  process.exit(isUsage ? usageExitCode : 1);
}

/** What was asked for on the command line. Ends the process after `--help`, and with 64 where it cannot be meant. */
export async function parsed<Options>(command: Argv<Options>) {
  const options = await command
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      process.stderr.write(`${message || error.message}\n`);
      process.exit(usageExitCode);
    })
    .parse();
  if (options["help"] !== undefined || options["version"] !== undefined) process.exit(0);
  return options;
}

/**
 * The benchmarks of these names, all without any, in the order of the catalogue. A name may also be
 * an area: `assign` is every `assign.…`.
 *
 * Errors: `UsageError` naming all that are unknown.
 */
export function chosen(names: readonly string[]): readonly Benchmark[] {
  const is = (name: string) => (benchmark: Benchmark) =>
    benchmark.name === name || benchmark.name.startsWith(`${name}.`);
  const unknown = names.filter((name) => !benchmarks.some(is(name)));
  if (unknown.length > 0) {
    const known = benchmarks.map(({ name }) => name).join(", ");
    throw new UsageError(`no such benchmark: ${unknown.join(", ")}; there are ${known}`);
  }
  return benchmarks.filter((benchmark) => {
    return names.length === 0 || names.some((name) => is(name)(benchmark));
  });
}
