import type { ComparedMeasure } from "./comparison.ts";
import { meanInterval, variance } from "./statistics.ts";

/**
 * The difference of two means whose replications are pairs: Student's t of the differences. Unknown, as
 * of doors where there are none, where a value is NaN.
 */
export function pairedMeans(
  a: readonly number[],
  b: readonly number[],
  confidence: number,
): Pick<ComparedMeasure, "first" | "second" | "difference" | "varianceReduction"> {
  const differences = b.map((value, index) => value - (a[index] ?? Number.NaN));
  return {
    first: meanInterval(a, confidence).estimate,
    second: meanInterval(b, confidence).estimate,
    difference: meanInterval(differences, confidence),
    varianceReduction: (variance(a) + variance(b)) / variance(differences),
  };
}
