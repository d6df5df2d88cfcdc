import { parseConfigurationText } from "../../core/configuration/document.ts";
import { pointerTokens } from "../../core/configuration/json-pointer.ts";

/** One value of a scenario, or of the configuration it names, put in place of what stands there. */
export interface Change {
  /** JSON Pointer; below `/configuration` it leads into the configuration, wherever that stands. */
  readonly pointer: string;
  readonly value: unknown;
}

/** Why a change cannot be made: the pointer leads nowhere, at `path`. */
export interface ImpossibleChange {
  readonly path: string;
  readonly message: string;
}

/**
 * Reads `POINTER=VALUE`, the value as YAML writes it.
 *
 * @returns a sentence where the text is no such thing
 * @example
 * readChange("/staff/late/agents=[ana, ben]"); // { pointer: "/staff/late/agents", value: [...] }
 */
export function readChange(text: string): Change | string {
  const match = /^((?:\/[^=/]*)+)=(.*)$/s.exec(text);
  if (match === null) return `--set must be /PATH=VALUE, not ${text}`;
  const [, pointer = "", written = ""] = match;
  const parsed = parseConfigurationText(written, "yaml");
  if ("problem" in parsed) return `--set ${pointer}: ${parsed.problem.message}`;
  return { pointer, value: parsed.value };
}

/**
 * The document with one value changed; the given one stays as it is, also where YAML aliases make
 * several places one value. Groups that are missing on the way are made; `-` is the place behind the
 * last entry of a list (RFC 6901).
 */
export function withChange(
  document: unknown,
  { pointer, value }: Change,
): { readonly value: unknown } | ImpossibleChange {
  const tokens = pointerTokens(pointer);
  try {
    return { value: placed(document, tokens, 0, value) };
  } catch (error) {
    if (!(error instanceof LeadsNowhere)) throw error;
    return { path: pointer, message: error.message };
  }
}

class LeadsNowhere extends Error {}

function placed(at: unknown, tokens: readonly string[], depth: number, value: unknown): unknown {
  const token = tokens[depth];
  if (token === undefined) return value;
  if (Array.isArray(at)) {
    const entries: readonly unknown[] = at;
    const index = token === "-" ? entries.length : Number(token === "" ? Number.NaN : token);
    if (!Number.isInteger(index) || index < 0 || index > entries.length - (token === "-" ? 0 : 1)) {
      throw new LeadsNowhere(
        `The list has ${entries.length} entries, counted from 0; - is the place behind them.`,
      );
    }
    const changed = placed(entries[index], tokens, depth + 1, value);
    return [...entries.slice(0, index), changed, ...entries.slice(index + 1)];
  }
  if (at !== undefined && !isGroup(at)) {
    throw new LeadsNowhere(`There is nothing below ${JSON.stringify(at)}.`);
  }
  return { ...at, [token]: placed(at?.[token], tokens, depth + 1, value) };
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
