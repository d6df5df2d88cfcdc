import { reasonName } from "../core/fast/codes.ts";

const offline = 128;

/** How often conversations moved, and went offline, for each reason, counted by its code. */
export class ReasonCounts {
  readonly #counts = new Int32Array(2 * offline);
  /** In the order in which they were first seen. */
  readonly #seen: number[] = [];

  moved(reason: number): void {
    this.#add(reason);
  }

  wentOffline(reason: number): void {
    this.#add(reason + offline);
  }

  /** By the reason's name, with `offline:` before those of going offline. */
  byName(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#seen.map((place) => {
        const name = reasonName(place % offline);
        return [place < offline ? `${name}` : `offline:${name}`, this.#counts[place] ?? 0];
      }),
    );
  }

  #add(place: number): void {
    const before = this.#counts[place] ?? 0;
    if (before === 0) this.#seen.push(place);
    this.#counts[place] = before + 1;
  }
}
