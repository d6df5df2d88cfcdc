import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { charts, pageWith } from "../../bench/docs/page.ts";
import { readResults, resultsFolder } from "../../bench/docs/results.ts";
import { shown, table } from "../../bench/docs/table.ts";
import { read } from "../repository.ts";

describe("docs/benchmarks.md", () => {
  const results = readResults();

  test("is what its raw results make of it", () => {
    const page = read("docs/benchmarks.md");
    expect(pageWith(page, results) === page, "npm run bench:docs").toBe(true);
  });

  test("has charts that are what the raw results make of them", () => {
    for (const [name, drawn] of charts(results)) {
      const file = join(resultsFolder, name);
      expect(existsSync(file), name).toBe(true);
      expect(readFileSync(file, "utf8") === drawn, `${name}: npm run bench:docs`).toBe(true);
    }
  });

  test("shows only results of published runs", () => {
    const environments = results.bench.map(({ environment }) => environment);
    expect(environments.filter(({ smoke }) => smoke)).toEqual([]);
    expect(environments.filter(({ commit }) => !/^[0-9a-f]{40}$/u.test(commit))).toEqual([]);
  });
});

describe("a page with blocks", () => {
  test("keeps what is written by hand, and replaces what is generated", () => {
    const page = "By hand.\n\n<!-- begin simulators -->\nold\n<!-- end -->\n\nMore.\n";
    const made = pageWith(page, { bench: [] });
    expect(made).toBe(
      "By hand.\n\n<!-- begin simulators -->\n\nNot measured yet.\n\n<!-- end -->\n\nMore.\n",
    );
    expect(pageWith(made, { bench: [] })).toBe(made);
  });

  test("is refused where nobody makes a block", () => {
    expect(() => pageWith("<!-- begin nonsense -->\n<!-- end -->\n", { bench: [] })).toThrow(
      "no benchmark and no block of the page is called nonsense",
    );
  });
});

test("a table is aligned by its titles", () => {
  expect(table(["name", ">value"], [["a", 1]])).toBe("| name | value |\n|---|--:|\n| a | 1 |");
});

test("numbers are shown with the three figures that count", () => {
  expect([1_234_567, 12_345, 999.6, 12.34, 1.234, 0.01234, 0].map(shown)).toEqual([
    "1,230,000",
    "12,300",
    "1000",
    "12.3",
    "1.23",
    "0.0123",
    "0",
  ]);
  expect(shown(Number.NaN)).toBe("—");
});
