import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import { type Resolution, resolveConfiguration } from "../../core/configuration/resolve.ts";
import {
  type ConfigurationFormat,
  parseConfigurationText,
} from "../../core/configuration/document.ts";
import { valueQuoted } from "../../core/configuration/value-quoted.ts";
import { invalidConfiguration } from "./problems.ts";
import { unreadable } from "./requests.ts";
import type { RequestViolation } from "./violations.ts";

/** A configuration as it was sent, not yet read. */
export class DocumentText {
  readonly text: string;
  readonly format: ConfigurationFormat;

  constructor(text: string, format: ConfigurationFormat) {
    this.text = text;
    this.format = format;
  }
}

export type ResolvedDocument = Extract<Resolution, { readonly configuration: unknown }>;

/**
 * Reads a document whole. In YAML, which people write by hand, each violation also has its `line`
 * and `column`.
 *
 * Problems: `unreadable_body`, `invalid_configuration`.
 */
export function readDocument({ text, format }: DocumentText): ResolvedDocument {
  const parsed = parseConfigurationText(text, format);
  if ("problem" in parsed) {
    const { message, line, column } = parsed.problem;
    throw unreadable(`Line ${line}, column ${column}: ${message}`);
  }
  const resolution = resolveConfiguration(parsed.value);
  if (!("violations" in resolution)) return resolution;
  throw invalidConfiguration(
    resolution.violations.map((violation) => ({
      ...violation,
      ...(format === "yaml" && parsed.locate(violation.path)),
    })),
  );
}

/**
 * The configuration with one agent added at the end or replaced in place. Where the result is not
 * valid, what is wrong about the agent is told by its place in the body that was sent, and the rest
 * by its place in the whole document.
 *
 * Problems: `invalid_configuration`.
 */
export function withAgent(
  configuration: ResolvedConfiguration,
  id: string,
  body: unknown,
): ResolvedConfiguration {
  const { agents } = configuration;
  const found = agents.findIndex((agent) => agent.id === id);
  const index = found === -1 ? agents.length : found;
  const changed = isRecord(body) ? { ...body, id } : body;
  const resolution = resolveConfiguration({
    ...configuration,
    agents: agents.toSpliced(index, 1, changed as ResolvedConfiguration["agents"][number]),
  });
  const inBody = new RegExp(`^/agents/${index}(?=/|$)`, "u");
  const violations = [
    ...differingId(id, body),
    ...("violations" in resolution ? resolution.violations : []).map((violation) => ({
      ...violation,
      path: violation.path.replace(inBody, ""),
    })),
  ];
  if (violations.length > 0 || "violations" in resolution) throw invalidConfiguration(violations);
  return resolution.configuration;
}

/** The id may be left out of the body, but not be another than that of the path. */
function differingId(id: string, body: unknown): readonly RequestViolation[] {
  if (!isRecord(body) || !Object.hasOwn(body, "id") || body["id"] === id) return [];
  const message = `Must be ${id}, as in the path.`;
  return [
    { path: "/id", code: "not_one_of", message, value: valueQuoted(body["id"], 3), limit: [id] },
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
