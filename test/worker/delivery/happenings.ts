/** Lets a test wait for a condition without polling: it is looked at whenever something happened. */
export class Happenings {
  #waiting: readonly (() => void)[] = [];

  happened(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#waiting = [...this.#waiting, () => resolve(undefined)];
      await promise;
    }
  }
}
