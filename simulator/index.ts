/**
 * The simulator as a library, published as `nightdesk/simulator`: what `sim run` does, step by step.
 *
 * @example
 * ```ts
 * import { availableParallelism } from "node:os";
 * import { buildWorld, loadScenario, runReplications, summarize } from "nightdesk/simulator";
 *
 * const loaded = loadScenario("monday.yaml");
 * if ("problems" in loaded) throw new Error(loaded.problems.map(({ message }) => message).join());
 * const { scenario } = loaded;
 * const { seed, replications } = scenario.settings.run;
 * const threads = availableParallelism();
 * const records = await runReplications(scenario, { seed, replications, threads });
 * const summary = summarize(buildWorld(scenario), records, seed);
 * ```
 */
export { loadScenario } from "./scenario/scenario.ts";
export type { LoadedScenario, LocatedProblem, Scenario } from "./scenario/scenario.ts";
export { buildWorld } from "./world.ts";
export type { World } from "./world.ts";
export { runReplications } from "./replications.ts";
export type { RunOptions } from "./replications.ts";
export type { ReplicationRecord } from "./replication-record.ts";
export { summarize } from "./summary.ts";
export type { RunSummary } from "./summary.ts";
export { resultsJson } from "./results-json.ts";
export type { Interval } from "./statistics.ts";
export type { JudgedTarget, Verdict } from "./verdicts.ts";
export { Measures } from "./measures.ts";
export type { ClockName, Scope, ScopedMessages } from "./measures.ts";
export { reportHtml } from "./report/page.ts";
export { scenarioJsonSchema } from "./scenario/schema.ts";
export type { ScenarioSettings } from "./scenario/schema.ts";
