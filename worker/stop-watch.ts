/** Holds the steps of a stop to one common bound, and notes what it cut short. */
export class StopWatch {
  readonly #endsAt: number;
  readonly #left: string[] = [];

  constructor(boundMs: number) {
    this.#endsAt = performance.now() + boundMs;
  }

  /** Milliseconds until the bound, 0 behind it. */
  get leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** What was cut short, each as a phrase. */
  get left(): readonly string[] {
    return this.#left;
  }

  leave(what: string): void {
    this.#left.push(what);
  }

  /**
   * Wait for a step, but not beyond the bound. A step that fails has left something as well: the
   * journal is there, and the next start does it again.
   *
   * @param name asked where the step did not come to its end
   */
  async within(step: PromiseLike<unknown>, name: () => string): Promise<void> {
    const { promise: bound, resolve } = Promise.withResolvers<"late">();
    const timer = setTimeout(() => resolve("late"), this.leftMs);
    const done = Promise.resolve(step).then(
      () => "done" as const,
      (error: unknown) => String(error),
    );
    const outcome = await Promise.race([done, bound]);
    clearTimeout(timer);
    if (outcome === "late") this.leave(name());
    else if (outcome !== "done") this.leave(`${name()} (${outcome})`);
  }
}
