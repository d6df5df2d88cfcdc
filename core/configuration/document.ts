import { LineCounter } from "yaml";
import { pointerTokens } from "./json-pointer.ts";
import { readJson } from "./json-text.ts";
import { type Place, UnreadableText } from "./text-reading.ts";
import { readYaml } from "./yaml-text.ts";

export type ConfigurationFormat = "json" | "yaml";

/** A place in a text as editors count it: both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type ParsedText =
  | {
      readonly value: unknown;
      /** Where a JSON Pointer leads; a key that is missing is where its nearest parent is. */
      readonly locate: (pointer: string) => Position;
    }
  | { readonly problem: Position & { readonly message: string } };

/**
 * Reads the text of a configuration file into a JSON value that knows where its parts stand: a
 * member at its key, an item at its beginning. A text that cannot be read, or can be read in two
 * ways (a key that stands twice, several documents), is answered with the first problem.
 *
 * Never throws. Linear in the text for JSON.
 *
 * @example
 * const parsed = parseConfigurationText("agents:\\n  - id: ana\\n", "yaml");
 * if ("value" in parsed) parsed.locate("/agents/0/capacity"); // { line: 2, column: 5 }
 */
export function parseConfigurationText(text: string, format: ConfigurationFormat): ParsedText {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const positionOf = positionsIn(body);
  try {
    const { value, place } = format === "json" ? readJson(body) : readYaml(body);
    return { value, locate: (pointer) => positionOf(offsetAt(place, pointer)) };
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    return { problem: { message: error.message, ...positionOf(error.offset) } };
  }
}

function offsetAt(document: Place, pointer: string): number {
  let place = document;
  for (const token of pointerTokens(pointer)) {
    const next = place.members?.get(token) ?? place.items?.[Number(token)];
    if (next === undefined) break;
    place = next;
  }
  return place.offset;
}

function positionsIn(text: string): (offset: number) => Position {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}
