import type { Contact } from "./contacts.ts";

/** How many wait in each queue, and for how long the first of them, at instants that are known before. */
export class QueueLooks {
  /** For each queue and instant (queue × instants), waiting conversations. */
  readonly waiting: Int32Array;
  /** The same for the age of the oldest, ms; 0 where nobody waits. */
  readonly oldestMs: Float64Array;
  readonly #instants: number;

  constructor(queues: number, instants: number) {
    this.waiting = new Int32Array(queues * instants);
    this.oldestMs = new Float64Array(queues * instants);
    this.#instants = instants;
  }

  /** Complexity: O(queues + contacts). @param waiting conversations, by queue */
  take(instant: number, now: number, waiting: Int32Array, contacts: readonly Contact[]): void {
    for (const [queue, count] of waiting.entries()) {
      this.waiting[queue * this.#instants + instant] = count;
    }
    for (const contact of contacts) {
      if (!contact.waiting) continue;
      const place = contact.queue * this.#instants + instant;
      const age = now - contact.age;
      if (age > (this.oldestMs[place] ?? 0)) this.oldestMs[place] = age;
    }
  }
}
