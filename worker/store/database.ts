import { DatabaseSync } from "node:sqlite";

/** Grows with every change of the tables below; a store of another number is derived anew. */
export const storeFormat = 1;

/** The store's file cannot be used; `cause` is what SQLite said. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}

/**
 * - `store_damaged`: SQLite cannot read the file.
 * - `store_format_unknown`: a release with other tables wrote it.
 * - `store_history_trimmed`: it cannot be derived anew without loss, because the journal no longer has
 *   its beginning.
 */
export const storeErrorCodes = [
  "store_damaged",
  "store_format_unknown",
  "store_history_trimmed",
] as const;
export type StoreErrorCode = (typeof storeErrorCodes)[number];

/**
 * Open a store's file, and make its tables where there are none.
 *
 * The file follows the journal, so a transaction is not synced by itself: after a power cut the last
 * ones may be missing, whole, and are derived anew. What is deleted is overwritten.
 *
 * Errors: `StoreError` with `store_damaged` or `store_format_unknown`; those of SQLite that say
 * nothing of what is in the file, such as that it is in use, as they are.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readBigInts: false, timeout: busyMs });
    // A store that is torn while it is made holds nothing yet, and is made anew.
    database.exec(`PRAGMA synchronous = OFF; ${settings}`);
    const format = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (format === 0)
      database.exec(`BEGIN; ${tables} PRAGMA user_version = ${storeFormat}; COMMIT`);
    else if (format !== storeFormat) throw otherFormat(path, format);
    // What is damaged is better found now.
    database.prepare("SELECT batch FROM progress").get();
    database.exec("PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    database?.close();
    // A file that is in use, or a disk that is full, says nothing of what is in the file.
    if (!isDamage(error)) throw error;
    const because = error instanceof Error ? error.message : String(error);
    throw new StoreError("store_damaged", `cannot use ${path}: ${because}`, { cause: error });
  }
}

/** Who closes the file last brings its log in, and lets nobody else open it meanwhile. */
const busyMs = 2000;

/** Whether SQLite found the file damaged, or no database: SQLITE_CORRUPT, SQLITE_NOTADB. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error)) return false;
  return [11, 26].includes(Number(error.errcode) & 0xff);
}

function otherFormat(path: string, format: number): StoreError {
  return new StoreError(
    "store_format_unknown",
    `${path} has format ${format}, and this release has ${storeFormat}`,
  );
}

/** The log is brought into the file beside us long before (`checkpointBeside`). */
const logPagesMax = 16_000;

const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA secure_delete = ON;
  PRAGMA wal_autocheckpoint = ${logPagesMax};
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16000;
`;

const tables = `
  -- One row: the last batch of the journal that is in the other tables.
  CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), batch INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (1, 0);

  -- Conversations as they were last; \`queued\` stands for \`held\` too.
  CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer TEXT,
    customer_id TEXT,
    state TEXT NOT NULL,
    offline INTEGER NOT NULL,
    version INTEGER NOT NULL,
    skill_queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    agent TEXT,
    last_agent TEXT,
    closed_at INTEGER
  ) STRICT;
  CREATE INDEX conversations_by_state ON conversations (tenant, state);
  CREATE INDEX conversations_by_customer ON conversations (tenant, customer)
    WHERE customer IS NOT NULL;
  CREATE INDEX conversations_by_customer_id ON conversations (tenant, customer_id)
    WHERE customer_id IS NOT NULL;
  CREATE INDEX conversations_by_agent ON conversations (tenant, agent) WHERE agent IS NOT NULL;
  CREATE INDEX conversations_closed ON conversations (tenant, closed_at)
    WHERE closed_at IS NOT NULL;

  -- What happened, some events a row, under the sequence of the last one.
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    conversation INTEGER,
    agent TEXT,
    streamed INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    content TEXT
  ) STRICT;
  CREATE INDEX events_of_conversation ON events (conversation) WHERE conversation IS NOT NULL;
  CREATE INDEX events_of_agent ON events (tenant, agent) WHERE agent IS NOT NULL;
  CREATE INDEX events_of_tenant ON events (tenant) WHERE streamed = 1;
  CREATE INDEX events_of_presence ON events (at) WHERE conversation IS NULL;

  -- What customers are told; a text is that of the event with the same sequence.
  CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer TEXT,
    conversation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    offline INTEGER NOT NULL,
    status TEXT,
    reason TEXT,
    in_reply_to INTEGER,
    delivery TEXT NOT NULL,
    delivery_reason TEXT
  ) STRICT;
  CREATE INDEX entries_of_customer ON entries (tenant, channel, customer)
    WHERE customer IS NOT NULL;
  CREATE INDEX entries_of_conversation ON entries (conversation);
  CREATE INDEX entries_pending ON entries (tenant, channel) WHERE delivery = 'pending';
  CREATE INDEX entries_failed ON entries (tenant, channel) WHERE delivery = 'failed';
`;
