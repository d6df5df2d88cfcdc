import { readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { type ParsedText, parseConfigurationText } from "../../core/configuration/document.ts";
import { resolveConfiguration } from "../../core/configuration/resolve.ts";
import type { ResolvedConfiguration } from "../../core/configuration/resolved.ts";
import type { RecordedTrace } from "../traffic.ts";
import { type Change, withChange } from "./changes.ts";
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
 *
 * @param changes made one after the other before anything is checked. @defaultValue none
 */
export function loadScenario(file: string, changes: readonly Change[] = []): LoadedScenario {
  const read = readDocument(file);
  if ("problems" in read) return read;
  const isElsewhere = isObject(read.value) && typeof read.value["configuration"] === "string";
  const ofConfiguration = changes.filter(
    ({ pointer }) => isElsewhere && pointer.startsWith(intoConfiguration),
  );
  const changed = withChanges(
    read,
    changes.filter((change) => !ofConfiguration.includes(change)),
  );
  const { document } = changed;
  const { value, problems } = readShape(scenarioSchema, document.value);
  const found: LocatedProblem[] = [
    ...changed.problems,
    ...problems.map((problem) => document.located(problem)),
  ];
  const settings = value as ScenarioSettings;
  const given: unknown = isObject(document.value) ? document.value["configuration"] : undefined;
  const configuration = readConfiguration(file, document, given, ofConfiguration);
  found.push(...configuration.problems);
  const { resolved } = configuration;
  const isWhole = found.length === 0;
  const isSound = soundnessOf(problems);
  if (resolved !== undefined) {
    const late = crossProblems(settings, resolved, isSound);
    found.push(...late.map((problem) => document.located(problem)));
  }
  // What trace files hold, and whether all can be served, is asked where every value has its shape.
  if (!isWhole || resolved === undefined) return { problems: inOrder(found) };
  const traces = readTraces(settings, dirname(file));
  const capacity = feasibility(settings, resolved, traces.traces);
  found.push(...[...traces.problems, ...capacity.problems].map((p) => document.located(p)));
  if (found.length > 0) return { problems: inOrder(found) };
  return {
    scenario: {
      name: settings.name ?? basename(file, extname(file)),
      settings,
      configuration: resolved,
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

/** Whether the value at a path can be trusted: neither it, nor what holds it, nor what is in it is wrong. */
function soundnessOf(problems: readonly ScenarioProblem[]): (path: string) => boolean {
  const wrong = problems.filter(({ code }) => code !== "unknown_key").map(({ path }) => path);
  return (path) =>
    !wrong.some(
      (one) =>
        one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`) || one === "",
    );
}

const intoConfiguration = "/configuration/";

/** The document with the changes made, and what is wrong with those that cannot be. */
function withChanges(
  document: ReadDocument,
  changes: readonly Change[],
): { readonly document: ReadDocument; readonly problems: readonly LocatedProblem[] } {
  const problems: LocatedProblem[] = [];
  let { value } = document;
  for (const change of changes) {
    const changed = withChange(value, change);
    if ("value" in changed) value = changed.value;
    else {
      const { path, message } = changed;
      problems.push(
        document.located({ path, code: "unknown_reference", message, value: path, limit: null }),
      );
    }
  }
  return { document: { ...document, value }, problems };
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
  changes: readonly Change[],
): ReadConfiguration {
  if (typeof given !== "string" && !isObject(given)) return { problems: [], warnings: [] };
  const named = typeof given === "string" ? resolve(dirname(file), given) : undefined;
  const read = named === undefined ? scenario : readDocument(named);
  if ("problems" in read) {
    const problem = read.problems[0];
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
  const inside = changes.map(({ pointer, value }) => ({
    pointer: pointer.slice(intoConfiguration.length - 1),
    value,
  }));
  const { document, problems: impossible } = withChanges(read, inside);
  const resolution = resolveConfiguration(named === undefined ? given : document.value);
  if ("violations" in resolution) {
    const problems = resolution.violations.map((violation) =>
      document.located({ ...violation, path: prefix + violation.path }),
    );
    return { problems: [...impossible, ...problems], warnings: [] };
  }
  return {
    resolved: resolution.configuration,
    problems: impossible,
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
