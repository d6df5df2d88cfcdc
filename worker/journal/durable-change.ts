import { JournalError } from "./journal-error.ts";

/**
 * Change a file, and where that fails bring back what was there before.
 *
 * Errors: the change's own; `journal_poisoned` where it could not be undone.
 */
export function changeOrUndo(change: () => void, undo: () => void): void {
  try {
    change();
  } catch (error) {
    try {
      undo();
    } catch (undoError) {
      const both = [error, undoError];
      throw poisoned(new AggregateError(both, "a change failed, and undoing it failed as well"));
    }
    throw error;
  }
}

/**
 * Sync. It is never tried again: after a failed one the system may forget what it could not write
 * and call the next one a success.
 *
 * Errors: `journal_poisoned`.
 */
export function syncOnce(sync: () => void): void {
  try {
    sync();
  } catch (error) {
    throw poisoned(error);
  }
}

export function isPoisoned(error: unknown): boolean {
  return error instanceof JournalError && error.code === "journal_poisoned";
}

function poisoned(cause: unknown): JournalError {
  const because = cause instanceof Error ? cause.message : String(cause);
  return new JournalError(
    "journal_poisoned",
    `nobody knows what of the journal is durable, recover it: ${because}`,
    { cause },
  );
}
