import { DueLines } from "./due-lines.ts";
import { SlotOrder } from "./slot-order.ts";
import { Table } from "./table.ts";
import * as timerRow from "./timer-row.ts";

const {
  timerDue,
  timerNext: next,
  timerPrevious: previous,
  timerSequence,
  timerSlot: slot,
  timerWidth,
} = timerRow;

/** Rows of all timers; each is in at most one wheel. */
export function newTimerTable(): Table {
  return new Table(timerWidth);
}

const bits = 6;
const slotsPerLevel = 1 << bits;
/** Timers of a slot looked at one by one to find the first. */
const walkedMax = 16;
const slotMask = slotsPerLevel - 1;
const levels = 8;
/** Behind the last slot of the wheel: the lines beside it. */
const lineSlots = levels * slotsPerLevel;
/** Milliseconds of a slot, by level. */
const units = Float64Array.from({ length: levels }, (_, level) => 2 ** (bits * level));
/** The lower four levels count in the low 24 bits, the upper four in those above. */
const lowSpan = 2 ** 24;

/**
 * A hierarchical timing wheel: eight levels of 64 slots, the first of 1 ms, each following 64 times
 * as coarse, aligned to its multiples. A timer stands at the level of the highest digit (base 64)
 * in which its due time differs from the wheel's, so that all of a slot comes down one level or
 * more when the wheel reaches it. Arming and cancelling are O(1), and firing is amortised O(1),
 * whatever the distance; the exact due time stays with the timer.
 *
 * Within a slot timers stand in the order of arming, and a slot comes down before anything is put
 * straight into where it comes down to. So timers of one millisecond fire in the order of arming.
 *
 * Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7.
 */
export class TimingWheel {
  readonly #timers: Table;
  readonly #heads = new Int32Array(levels * slotsPerLevel);
  readonly #tails = new Int32Array(levels * slotsPerLevel);
  /** Two words of 32 slots a level. */
  readonly #occupied = new Int32Array(levels * 2);
  #time = 0;
  /** The bits of the time above the low 24, and those. */
  #high = 0;
  #low = 0;
  /** How far `first` is to look: a field, since as an argument it would be an object of its own. */
  limit = 0;
  /** What `findBound` found. */
  bound = 0;
  #start = 0;
  /** Slots that are kept in order. */
  readonly #orders: (SlotOrder | undefined)[] = Array.from({ length: levels * slotsPerLevel });
  /** Timers in slots. */
  #count = 0;
  /** And those beside. */
  readonly #lines: DueLines;
  /** Exact due time of the first timer, if it is known. */
  #firstDue = 0;
  #firstDueIsKnown = false;
  /** A timer was armed out of turn, so slots may have to be put in order. */
  #outOfTurn = false;

  constructor(timers: Table) {
    this.#timers = timers;
    this.#lines = new DueLines(timers);
  }

  get count(): number {
    return this.#count + this.#lines.count;
  }

  /** Due times are integers from the wheel's time on, below 2^48. */
  add(timer: number): void {
    const due = this.#timers.getDouble(timer, timerDue);
    if (this.#count === 0) {
      this.#firstDue = due;
      this.#firstDueIsKnown = true;
    } else if (this.#firstDueIsKnown && due < this.#firstDue) {
      this.#firstDue = due;
    }
    this.#count += 1;
    this.#place(timer);
  }

  /** The same for a timer that was armed earlier than others that are in already. */
  addOutOfTurn(timer: number): void {
    this.#outOfTurn = true;
    this.add(timer);
  }

