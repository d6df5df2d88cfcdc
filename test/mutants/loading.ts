// Which modules the tests get while mutants are run: this folder's in place of vitest and of the
// list of engines, and all of core and test anew where a mutant decides when a module is loaded.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const collectedTests = new URL("collected-tests.ts", import.meta.url).href;
const fewerRuns = new URL("fast-check/index.ts", import.meta.url).href;
const place = { root: "", life: 0 };

registerHooks({
  resolve(specifier, context, nextResolve) {
    const parent = context.parentURL ?? "";
    if (!parent.includes("?life=")) return nextResolve(specifier, context);
    if (specifier === "vitest") return nextResolve(collectedTests, context);
    // Those of the configuration count how many of their cases were of use.
    const isFewer = specifier === "fast-check" && !parent.includes("/configuration-");
    if (isFewer) return nextResolve(fewerRuns, context);
    const found = nextResolve(specifier, context);
    const { root } = place;
    if (!found.url.startsWith(root) || found.url.includes("/node_modules/")) return found;
    const one = `${root}test/mutants/one-implementation.ts`;
    const isReplaced =
      found.url === `${root}test/core/implementations.ts` && !parent.startsWith(one);
    return { ...found, url: inThisLife(isReplaced ? one : found.url) };
  },
});

/** Whatever is loaded from now on is another module than before, out of the current folder. */
export function beginLife(): void {
  // The copy of the tree with the mutants in it: Stryker goes there after it has loaded this.
  place.root = pathToFileURL(`${process.cwd()}/`).href;
  place.life += 1;
}

/** A module of this life, with all that it imports from core and test. */
export async function load(path: string): Promise<unknown> {
  return import(inThisLife(`${place.root}${path}`));
}

function inThisLife(url: string): string {
  return `${url}?life=${place.life}`;
}
