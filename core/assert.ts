/** A bug, not bad input: the engine's state is not what its code believes. Never caught in core. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Holds in production too: the shard ends and recovers from its journal. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which must be there. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new AssertionError(`${what} is missing`);
  return value;
}
