import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Bring what is in the log of a store into its file, beside the one who writes it, and without making
 * that one wait. Whoever writes begins the log anew once it finds all of it in the file.
 *
 * Errors: those of SQLite; the store is as it was.
 */
export function checkpointBeside(path: string): void {
  if (!existsSync(path)) return;
  const database = new DatabaseSync(path);
  try {
    // Without the sync before each of the two a power cut could tear the file.
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    // What was written meanwhile is less each time.
    for (let round = 0; round < roundsMax; round += 1) {
      const { busy, log, checkpointed } = checkpoint.get() ?? {};
      if (busy !== 0 || log === checkpointed) return;
    }
  } finally {
    database.close();
  }
}

const roundsMax = 3;
