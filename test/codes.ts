import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { product, read, root } from "./repository.ts";

/** Codes by the name of their list: every exported `…Codes` of the product. */
export async function codeLists(): Promise<ReadonlyMap<string, readonly string[]>> {
  const lists = new Map<string, readonly string[]>();
  for (const { path, text } of product) {
    for (const [, name = ""] of text.matchAll(/^export const (\w+Codes) = \[/gmu)) {
      // What a module exports is unknown here until it is looked at.
      const module = (await import(pathToFileURL(join(root, path)).href)) as Record<
        string,
        unknown
      >;
      const list = module[name];
      if (!Array.isArray(list)) throw new Error(`${name} of ${path} is no list`);
      lists.set(name, list.map(String));
    }
  }
  return lists;
}

/**
 * Codes that docs/errors.md explains, by the name of their list: a section names the list in its
 * head, and its tables have a code in the first column.
 */
export function documentedCodes(): ReadonlyMap<string, readonly string[]> {
  const sections = read("docs/errors.md").split(/^## /mu).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const name = /^[^\n]*`(\w+Codes)`/u.exec(section)?.[1];
      if (name === undefined) return [];
      const codes = [...section.matchAll(/^\| `([a-z_]+)`/gmu)].flatMap(([, code]) => code ?? []);
      return [[name, codes] as const];
    }),
  );
}

/** Codes written out in the product, each with its place. */
export function writtenCodes(): readonly { readonly code: string; readonly path: string }[] {
  const patterns = [
    /\bcode: "([a-z]+(?:_[a-z]+)*)"/gu,
    /\bnew \w*Error\(\s*"([a-z]+(?:_[a-z]+)+)"/gu,
  ];
  return product.flatMap(({ path, text }) =>
    patterns
      .flatMap((pattern) => [...text.matchAll(pattern)])
      .flatMap(([, code]) => (code === undefined ? [] : [{ code, path }])),
  );
}
