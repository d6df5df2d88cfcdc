// `npm run contract:coverage`: writes docs/contract/coverage.md, which names for each sentence of
// the contract the tests that hold it; exit 1 while a sentence has none.
import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claims, type Claim } from "./claims.ts";
import { domainSentences, finePrintItems, type Sentence } from "./sentences.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the page is, from the root of the repository. */
export const coveragePath = "docs/contract/coverage.md";

export interface Coverage {
  readonly page: string;
  /** Sentences that no test claims. */
  readonly missing: readonly string[];
  /** Claims that name no sentence, or a test that is not there. */
  readonly wrong: readonly string[];
}

interface Holder {
  readonly file: string;
  readonly name: string;
}

/** Reads the two texts and the tests, and says which holds which. */
export async function contractCoverage(): Promise<Coverage> {
  const read = async (path: string): Promise<string> => readFile(join(root, path), "utf8");
  const sentences = [
    ...domainSentences(await read("docs/contract/DOMAIN.md")),
    ...finePrintItems(await read("docs/contract/FINE-PRINT.md")),
  ];
  const holders = new Map<string, Holder[]>(sentences.map(({ id }) => [id, []]));
  const wrong: string[] = [];
  const hold = (id: string, holder: Holder): void => {
    const found = holders.get(id);
    if (found === undefined) wrong.push(`${holder.file} claims ${id}, which there is not`);
    else if (!found.some(({ file, name }) => file === holder.file && name === holder.name)) {
      found.push(holder);
    }
  };
  for (const file of globSync("test/contract/*.test.ts", { cwd: root }).toSorted()) {
    for (const { ids, name } of taggedNames(await read(file))) {
      for (const id of ids) hold(id, { file, name });
    }
  }
  for (const claim of claims) {
    if (!(await stands(claim))) wrong.push(`${claim.file} has no test "${claim.test}"`);
    for (const id of claim.sentences) hold(id, { file: claim.file, name: claim.test });
  }
  const missing = sentences.map(({ id }) => id).filter((id) => holders.get(id)?.length === 0);
  return { page: page(sentences, holders), missing, wrong };
}

/**
 * The names in a test file that begin with ids of sentences. A name of ids alone is that of a row in
 * a table of cases.
 */
function taggedNames(
  source: string,
): readonly { readonly ids: readonly string[]; readonly name: string }[] {
  const quoted = /(["`])((?:(?:[2-5](?:\.[a-z0-9-]+)+|F\d+)(?: |(?=["`])))+)((?:\\.|(?!\1).)*)\1/gu;
  return [...source.matchAll(quoted)].map(([, , ids = "", name = ""]) => ({
    ids: ids.trim().split(" "),
    name: name.replaceAll(/\\(.)/gu, "$1").trim() || "a row of its table",
  }));
}

async function stands({ file, test }: Claim): Promise<boolean> {
  const source = await readFile(join(root, file), "utf8").catch(() => "");
  return ['"', "`", "'"].some((quote) => source.includes(quote + test));
}

function page(sentences: readonly Sentence[], holders: ReadonlyMap<string, Holder[]>): string {
  const parts = sentences.map(({ id, text }) => {
    const tests = (holders.get(id) ?? []).map(({ file, name }) => `- ${file}: ${name}`);
    return [`**${id}** ${text}`, "", ...(tests.length === 0 ? ["- nothing"] : tests)].join("\n");
  });
  return `# Coverage of the contract

Made by \`npm run contract:coverage\` from [DOMAIN.md](DOMAIN.md), sections 2–5, [FINE-PRINT.md](FINE-PRINT.md) and the tests: each sentence, and the tests that hold it.

${parts.join("\n\n")}
`;
}

if (import.meta.main) {
  const { page: text, missing, wrong } = await contractCoverage();
  await writeFile(join(root, coveragePath), text);
  for (const id of missing) console.error(`no test holds ${id}`);
  for (const one of wrong) console.error(one);
  process.exitCode = missing.length + wrong.length === 0 ? 0 : 1;
}
