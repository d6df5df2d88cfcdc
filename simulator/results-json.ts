/**
 * A result as JSON. Numbers that JSON has no word for are texts: "infinite" for a wait beyond every
 * limit ("-infinite" for a difference of such), null for an interval that one replication cannot give.
 */
export function resultsJson(results: object): string {
  const text = JSON.stringify(
    results,
    (_key, value: unknown) => {
      if (value === Number.POSITIVE_INFINITY) return "infinite";
      if (value === Number.NEGATIVE_INFINITY) return "-infinite";
      if (typeof value === "number" && Number.isNaN(value)) return null;
      return value;
    },
    2,
  );
  return `${text.replaceAll(flatList, (found) => found.replaceAll(/\s*\n\s*/g, " "))}\n`;
}

/** A list of figures or words stands on one line. A text of JSON has no line breaks of its own. */
const flatList = /\[\n[^[\]{}]*\]/g;
