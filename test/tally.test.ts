import { expect, test } from "vitest";
import { tally } from "./tally.ts";

function report(...files: readonly { status: string; tests: readonly string[] }[]): string {
  return JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((outcome) => ({ status: outcome })),
    })),
  });
}

test("passed, failed and skipped tests are counted over all files", () => {
  const files = [
    { status: "passed", tests: ["passed", "passed", "skipped"] },
    { status: "failed", tests: ["passed", "failed", "pending"] },
  ];
  expect(tally(report(...files), 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("a file that could not be loaded counts as one failure", () => {
  const files = [
    { status: "passed", tests: ["passed"] },
    { status: "failed", tests: [] },
  ];
  expect(tally(report(...files), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("a file whose hook failed counts as one failure beside its skipped tests", () => {
  const file = { status: "failed", tests: ["skipped", "skipped"] };
  expect(tally(report(file), 1)).toEqual({ passed: 0, failed: 1, skipped: 2 });
});

test.each([
  ["finds no test", report(), 0],
  ["skips every test", report({ status: "passed", tests: ["skipped"] }), 0],
  ["passes but ends with an error", report({ status: "passed", tests: ["passed"] }), 1],
  ["ends without a report", undefined, 1],
])("a run that %s has failed", (_, text, exitCode) => {
  expect(tally(text, exitCode)).toMatchObject({ failed: 1, remark: expect.any(String) as string });
});
