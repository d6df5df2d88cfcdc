/**
 * The simulator as a library, published as `nightdesk/simulator`: load a scenario, run it, read what
 * it comes to. The command `sim` is a thin layer over this.
 *
 * @example
 * ```ts
 * import { buildWorld, loadScenario, runReplications, summarize } from "nightdesk/simulator";
 * const loaded = loadScenario("plan.yaml");
 * if ("problems" in loaded) throw new Error(loaded.problems[0]?.message);
 * const { scenario } = loaded;
 * const records = await runReplications(scenario, { seed: 1, replications: 10, threads: 2 });
 * console.log(summarize(buildWorld(scenario), records, 1).verdicts);
 * ```
 */
export { main } from "./cli.ts";
export { type ClockName, Measures, type Scope } from "./measures.ts";
export { reportHtml } from "./report/page.ts";
export type { ReplicationRecord } from "./replication-record.ts";
export { runReplications, type RunOptions } from "./replications.ts";
export { resultsJson } from "./results-json.ts";
export { loadScenario, type LoadedScenario, type Scenario } from "./scenario/scenario.ts";
export { scenarioJsonSchema, type ScenarioSettings } from "./scenario/schema.ts";
export type { Interval } from "./statistics.ts";
export { type RunSummary, summarize } from "./summary.ts";
export { type JudgedTarget, type Verdict } from "./verdicts.ts";
export { buildWorld, type World } from "./world.ts";
