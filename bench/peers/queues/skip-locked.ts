import { packageOf } from "./packages.ts";
import { Deliveries, say, sendAll, sendingOf, skillCount, slotsPerSkill } from "./work.ts";

/**
 * `skip-locked.ts produce PORT FIRST COUNT RATE` and `skip-locked.ts consume PORT COUNTS`: what one
 * would write by hand on PostgreSQL, a claim of one message and one slot of its skill in one
 * statement, and their release in another.
 */

interface Row {
  readonly id: string;
  readonly due_at: number;
  readonly slot: number;
}

interface Client {
  connect(): Promise<void>;
  query(
    query: string | { readonly name: string; readonly text: string; readonly values: unknown[] },
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[] }>;
  on(event: "notification", listener: () => void): void;
  end(): Promise<void>;
}

/** What is used of node-postgres. */
interface NodePostgres {
  readonly Client: new (options: object) => Client;
  readonly Pool: new (options: object) => Pick<Client, "query" | "end">;
}

const { Client, Pool } = packageOf("pg") as NodePostgres;
const [role, ...argv] = process.argv.slice(2);

async function produce(): Promise<void> {
  const { address, ...sending } = sendingOf(argv);
  const pool = new Pool({ ...connectionTo(address), max: 8 });
  await sendAll(sending, {
    one: ({ id, skill, dueAt, text }) =>
      pool.query(
        `WITH added AS (INSERT INTO messages (id, skill, due_at, body) VALUES ($1, $2, $3, $4))
         SELECT pg_notify('messages', '')`,
        [id, skill, dueAt, text],
      ),
    many: (messages) =>
      pool.query(
        `WITH added AS (
           INSERT INTO messages (id, skill, due_at, body)
           SELECT * FROM unnest($1::bigint[], $2::int[], $3::float8[], $4::text[]))
         SELECT pg_notify('messages', '')`,
        [
          messages.map(({ id }) => id),
          messages.map(({ skill }) => skill),
          messages.map(({ dueAt }) => dueAt),
          messages.map(({ text }) => text),
        ],
      ),
  });
  await pool.end();
}

const tables = `
  CREATE TABLE messages (id bigint PRIMARY KEY, skill int NOT NULL, due_at float8 NOT NULL,
    body text NOT NULL, slot int);
  CREATE INDEX waiting ON messages (skill, id) WHERE slot IS NULL;
  CREATE TABLE slots (id serial PRIMARY KEY, skill int NOT NULL, busy boolean NOT NULL DEFAULT false);
  CREATE INDEX free ON slots (skill) WHERE NOT busy;
  INSERT INTO slots (skill) SELECT skill FROM generate_series(0, ${skillCount - 1}) AS skill,
    generate_series(1, ${slotsPerSkill});`;

const claim = `
  WITH message AS (
    SELECT id, due_at FROM messages WHERE skill = $1 AND slot IS NULL
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
  slot AS (
    SELECT id FROM slots WHERE skill = $1 AND NOT busy AND EXISTS (SELECT FROM message)
    LIMIT 1 FOR UPDATE SKIP LOCKED),
  taken AS (UPDATE slots SET busy = true FROM slot WHERE slots.id = slot.id RETURNING slots.id)
  UPDATE messages SET slot = taken.id FROM message, taken WHERE messages.id = message.id
  RETURNING messages.id, messages.due_at, messages.slot`;

const release = `
  WITH done AS (DELETE FROM messages WHERE id = $1)
  UPDATE slots SET busy = false WHERE id = $2`;

/** Connections of each skill; more than this only wait for one another on two cores. */
const claimersPerSkill = 2;

async function consume(): Promise<void> {
  const [address = "", counts = ""] = argv;
  const listener = new Client(connectionTo(address));
  await listener.connect();
  await listener.query(tables);
  const deliveries = new Deliveries(counts);
  let woken = Promise.withResolvers<void>();
  listener.on("notification", () => {
    woken.resolve();
    woken = Promise.withResolvers<void>();
  });
  await listener.query("LISTEN messages");
  const claimers = Array.from({ length: skillCount * claimersPerSkill }, async (_, index) => {
    const client = new Client(connectionTo(address));
    await client.connect();
    return { client, skill: index % skillCount };
  });
  for (const { client, skill } of await Promise.all(claimers)) {
    void (async () => {
      for (;;) {
        const next = woken.promise;
        const { rows } = await client.query({ name: "claim", text: claim, values: [skill] });
        const [row] = rows;
        if (row === undefined) {
          await next;
          continue;
        }
        deliveries.take(Number(row.id), row.due_at);
        await client.query({ name: "release", text: release, values: [row.id, row.slot] });
      }
    })();
  }
  say({ ready: true });
}

if (role === "produce") await produce();
else await consume();

function connectionTo(port: string): object {
  return { host: "127.0.0.1", port: Number(port), user: "postgres", database: "postgres" };
}
