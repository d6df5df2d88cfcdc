import { studentQuantile } from "../special-functions.ts";
import { mean, variance } from "../statistics.ts";

/** What replications say about one exact value. */
export interface Verdict {
  readonly simulated: number;
  readonly error: number;
  /** The 99.9 % interval, in which the exact value must lie. */
  readonly low: number;
  readonly high: number;
  readonly passes: boolean;
  /** Whether the error is small enough for the verdict to mean something. */
  readonly isPrecise: boolean;
}

/** Two-sided 3.29 standard errors of the normal law. */
const tail = 0.0005;

/**
 * Agreement: |simulated − exact| ≤ 3.29 standard errors (the same quantile of Student's t below 100
 * replications), and the standard error at most `errorMax` × the exact value.
 *
 * With a control variate whose mean is known, the estimate is the intercept of the values regressed
 * on the control's deviations, with the regression's own error and one degree of freedom less.
 */
export function judge(
  values: readonly number[],
  exact: number,
  errorMax: number,
  control?: { readonly values: readonly number[]; readonly mean: number },
): Verdict {
  const { simulated, error, degrees } =
    control === undefined ? plain(values) : controlled(values, control.values, control.mean);
  const factor = studentQuantile(degrees, 1 - tail);
  return {
    simulated,
    error,
    low: simulated - factor * error,
    high: simulated + factor * error,
    passes: Math.abs(simulated - exact) <= factor * error,
    isPrecise: error <= errorMax * Math.abs(exact),
  };
}

function plain(values: readonly number[]) {
  const n = values.length;
  return { simulated: mean(values), error: Math.sqrt(variance(values) / n), degrees: n - 1 };
}

function controlled(values: readonly number[], controls: readonly number[], controlMean: number) {
  const n = values.length;
  const x = controls.map((value) => value - controlMean);
  const xMean = mean(x);
  const yMean = mean(values);
  const spread = x.reduce((sum, value) => sum + (value - xMean) ** 2, 0);
  const slope =
    x.reduce((sum, value, index) => sum + (value - xMean) * ((values[index] ?? 0) - yMean), 0) /
    spread;
  const simulated = yMean - slope * xMean;
  const residual =
    values.reduce(
      (sum, value, index) => sum + (value - simulated - slope * (x[index] ?? 0)) ** 2,
      0,
    ) /
    (n - 2);
  const error = Math.sqrt(residual * (1 / n + xMean ** 2 / spread));
  return { simulated, error, degrees: n - 2 };
}
