import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { engineVersion } from "../../core/engine.ts";

/**
 * What an interrupted validation had simulated already, a line each: replications are functions of
 * their task and of the engine's version, so one that was kept need not be run again. A change of the
 * simulator that changes decisions asks for another file.
 */
export class KeptOutcomes {
  readonly #file: string | undefined;
  readonly #outcomes = new Map<string, unknown>();

  /** @param file undefined: nothing is kept */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
      const [key, outcome] = JSON.parse(line) as [string, unknown];
      this.#outcomes.set(key, outcome);
    }
  }

  /** The outcome of a task: kept, or found now by `run` and kept. */
  async of<T>(task: object, run: () => Promise<unknown>): Promise<T> {
    const key = JSON.stringify({ ...task, engineVersion });
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known as T;
    const outcome = await run();
    if (this.#file !== undefined) {
      appendFileSync(this.#file, `${JSON.stringify([key, outcome])}\n`);
    }
    // As it is read again: what JSON has no word for is the same both times.
    return JSON.parse(JSON.stringify(outcome)) as T;
  }
}
