import type { RecordedEvent } from "../shards/routing.ts";

/** What batches told a reader who has not taken it yet; all or nothing, and bounded. */
export class ToldEvents {
  #told: (readonly RecordedEvent[])[] = [];
  /** Something is missing from what is here. */
  #lacks = false;

  /** @param told by one batch; undefined where it does not say */
  add(told: readonly RecordedEvent[] | undefined): void {
    if (this.#lacks) return;
    if (told === undefined || this.#told.length === batchesMax) {
      this.#told = [];
      this.#lacks = true;
    } else if (told.length > 0) this.#told.push(told);
  }

  /** What was told since the call before; undefined where something of it is missing. */
  take(): readonly RecordedEvent[] | undefined {
    const told = this.#lacks ? undefined : this.#told.flat();
    this.#told = [];
    this.#lacks = false;
    return told;
  }
}

/** A batch tells as much as one answer at most. */
const batchesMax = 16;