  /** The same for a timer that runs for as long as those in its line, most likely. */
  addInLine(timer: number, line: number): void {
    if (!this.#lines.add(timer, line, lineSlots + line + 1)) this.add(timer);
  }

  remove(timer: number): void {
    const line = this.#timers.get(timer, slot) - 1 - lineSlots;
    if (line >= 0) {
      this.#lines.remove(timer, line);
      return;
    }
    this.#count -= 1;
    if (this.#timers.getDouble(timer, timerDue) === this.#firstDue) this.#firstDueIsKnown = false;
    this.#unlink(timer);
  }

  /** The first timer due at or before `limit`, or 0. The wheel moves on to it, or to the limit. */
  first(): number {
    const { limit } = this;
    const lines = this.#lines;
    if (lines.due < limit) this.limit = lines.due;
    const timer = this.#moveOn();
    if (lines.due > limit) return timer;
    return timer !== 0 && this.#goesFirst(timer) ? timer : lines.first();
  }

  /** Before the first of the lines, which is due no earlier. */
  #goesFirst(timer: number): boolean {
    const timers = this.#timers;
    return (
      timers.getDouble(timer, timerDue) < this.#lines.due ||
      timers.getDouble(timer, timerSequence) < timers.getDouble(this.#lines.first(), timerSequence)
    );
  }

  /** A number of 64 bits in a field is no object of its own, as it would be as an argument. */
  #moveOn(): number {
    const { limit } = this;
    while (this.#count > 0) {
      const own = this.#low & slotMask;
      const digit = this.#nextDigit(0, own);
      if (digit >= 0) {
        const due = this.#time - own + digit;
        if (due > limit) break;
        this.#setTime(due);
        return this.#heads[digit] ?? 0;
      }
      const coarse = this.#nextCoarse();
      this.#findStart(coarse);
      if (this.#start > limit) break;
      this.#setTime(this.#start);
      this.#comeDown(coarse);
    }
    if (limit > this.#time) this.#setTime(limit);
    return 0;
  }

  #setTime(time: number): void {
    this.#time = time;
    this.#high = Math.floor(time / lowSpan);
    this.#low = time - this.#high * lowSpan;
  }

  /** No timer is due before this; Infinity if there is none. O(1). */
  nothingBefore(): number {
    this.findBound();
    return this.bound;
  }

  /** The same, into `bound`. */
  findBound(): void {
    this.#findBoundOfSlots();
    const { due } = this.#lines;
    if (due < this.bound) this.bound = due;
  }

  #findBoundOfSlots(): void {
    if (this.#count === 0) {
      this.bound = Infinity;
      return;
    }
    if (this.#firstDueIsKnown) {
      this.bound = this.#firstDue;
      return;
    }
    const own = this.#low & slotMask;
    const digit = this.#nextDigit(0, own);
    if (digit >= 0) {
      this.bound = this.#time - own + digit;
      return;
    }
    this.#findStart(this.#nextCoarse());
    this.bound = this.#start;
  }

  /** Exact due time of the first timer; Infinity if there is none. */
  firstDue(): number {
    return Math.min(this.#lines.due, this.#firstDueOfSlots());
  }

  #firstDueOfSlots(): number {
    if (this.#count === 0) return Infinity;
    if (this.#firstDueIsKnown) return this.#firstDue;
    const own = this.#low & slotMask;
    const digit = this.#nextDigit(0, own);
    this.#firstDue = digit >= 0 ? this.#time - own + digit : this.#earliestOf(this.#nextCoarse());
    this.#firstDueIsKnown = true;
    return this.#firstDue;
  }

  #place(timer: number): void {
    const due = this.#timers.getDouble(timer, timerDue);
    const high = Math.floor(due / lowSpan);
    const low = due - high * lowSpan;
    const level = levelOf(high ^ this.#high, low ^ this.#low);
    const digit = digitAt(high, low, level);
    const at = level * slotsPerLevel + digit;
    const timers = this.#timers;
    const tail = this.#tails[at] ?? 0;
    timers.set(timer, slot, at + 1);
    timers.set(timer, previous, tail);
    timers.set(timer, next, 0);
    if (tail === 0) {
      this.#heads[at] = timer;
      const word = level * 2 + (digit >> 5);
      this.#occupied[word] = (this.#occupied[word] ?? 0) | (1 << (digit & 31));
    } else {
      timers.set(tail, next, timer);
    }
    this.#tails[at] = timer;
    const order = this.#orders[at];
    if (order !== undefined) this.#noteInOrder(at, order, timer);
    if (this.#outOfTurn && level === 0) this.#putInOrder(at);
  }

  #unlink(timer: number): void {
    const timers = this.#timers;
    const at = timers.get(timer, slot) - 1;
    const before = timers.get(timer, previous);
    const after = timers.get(timer, next);
    if (before === 0) this.#heads[at] = after;
    else timers.set(before, next, after);
    if (after === 0) this.#tails[at] = before;
    else timers.set(after, previous, before);
    if (before === 0 && after === 0) {
      this.#vacate(at);
      this.#orders[at] = undefined;
    }
    timers.set(timer, slot, 0);
  }

  #vacate(at: number): void {
    const word = (at >> bits) * 2 + ((at & slotMask) >> 5);
    this.#occupied[word] = (this.#occupied[word] ?? 0) & ~(1 << (at & 31));
  }

  /** The first occupied slot of the level from this digit on, or -1. */
  #nextDigit(level: number, from: number): number {
    if (from >= slotsPerLevel) return -1;
    const word = level * 2;
    if (from < 32) {
      const low = (this.#occupied[word] ?? 0) & (-1 << from);
      if (low !== 0) return 31 - Math.clz32(low & -low);
    }
    const mask = from <= 32 ? -1 : -1 << (from - 32);
    const high = (this.#occupied[word + 1] ?? 0) & mask;
    return high === 0 ? -1 : 63 - Math.clz32(high & -high);
  }

  /** The first occupied slot above the first level. */
  #nextCoarse(): number {
    for (let level = 1; level < levels; level += 1) {
      const digit = this.#nextDigit(level, digitAt(this.#high, this.#low, level) + 1);
      if (digit >= 0) return level * slotsPerLevel + digit;
    }
    return -1;
  }

  /** The time at which the wheel reaches the slot. */
  #findStart(at: number): void {
    const level = at >> bits;
    const unit = units[level] ?? 1;
    const round = unit * slotsPerLevel;
    this.#start = Math.floor(this.#time / round) * round + (at & slotMask) * unit;
  }

  #comeDown(at: number): void {
    const timers = this.#timers;
    let timer = this.#heads[at] ?? 0;
    this.#heads[at] = 0;
    this.#tails[at] = 0;
    this.#vacate(at);
    this.#orders[at] = undefined;
    while (timer !== 0) {
      const after = timers.get(timer, next);
      this.#place(timer);
      timer = after;
    }
  }

