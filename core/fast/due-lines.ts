import type { Table } from "./table.ts";
import * as timerRow from "./timer-row.ts";

const { timerDue, timerNext, timerPrevious, timerSequence, timerSlot } = timerRow;

/** Timers that are armed for the same time over and over, each kind in a line of its own. */
export const dueLine = { forget: 0, firstReply: 1, presence: 2 } as const;
const lineCount = 3;

/**
 * Beside a wheel: timers of one kind that all run for as long are due in the order of arming, so
 * they need no slot and no coming down, only a line each. What would be due before the last of its
 * line (another tenant's setting is shorter) does not belong there: the wheel takes it.
 */
export class DueLines {
  readonly #timers: Table;
  readonly #heads = new Int32Array(lineCount);
  readonly #tails = new Int32Array(lineCount);
  /** Due time of the first of each line; Infinity: nobody there. */
  readonly #dues = new Float64Array(lineCount).fill(Infinity);
  count = 0;
  /** Due time of the first of all; Infinity: none. */
  due = Infinity;

  constructor(timers: Table) {
    this.#timers = timers;
  }

  /** Answers whether the timer belongs at the end of its line, and stands there now. O(1). */
  add(timer: number, line: number, slot: number): boolean {
    const timers = this.#timers;
    const due = timers.getDouble(timer, timerDue);
    const tail = this.#tails[line] ?? 0;
    if (tail === 0) {
      this.#heads[line] = timer;
      this.#dues[line] = due;
      if (due < this.due) this.due = due;
    } else {
      if (timers.getDouble(tail, timerDue) > due) return false;
      timers.set(tail, timerNext, timer);
    }
    timers.set(timer, timerSlot, slot);
    timers.set(timer, timerPrevious, tail);
    timers.set(timer, timerNext, 0);
    this.#tails[line] = timer;
    this.count += 1;
    return true;
  }

  remove(timer: number, line: number): void {
    const timers = this.#timers;
    const before = timers.get(timer, timerPrevious);
    const after = timers.get(timer, timerNext);
    timers.set(timer, timerSlot, 0);
    this.count -= 1;
    if (after === 0) this.#tails[line] = before;
    else timers.set(after, timerPrevious, before);
    if (before !== 0) {
      timers.set(before, timerNext, after);
      return;
    }
    this.#heads[line] = after;
    // A conditional of both would make an object of the number each time.
    if (after === 0) this.#dues[line] = Infinity;
    else this.#dues[line] = timers.getDouble(after, timerDue);
    this.due = Math.min(this.#dues[0] ?? 0, this.#dues[1] ?? 0, this.#dues[2] ?? 0);
  }

  /** The first of all, that armed first if several are due at once; there must be one. */
  first(): number {
    let first = 0;
    for (let line = 0; line < lineCount; line += 1) {
      if (this.#dues[line] !== this.due) continue;
      const head = this.#heads[line] ?? 0;
      if (first === 0 || this.#isBefore(head, first)) first = head;
    }
    return first;
  }

  #isBefore(one: number, other: number): boolean {
    const timers = this.#timers;
    return timers.getDouble(one, timerSequence) < timers.getDouble(other, timerSequence);
  }
}
