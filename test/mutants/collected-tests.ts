// What test files import instead of vitest while mutants are run: tests are collected and run in
// this process, one by one, for a mutant must not cost the start of a test run. `expect` is vitest's.
import { createHash } from "node:crypto";
import { format } from "node:util";
import { expect as vitestExpect } from "vitest";

/** A test that can be run again and again. */
export interface CollectedTest {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly run: () => unknown;
}

type Row = readonly unknown[] | object | string | number;
type Body = (...values: never[]) => unknown;

const collection = { tests: [] as CollectedTest[], file: "", path: [] as string[] };

/** Loads a test file; its tests come after those that were collected before. */
export async function collect(file: string, load: () => Promise<unknown>): Promise<void> {
  collection.file = file;
  await load();
}

/** All that was collected, and nothing is left. */
export function taken(): readonly CollectedTest[] {
  return collection.tests.splice(0);
}

/** Stops at the first difference, where vitest would go on: `soft` is said outside of its tests. */
export const expect = new Proxy(vitestExpect, {
  get: (target, key): unknown => (key === "soft" ? target : Reflect.get(target, key)),
});

export const test = Object.assign((name: string, run: () => unknown): void => add(name, run), {
  each:
    (rows: readonly Row[]) =>
    (name: string, run: Body): void => {
      for (const [index, row] of rows.entries()) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row];
        add(titled(name, row, index), () => run(...(values as readonly never[])));
      }
    },
});

export const describe = Object.assign(
  (name: string, group: () => void): void => inside(name, group),
  {
    each:
      (rows: readonly Row[]) =>
      (name: string, group: Body): void => {
        for (const [index, row] of rows.entries()) {
          const values: readonly unknown[] = Array.isArray(row) ? row : [row];
          inside(titled(name, row, index), () => void group(...(values as readonly never[])));
        }
      },
  },
);

function inside(name: string, group: () => void): void {
  collection.path.push(name);
  group();
  collection.path.pop();
}

function add(name: string, run: () => unknown): void {
  const { file, path } = collection;
  const full = [...path, name].join(" > ");
  const digest = createHash("sha256").update(`${file} ${full}`).digest("hex").slice(0, 8);
  const earlier = collection.tests.filter(({ id }) => id.startsWith(digest)).length;
  collection.tests.push({ id: `${digest}.${earlier}`, name: full, file, run });
}

function titled(name: string, row: Row, index: number): string {
  const values: readonly unknown[] = Array.isArray(row) ? row : [row];
  const keyed = name.replaceAll(/\$(\w+)/gu, (whole, key: string) =>
    typeof row === "object" && key in row ? String((row as Record<string, unknown>)[key]) : whole,
  );
  return keyed.includes("%") ? format(keyed, ...values).slice(0, 200) : `${keyed} #${index}`;
}
