// What test files get for fast-check while mutants are run: the same cases each time, fewer of them,
// and a case that fails is not made smaller.
import * as fc from "fast-check";

// `assert` below hides that of fast-check.
export * from "fast-check";

const numRunsMax = 40;

export function assert<T>(property: fc.IProperty<T>, parameters: fc.Parameters<T> = {}): void {
  const { seed = 20_261_123, numRuns = 100 } = parameters;
  fc.assert(property, {
    ...parameters,
    seed,
    numRuns: Math.min(numRuns, numRunsMax),
    endOnFailure: true,
  });
}
