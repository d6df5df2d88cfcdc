import type { SQLOutputValue } from "node:sqlite";

/** A row as SQLite gives it. */
export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** A column that the table declares TEXT NOT NULL. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`${column} is no text`);
  return value;
}

/** A column that the table declares TEXT. */
export function optionalText(row: SqlRow, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}

/** A column that the table declares INTEGER NOT NULL. */
export function integerOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`${column} is no number`);
  return value;
}

/** A column that the table declares INTEGER. */
export function optionalInteger(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : integerOf(row, column);
}

/** 0 or 1. */
export function flagOf(row: SqlRow, column: string): boolean {
  return integerOf(row, column) === 1;
}