  /** Exact: the slot is walked once, and kept in order if it is long. */
  #earliestOf(at: number): number {
    const known = this.#orders[at];
    if (known !== undefined) return this.#firstOf(known, at);
    let earliest = Infinity;
    let walked = 0;
    for (let timer = this.#heads[at] ?? 0; timer !== 0; timer = this.#timers.get(timer, next)) {
      if (walked === walkedMax) return this.#firstOf(this.#order(at), at);
      walked += 1;
      earliest = Math.min(earliest, this.#timers.getDouble(timer, timerDue));
    }
    return earliest;
  }

  /** What has left the slot, or has another due time by now, is not meant. */
  #firstOf(order: SlotOrder, at: number): number {
    const timers = this.#timers;
    for (;;) {
      const timer = order.first();
      const due = order.firstDue();
      if (timer === 0) return due;
      if (timers.get(timer, slot) === at + 1 && timers.getDouble(timer, timerDue) === due)
        return due;
      order.dropFirst();
    }
  }

  #order(at: number): SlotOrder {
    const order = new SlotOrder();
    for (let timer = this.#heads[at] ?? 0; timer !== 0; timer = this.#timers.get(timer, next)) {
      order.add(timer, this.#timers.getDouble(timer, timerDue));
    }
    this.#orders[at] = order;
    return order;
  }

  /** Far more has left than is in any slot: it is built again when asked for. */
  #noteInOrder(at: number, order: SlotOrder, timer: number): void {
    if (order.count > 2 * this.#count + walkedMax) this.#orders[at] = undefined;
    else order.add(timer, this.#timers.getDouble(timer, timerDue));
  }

  /** The last of the slot goes where its sequence belongs. */
  #putInOrder(at: number): void {
    const timers = this.#timers;
    const timer = this.#tails[at] ?? 0;
    const sequence = timers.getDouble(timer, timerSequence);
    let before = timers.get(timer, previous);
    if (before === 0 || timers.getDouble(before, timerSequence) < sequence) return;
    this.#tails[at] = before;
    timers.set(before, next, 0);
    let after = 0;
    while (before !== 0 && timers.getDouble(before, timerSequence) > sequence) {
      after = before;
      before = timers.get(before, previous);
    }
    timers.set(timer, previous, before);
    timers.set(timer, next, after);
    timers.set(after, previous, timer);
    if (before === 0) this.#heads[at] = timer;
    else timers.set(before, next, timer);
  }
}

/** The highest digit in which two times differ, by the bits in which they do. */
function levelOf(high: number, low: number): number {
  if (high !== 0) return 4 + (((31 - Math.clz32(high)) / bits) | 0);
  return low === 0 ? 0 : ((31 - Math.clz32(low)) / bits) | 0;
}

function digitAt(high: number, low: number, level: number): number {
  return (level < 4 ? low >> (bits * level) : high >> (bits * (level - 4))) & slotMask;
}
