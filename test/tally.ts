/** What one run of the tests came to. A run that proves nothing counts as failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why something counts as failed that is no failed test. */
  readonly remark?: string;
}

/**
 * Counts a run from vitest's JSON report, and from its exit code where the report is silent: a file
 * that could not be loaded is a failure, and so are a run without tests, an error outside of any
 * test, and a run that ended before it could report.
 */
export function tally(report: string | undefined, exitCode: number): Tally {
  if (report === undefined) {
    return { passed: 0, failed: 1, skipped: 0, remark: "The test run ended without a report." };
  }
  // Written by vitest a moment ago, in a format it keeps for Jest's sake.
  const { testResults } = JSON.parse(report) as JsonReport;
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (wanted: readonly string[]): number =>
    tests.filter(({ status }) => wanted.includes(status)).length;
  const passed = count(["passed"]);
  const failed = count(["failed"]) + testResults.filter(brokenOutsideItsTests).length;
  const skipped = tests.length - passed - count(["failed"]);
  if (failed > 0) return { passed, failed, skipped };
  if (passed === 0) return { passed, failed: 1, skipped, remark: "No test ran." };
  if (exitCode !== 0) {
    return { passed, failed: 1, skipped, remark: "An error arose outside of the tests." };
  }
  return { passed, failed, skipped };
}

/** Could not be loaded, or failed in a hook. */
function brokenOutsideItsTests(file: JsonReport["testResults"][number]): boolean {
  return (
    file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed")
  );
}

interface JsonReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}
