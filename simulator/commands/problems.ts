import type { LocatedProblem } from "../scenario/scenario.ts";

/** One line a problem, `FILE:LINE:COLUMN path code message`, then those of the command line. */
export function printProblems(
  problems: readonly LocatedProblem[],
  others: readonly string[] = [],
): void {
  for (const { file, line, column, path, code, message, value } of problems) {
    const found = value === null || typeof value === "object" ? "" : ` (${JSON.stringify(value)})`;
    process.stderr.write(`${file}:${line}:${column} ${path || "/"} ${code} ${message}${found}\n`);
  }
  for (const other of others) process.stderr.write(`${other}\n`);
  const count = problems.length + others.length;
  process.stderr.write(`${count} ${count === 1 ? "problem" : "problems"}\n`);
}
