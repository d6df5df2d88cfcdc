/**
 * Prints the weekday profile that the scenarios use: mean calls a weekday, and how they spread over
 * half hours from 07:00 to 21:00. Only these derived figures are kept here, not the counts.
 *
 *     npx node simulator/scenarios/derive-bank-profile.ts ../shared/data/bankcalls_2003_5min.csv
 *
 * Data: a North American bank, 164 weekdays from 2003-03-03; Weinberg, Brown & Stroud, "Bayesian
 * forecasting of an inhomogeneous Poisson process with applications to call center data", Journal of
 * the American Statistical Association 102 (2007) 1185–1198.
 */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write("derive-bank-profile: name the file of five-minute counts\n");
  process.exit(64);
}
const rows: string[][] = parse(readFileSync(file, "utf8"), { from_line: 2 });
const names = ["mon", "tue", "wed", "thu", "fri"] as const;
const totals = names.map(() => Array.from({ length: 28 }, () => 0));
const dayCounts = names.map(() => 0);
for (const [date = "", ...counts] of rows) {
  const weekday = Temporal.PlainDate.from(date).dayOfWeek - 1;
  dayCounts[weekday] = (dayCounts[weekday] ?? 0) + 1;
  const shares = totals[weekday];
  // The 169th count begins at 21:00, when the line has closed.
  for (const [index, count] of counts.slice(0, 168).entries()) {
    const half = Math.floor(index / 6);
    if (shares !== undefined) shares[half] = (shares[half] ?? 0) + Number(count);
  }
}
const lines = names.map((name, weekday) => {
  const halves = totals[weekday] ?? [];
  const total = halves.reduce((sum, count) => sum + count, 0);
  const shares = halves.map((count) => ((100 * count) / total).toFixed(2));
  const daily = Math.round(total / (dayCounts[weekday] ?? 1));
  return `${name}: { weight: ${daily}, from: "07:00", shares: [${shares.join(", ")}] }`;
});
process.stdout.write(`${lines.join("\n")}\n`);
