// Stryker's test runner for core: the tests stay loaded, one mutant after the other is switched on,
// and a test that never ends is broken off, all in one process.
import { globSync } from "node:fs";
import { Script } from "node:vm";
import type { InstrumenterContext, MutantCoverage } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, MutantRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
  TestRunnerCapabilities,
} from "@stryker-mutator/api/test-runner";
import { collect, taken } from "./collected-tests.ts";
import type { CollectedTest } from "./collected-tests.ts";
import { beginLife, load } from "./loading.ts";

/** Too slow to be played for each mutant, or of what is not mutated. */
const leftOut = ["agreement", "interned", "state-machine", "pains-time"].map(
  (name) => `test/core/${name}.test.ts`,
);
/** A test may take so many times as long as it did without a mutant, and never less than: */
const slownessMax = 5;
const testMsMin = 600;
/** Stryker allows a mutant to be met 100 times as often as without any; that takes minutes here. */
const hitLimitShare = 0.05;
/** A mutant that tests of so many ms did not notice has survived; they are chosen as they killed. */
const budgetMs = Number(process.env["NIGHTDESK_MUTANT_MS"] ?? 1000);
/** What survived the scripts meets random streams first, for half of that. */
const streamsMs = process.env["NIGHTDESK_MUTANT_AGAIN"] === "yes" ? budgetMs / 2 : 0;
const streams = "test/mutants/short-agreements.ts";

interface Play {
  readonly outcome: "passed" | "failed" | "endless";
  readonly message: string;
  readonly tookMs: number;
}

interface Verdict {
  readonly result: MutantRunResult;
  readonly by: CollectedTest | undefined;
}

/** How a test fared so far: what kills often and fast is played first. */
interface Record {
  usualMs: number;
  plays: number;
  kills: number;
}

class InProcessRunner implements TestRunner {
  readonly #records = new Map<string, Record>();
  #tests: readonly CollectedTest[] = [];
  #coverage: MutantCoverage | undefined;

  capabilities(): TestRunnerCapabilities {
    // Modules are loaded anew in this process where that is needed.
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    process.env["NIGHTDESK_STREAMS"] = "3";
    await this.#reload();
  }

  dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    for (const test of this.#tests) {
      context().currentTestId = test.id;
      const { outcome, message, tookMs } = played(test, 60_000);
      this.#records.set(test.id, { usualMs: tookMs, plays: 0, kills: 0 });
      const common = { id: test.id, name: test.name, timeSpentMs: tookMs, fileName: test.file };
      tests.push(
        outcome === "passed"
          ? { ...common, status: TestStatus.Success }
          : { ...common, status: TestStatus.Failed, failureMessage: message },
      );
    }
    delete context().currentTestId;
    const { mutantCoverage } = context();
    this.#coverage = mutantCoverage;
    return Promise.resolve({
      status: DryRunStatus.Complete,
      tests,
      ...(mutantCoverage === undefined ? {} : { mutantCoverage }),
    });
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit, mutantActivation } = options;
    switchOff();
    if (mutantActivation === "static") {
      context().activeMutant = activeMutant.id;
      const failure = await this.#reload().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined) {
        switchOff();
        await this.#reload();
        return killed("loading", textOf(failure), 0);
      }
    }
    const chosen = this.#inOrder(testFilter, activeMutant.id);
    const { result, by } = this.#playAll(chosen, activeMutant.id, hitLimit);
    switchOff();
    // What noticed the mutant has to be content again without it.
    const isSound = by === undefined || played(by, 60_000).outcome === "passed";
    if (mutantActivation === "static" || !isSound) await this.#reload();
    return result;
  }

  #playAll(
    chosen: readonly CollectedTest[],
    mutant: string,
    hitLimitGiven: number | undefined,
  ): Verdict {
    const hitLimit = hitLimitGiven && Math.max(1000, hitLimitGiven * hitLimitShare);
    let spentMs = 0;
    for (const test of chosen) {
      const record = this.#record(test);
      if (spentMs > budgetMs) break;
      Object.assign(context(), { activeMutant: mutant, hitCount: 0, hitLimit });
      const { outcome, message } = playedInTurn(test, record.usualMs);
      record.plays += 1;
      spentMs += record.usualMs;
      if (outcome === "passed") continue;
      record.kills += 1;
      const { hitCount = 0 } = context();
      if (outcome === "endless" || (hitLimit !== undefined && hitCount > hitLimit)) {
        const reason = `${test.name}: ${message}`;
        return { by: test, result: { status: MutantRunStatus.Timeout, reason } };
      }
      return { by: test, result: killed(test.id, message, chosen.length) };
    }
    const result = { status: MutantRunStatus.Survived, nrOfTests: chosen.length } as const;
    return { by: undefined, result };
  }

  /** First what meets the mutant often, is quick, and has noticed many others. */
  #inOrder(filter: readonly string[] | undefined, mutant: string): readonly CollectedTest[] {
    const perTest = this.#coverage?.perTest ?? {};
    const worth = (test: CollectedTest): number => {
      const { kills, plays, usualMs } = this.#record(test);
      const hits = perTest[test.id]?.[mutant] ?? 0;
      return (((kills + 1) / (plays + 2)) * Math.log2(2 + hits)) / (usualMs + 0.2);
    };
    const sorted = this.#tests
      .filter(({ id }) => filter?.includes(id) ?? true)
      .map((test) => ({ test, worth: worth(test) }))
      .toSorted((one, other) => other.worth - one.worth)
      .map(({ test }) => test);
    let roomMs = streamsMs;
    const first = sorted.filter((test) => {
      if (test.file !== streams || roomMs <= 0) return false;
      roomMs -= this.#record(test).usualMs;
      return true;
    });
    return [...first, ...sorted.filter((test) => !first.includes(test))];
  }

  #record({ id }: CollectedTest): Record {
    const known = this.#records.get(id);
    if (known !== undefined) return known;
    const record = { usualMs: 100, plays: 0, kills: 0 };
    this.#records.set(id, record);
    return record;
  }

  async #reload(): Promise<void> {
    beginLife();
    taken();
    const files = globSync("test/core/*.test.ts").toSorted();
    for (const file of [...files, streams]) {
      if (!leftOut.includes(file)) await collect(file, () => load(file));
    }
    this.#tests = taken();
  }
}

/** A busy machine makes no test endless: it is broken off when it had the processor so long. */
function playedInTurn(test: CollectedTest, usualMs: number): Play {
  const limitMs = Math.max(testMsMin, usualMs * slownessMax);
  for (let waitMs = limitMs; ; waitMs *= 2) {
    context().hitCount = 0;
    const before = process.cpuUsage();
    const play = played(test, waitMs);
    const { user, system } = process.cpuUsage(before);
    if (play.outcome !== "endless" || (user + system) / 1000 > limitMs * 0.8) return play;
  }
}

const script = new Script("globalThis.nightdeskTest()");

function played(test: CollectedTest, timeout: number): Play {
  const beganAt = performance.now();
  const finish = (outcome: Play["outcome"], message: string): Play => {
    return { outcome, message, tookMs: performance.now() - beganAt };
  };
  Object.assign(globalThis, { nightdeskTest: test.run });
  try {
    const result: unknown = script.runInThisContext({ timeout: Math.ceil(timeout) });
    if (result instanceof Promise) throw new Error("a test of core does not wait");
    return finish("passed", "");
  } catch (error) {
    const message = textOf(error);
    const isEndless = (error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    return finish(isEndless ? "endless" : "failed", message.slice(0, 300));
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

function killed(by: string, failureMessage: string, nrOfTests: number): MutantRunResult {
  return { status: MutantRunStatus.Killed, killedBy: [by], failureMessage, nrOfTests };
}

/** What the mutated source looks at. */
function context(): InstrumenterContext {
  const holder = globalThis as { __stryker__?: InstrumenterContext };
  holder.__stryker__ ??= {};
  return holder.__stryker__;
}

function switchOff(): void {
  for (const key of ["activeMutant", "hitCount", "hitLimit"] as const) delete context()[key];
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner),
];
