import type { Logger } from "pino";

/**
 * Work that nobody waits for, but that somebody answers for: what fails is logged and never lost,
 * and a stop can wait until all of it has ended.
 */
export class SupervisedTasks {
  /** Each with what is being done. */
  readonly #running = new Map<Promise<void>, string>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param name what is being done, for the log */
  run(name: string, work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.#logger.error({ err: error, task: name }, "task failed"))
      .finally(() => this.#running.delete(task));
    this.#running.set(task, name);
  }

  /** How much of what is under way, by name. */
  running(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of this.#running.values()) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  /** Resolves when nothing runs any more, what was begun in the meantime included. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.keys());
  }
}
