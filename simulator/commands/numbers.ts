/** Numbers of the command line that several commands take. */
export interface RunNumbers {
  readonly seed: number | undefined;
  readonly replications: number | undefined;
  readonly threads: number;
  readonly precision?: number | undefined;
}

/** What is wrong with them, a line each. */
export function numberProblems(given: RunNumbers): readonly string[] {
  const { seed, replications, precision, threads } = given;
  return [
    ...wholeNumberProblem("seed", seed, 0, 4_294_967_295),
    ...wholeNumberProblem("replications", replications, 1, 100_000),
    ...wholeNumberProblem("threads", threads, 0, 1024),
    ...(precision === undefined || (precision > 0 && precision < 1)
      ? []
      : [`--precision must be above 0 and below 1, not ${precision}`]),
  ];
}

/** A line if the option is given and no whole number in its range. */
export function wholeNumberProblem(
  name: string,
  value: number | undefined,
  least: number,
  most: number,
): readonly string[] {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most)
    ? []
    : [`--${name} must be a whole number from ${least} to ${most}, not ${value}`];
}
