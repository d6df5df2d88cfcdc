import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { contractCoverage, coveragePath } from "./coverage.ts";

test("every sentence of the contract has a test, and every claim names one that is there", async () => {
  const { missing, wrong } = await contractCoverage();
  expect(missing).toEqual([]);
  expect(wrong).toEqual([]);
});

test("docs/contract/coverage.md is current", async () => {
  const root = new URL("../../", import.meta.url);
  const written = await readFile(fileURLToPath(new URL(coveragePath, root)), "utf8");
  expect(written).toBe((await contractCoverage()).page);
});
