import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { mean, variance } from "../../simulator/statistics.ts";

// Raw data may not be committed; where they stand beside the project, the profile is checked.
const bank = fileURLToPath(
  new URL("../../../shared/data/bankcalls_2003_5min.csv", import.meta.url),
);
const storm = fileURLToPath(
  new URL("../../simulator/scenarios/data/sandy311_daily.csv", import.meta.url),
);

test("the bank's calls are as over-dispersed as the profile's day factors say", (context) => {
  if (!existsSync(bank)) context.skip("bankcalls_2003_5min.csv is not beside the project");
  const rows: string[][] = parse(readFileSync(bank, "utf8"), { from_line: 2 });
  const totals = rows.map(([date = "", ...counts]) => ({
    weekday: Temporal.PlainDate.from(date).dayOfWeek,
    total: counts.reduce((sum, count) => sum + Number(count), 0),
  }));
  expect(totals).toHaveLength(164);
  expect(totals.reduce((sum, { total }) => sum + total, 0)).toBe(5_323_661);
  const shapes = [1, 2, 3, 4, 5].map((weekday) => {
    const days = totals.filter((day) => day.weekday === weekday).map(({ total }) => total);
    // Var = L + L² / k solved for k.
    return Math.round(mean(days) ** 2 / (variance(days) - mean(days)));
  });
  for (const [index, shape] of [260, 135, 291, 341, 366].entries()) {
    expect(Math.abs((shapes[index] ?? 0) / shape - 1)).toBeLessThan(0.05);
  }
});

test("the storm's counts are those the facts name", () => {
  const rows: Record<string, string>[] = parse(readFileSync(storm, "utf8"), { columns: true });
  const totals = rows.map((row) => Number(row["total"]));
  expect(totals).toHaveLength(1783);
  expect(totals.reduce((sum, total) => sum + total, 0)).toBe(78_158);
  expect(Math.max(...totals)).toBe(8054);
});
