import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares each statement once. */
export type Statements = (sql: string) => StatementSync;

export function statementsOf(database: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
}
