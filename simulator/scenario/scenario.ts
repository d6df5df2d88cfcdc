import { readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { type ParsedText, parseConfigurationText } from "../../core/configuration/document.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import type { RecordedTrace } from "../traffic.ts";
import { crossProblems } from "./cross-checks.ts";
import { feasibility } from "./feasibility.ts";
import type { ScenarioCode } from "./problem-codes.ts";
import { readShape, type ScenarioProblem } from "./read-shape.ts";
import { type ScenarioSettings, scenarioSchema } from "./schema.ts";
import { readTraces } from "./trace-files.ts";

/**
 * A scenario ready to be simulated: plain data, the same on every thread.
 */
export interface Scenario {
  readonly name: string;
  readonly settings: ScenarioSettings;
  readonly configuration: ResolvedConfiguration;
  /** Channel id → one entry for each of its sources, absent where it is no trace. */
  readonly traces: Readonly<Record<string, readonly (RecordedTrace | undefined)[]>>;
  /** What may surprise, for the report and the terminal. */
  readonly warnings: readonly string[];
}

/** A problem with the place where it stands. */
export interface LocatedProblem extends ScenarioProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export type LoadedScenario =
  | { readonly scenario: Scenario }
  | { readonly problems: readonly LocatedProblem[] };

/**
 * Reads a scenario file and the tenant configuration it names. All problems of both files at once,
 * each with its line and column; a file that cannot be read is the only problem.
 */
export function loadScenario(file: string): LoadedScenario {
  const document = readDocument(file);
  if ("problems" in document) return document;
  const { value, problems } = readShape(scenarioSchema, document.value);
  const found: LocatedProblem[] = problems.map((problem) => document.located(problem));
  const settings = value as ScenarioSettings;
  const given: unknown = isObject(document.value) ? document.value["configuration"] : undefined;
  const configuration = readConfiguration(file, document, given);
  found.push(...configuration.problems);
  if (found.length > 0 || configuration.resolved === undefined) return { problems: inOrder(found) };

  const traces = readTraces(settings, dirname(file));
  const world = { settings, configuration: configuration.resolved };
  const capacity = feasibility(world.settings, world.configuration);
  const late = [
    ...crossProblems(world.settings, world.configuration),
    ...traces.problems,
    ...capacity.problems,
  ];
  if (late.length > 0) return { problems: inOrder(late.map((p) => document.located(p))) };
  return {
    scenario: {
      name: settings.name ?? basename(file, extname(file)),
      settings,
      configuration: configuration.resolved,
      traces: traces.traces,
      warnings: [...configuration.warnings, ...capacity.warnings],
    },
  };
}

interface ReadDocument {
  readonly value: unknown;
  readonly located: (problem: ScenarioProblem) => LocatedProblem;
}

function readDocument(
  file: string,
): ReadDocument | { readonly problems: readonly LocatedProblem[] } {
  const whole = (code: ScenarioCode, message: string, line = 1, column = 1) => ({
    problems: [{ file, line, column, path: "", code, message, value: null, limit: null }],
  });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return whole("unreadable", error instanceof Error ? error.message : String(error));
  }
  const parsed: ParsedText = parseConfigurationText(
    text,
    extname(file) === ".json" ? "json" : "yaml",
  );
  if ("problem" in parsed) {
    const { message, line, column } = parsed.problem;
    return whole("unreadable", message, line, column);
  }
  return {
    value: parsed.value,
    located: (problem) => ({ ...problem, file, ...parsed.locate(problem.path) }),
  };
}

interface ReadConfiguration {
  readonly resolved?: ResolvedConfiguration;
  readonly problems: readonly LocatedProblem[];
  readonly warnings: readonly string[];
}

/** The configuration, in a file beside the scenario or in the scenario itself. */
function readConfiguration(
  file: string,
  scenario: ReadDocument,
  given: unknown,
): ReadConfiguration {
  if (typeof given !== "string" && !isObject(given)) return { problems: [], warnings: [] };
  const named = typeof given === "string" ? resolve(dirname(file), given) : undefined;
  const document = named === undefined ? scenario : readDocument(named);
  if ("problems" in document) {
    const problem = document.problems[0];
    const here = scenario.located({
      path: "/configuration",
      code: "configuration_unreadable",
      message: `${named ?? ""}: ${problem?.message ?? "cannot be read"}`,
      value: given,
      limit: null,
    });
    return { problems: [here], warnings: [] };
  }
  const prefix = named === undefined ? "/configuration" : "";
  const resolution = resolveConfiguration(named === undefined ? given : document.value);
  if ("violations" in resolution) {
    const problems = resolution.violations.map((violation) =>
      document.located({ ...violation, path: prefix + violation.path }),
    );
    return { problems, warnings: [] };
  }
  return {
    resolved: resolution.configuration,
    problems: [],
    warnings: resolution.warnings.map(({ path, code, message }) => `${path} ${code}: ${message}`),
  };
}

function inOrder(problems: readonly LocatedProblem[]): readonly LocatedProblem[] {
  return problems.toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
