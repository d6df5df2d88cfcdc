/**
 * Codes of a data directory that cannot be used as asked.
 *
 * - `data_in_use`: another process has it.
 * - `data_partitions_differ`: it was made with another number of partitions than was asked for.
 * - `data_test_clock_differs`: it was begun with a test clock and is opened without one, or the
 *   reverse.
 * - `data_format_unknown`: its manifest is missing, unreadable or of another format.
 * - `data_io`: the system refused; see `cause`.
 */
export const dataDirectoryErrorCodes = [
  "data_in_use",
  "data_partitions_differ",
  "data_test_clock_differs",
  "data_format_unknown",
  "data_io",
] as const;

export type DataDirectoryErrorCode = (typeof dataDirectoryErrorCodes)[number];

/** An operating error of the data directory, by its stable `code`. */
export class DataDirectoryError extends Error {
  readonly code: DataDirectoryErrorCode;

  constructor(code: DataDirectoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataDirectoryError";
    this.code = code;
  }
}
