import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../repository.ts";

interface Test {
  readonly name: string;
  /** What stands above it, which names the tracker. */
  readonly docstring: string;
}

interface Complaint {
  readonly text: string;
  /** `file: name`, as the page has them. */
  readonly tests: readonly string[];
}

const page = await readFile(join(root, "docs/contract/pains.md"), "utf8");
const complaints = complaintsOf(page);
const tests = new Map<string, Test>();
const files = globSync(["test/core/pains-*.test.ts", "test/contract/pains.test.ts"], { cwd: root });
for (const file of files) {
  for (const found of testsOf(await readFile(join(root, file), "utf8"))) {
    tests.set(`${file}: ${found.name}`, found);
  }
}

test("every complaint has a test beside its room, and every test that it names is there", () => {
  expect(complaints).toHaveLength(27);
  for (const { text, tests: named } of complaints) {
    expect(named, text).not.toEqual([]);
    for (const one of named) expect([...tests.keys()], text).toContain(one);
  }
});

test("the docstrings of a complaint's tests name its tracker and each of its numbers", () => {
  for (const { text, tests: named } of complaints) {
    const docstrings = named.map((one) => tests.get(one)?.docstring ?? "").join("\n");
    for (const [number] of text.replaceAll(/\([^)]*\)/gu, "").matchAll(/\b\d[\d,]*\b/gu)) {
      expect(docstrings, text).toContain(number);
    }
    for (const [owner] of text.matchAll(trackers)) {
      expect(docstrings.toLowerCase(), text).toContain(owner.toLowerCase());
    }
  }
});

test("the page names every test of a complaint", () => {
  const named = new Set(complaints.flatMap((complaint) => complaint.tests));
  expect([...tests.keys()].filter((one) => !named.has(one))).toEqual([]);
});

const trackers =
  /Rocket\.Chat|Chatwoot|libredesk|Asterisk|OpenACD|FreeSWITCH|comms-router|pg-boss|OpenSIPS|Zendesk|BullMQ|Open Match|Genesys/gu;

function complaintsOf(markdown: string): readonly Complaint[] {
  return markdown
    .split(/^\*\*(?=\S)/mu)
    .slice(1)
    .map((part) => {
      const [head = "", ...lines] = part.split("\n");
      const listed = lines.filter((line) => line.startsWith("- "));
      return { text: head.replace(/\*\*$/u, ""), tests: listed.map((line) => line.slice(2)) };
    });
}

/** Each test with the docstring right above it. */
function testsOf(source: string): readonly Test[] {
  const declared =
    /(?:\/\*\*(?<docstring>(?:(?!\*\/)[\s\S])*)\*\/\s*)?\btest(?:\.each\([^)]*\))?\(\s*(?<quote>["'])(?<name>(?:(?!\k<quote>).)+)\k<quote>/gu;
  return [...source.matchAll(declared)].map(({ groups = {} }) => ({
    name: groups["name"] ?? "",
    docstring: groups["docstring"] ?? "",
  }));
}
