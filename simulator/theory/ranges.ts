/** Which numbers an argument may be; all of them are finite. */
const ranges = {
  "above 0": (value: number) => value > 0,
  "0 or more": (value: number) => value >= 0,
  "whole, 0 or more": (value: number) => value >= 0 && Number.isInteger(value),
  "whole, 1 or more": (value: number) => value >= 1 && Number.isInteger(value),
  "between 0 and 1": (value: number) => value > 0 && value < 1,
};

/** A name, what it may be, and what it is. */
export type Argument = readonly [name: string, range: keyof typeof ranges, value: number];

/**
 * Holds the arguments of a formula to their ranges, all at once: outside of them it would give
 * nonsense, or look for ever.
 *
 * @throws RangeError naming each that is outside, its range and what was given
 */
export function hold(...given: readonly Argument[]): void {
  const outside = given.filter(
    ([, range, value]) => !Number.isFinite(value) || !ranges[range](value),
  );
  if (outside.length === 0) return;
  const all = outside.map(([name, range, value]) => `${name} must be ${range}, not ${value}`);
  throw new RangeError(all.join("; "));
}
