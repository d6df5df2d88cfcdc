/**
 * What is still to happen in virtual time: a heap ordered by (time, turn), so that two events of one
 * instant happen in the order in which they were planned. Each event is a kind and two whole
 * numbers; nothing is allocated for it.
 */
export class EventList {
  /** The heap: time and turn, by which it is ordered, and where the rest of the event is. */
  #at = new Float64Array(1024);
  #turn = new Float64Array(1024);
  #place = new Int32Array(1024);
  /** The rest, by place; places from `size` on in `#free` are free. */
  #kind = new Uint8Array(1024);
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  #free = Int32Array.from({ length: 1024 }, (_unused, place) => place);
  #count = 0;
  #turns = 0;
  #takenCount = 0;

  /** The event taken last by {@link take}. */
  readonly taken = { at: 0, kind: 0, first: 0, second: 0 };

  get size(): number {
    return this.#count;
  }

  /** How many were ever taken. */
  get takenCount(): number {
    return this.#takenCount;
  }

  /** When the next one is due; infinite if there is none. */
  nextAt(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : (this.#at[0] ?? 0);
  }

  /** The turn of an event whose time will be known later, but before the next is taken. */
  nextTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /** Complexity: O(log size). @param turn from `nextTurn`, if it is not this one's */
  schedule(at: number, kind: number, first = 0, second = 0, turn: number = this.nextTurn()): void {
    if (this.#count === this.#at.length) this.#grow();
    const ats = this.#at;
    const turns = this.#turn;
    const places = this.#place;
    const place = this.#free[this.#count] ?? 0;
    this.#kind[place] = kind;
    this.#first[place] = first;
    this.#second[place] = second;
    let hole = this.#count;
    this.#count += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentAt = ats[parent] ?? 0;
      if (parentAt < at || (parentAt === at && (turns[parent] ?? 0) < turn)) break;
      ats[hole] = parentAt;
      turns[hole] = turns[parent] ?? 0;
      places[hole] = places[parent] ?? 0;
      hole = parent;
    }
    ats[hole] = at;
    turns[hole] = turn;
    places[hole] = place;
  }

  /** Moves the next event into {@link taken}; false if there is none. Complexity: O(log size). */
  take(): boolean {
    if (this.#count === 0) return false;
    const place = this.#place[0] ?? 0;
    const { taken } = this;
    taken.at = this.#at[0] ?? 0;
    taken.kind = this.#kind[place] ?? 0;
    taken.first = this.#first[place] ?? 0;
    taken.second = this.#second[place] ?? 0;
    this.#count -= 1;
    this.#takenCount += 1;
    this.#free[this.#count] = place;
    this.#settleLast();
    return true;
  }

  /** The last event of the heap finds its place from the top, which is free. */
  #settleLast(): void {
    const ats = this.#at;
    const turns = this.#turn;
    const places = this.#place;
    const count = this.#count;
    const at = ats[count] ?? 0;
    const turn = turns[count] ?? 0;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      let childAt = ats[child] ?? 0;
      const right = child + 1;
      if (right < count) {
        const rightAt = ats[right] ?? 0;
        const isFirst =
          rightAt < childAt || (rightAt === childAt && (turns[right] ?? 0) < (turns[child] ?? 0));
        if (isFirst) {
          child = right;
          childAt = rightAt;
        }
      }
      const childTurn = turns[child] ?? 0;
      if (at < childAt || (at === childAt && turn < childTurn)) break;
      ats[hole] = childAt;
      turns[hole] = childTurn;
      places[hole] = places[child] ?? 0;
      hole = child;
    }
    ats[hole] = at;
    turns[hole] = turn;
    places[hole] = places[count] ?? 0;
  }

  #grow(): void {
    const size = this.#at.length * 2;
    this.#at = copied(new Float64Array(size), this.#at);
    this.#turn = copied(new Float64Array(size), this.#turn);
    this.#place = copied(new Int32Array(size), this.#place);
    this.#kind = copied(new Uint8Array(size), this.#kind);
    this.#first = copied(new Int32Array(size), this.#first);
    this.#second = copied(new Int32Array(size), this.#second);
    this.#free = Int32Array.from({ length: size }, (_unused, place) => place);
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
