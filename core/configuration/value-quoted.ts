const levels = 8;

/**
 * A copy of a value to show beside a problem. Below eight levels lists and objects become null:
 * nobody reads further, and what is sent back can be written as JSON however deep the value was.
 */
export function valueQuoted(value: unknown, depth = levels): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return null;
  return Array.isArray(value)
    ? value.map((item) => valueQuoted(item, depth - 1))
    : Object.fromEntries(
        Object.entries(value).map(([key, member]) => [key, valueQuoted(member, depth - 1)]),
      );
}
