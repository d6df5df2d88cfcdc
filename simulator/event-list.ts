/**
 * What is still to happen in virtual time: a binary heap ordered by (time, order of scheduling), so
 * that two events of one instant happen in the order in which they were planned. Each event is a
 * kind and two whole numbers; nothing is allocated for it.
 */
export class EventList {
  #at = new Float64Array(1024);
  #order = new Float64Array(1024);
  #kind = new Uint8Array(1024);
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  #count = 0;
  #scheduled = 0;

  /** The event taken last by {@link take}. */
  readonly taken = { at: 0, kind: 0, first: 0, second: 0 };

  get size(): number {
    return this.#count;
  }

  /** How many were ever scheduled. */
  get scheduled(): number {
    return this.#scheduled;
  }

  /** When the next one is due; infinite if there is none. */
  nextAt(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : (this.#at[0] ?? 0);
  }

  /** Complexity: O(log size). */
  schedule(at: number, kind: number, first = 0, second = 0): void {
    if (this.#count === this.#at.length) this.#grow();
    const order = this.#scheduled;
    this.#scheduled += 1;
    let place = this.#count;
    this.#count += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const parentAt = this.#at[parent] ?? 0;
      if (parentAt < at || (parentAt === at && (this.#order[parent] ?? 0) < order)) break;
      this.#copy(parent, place);
      place = parent;
    }
    this.#at[place] = at;
    this.#order[place] = order;
    this.#kind[place] = kind;
    this.#first[place] = first;
    this.#second[place] = second;
  }

  /** Moves the next event into {@link taken}; false if there is none. Complexity: O(log size). */
  take(): boolean {
    if (this.#count === 0) return false;
    this.taken.at = this.#at[0] ?? 0;
    this.taken.kind = this.#kind[0] ?? 0;
    this.taken.first = this.#first[0] ?? 0;
    this.taken.second = this.#second[0] ?? 0;
    this.#count -= 1;
    if (this.#count > 0) this.#sink();
    return true;
  }

  /** Puts the last event where it belongs, from the top. */
  #sink(): void {
    const last = this.#count;
    const at = this.#at[last] ?? 0;
    const order = this.#order[last] ?? 0;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child += 1;
      const childAt = this.#at[child] ?? 0;
      if (at < childAt || (at === childAt && order < (this.#order[child] ?? 0))) break;
      this.#copy(child, place);
      place = child;
    }
    this.#copy(last, place);
  }

  #before(a: number, b: number): boolean {
    const atA = this.#at[a] ?? 0;
    const atB = this.#at[b] ?? 0;
    return atA < atB || (atA === atB && (this.#order[a] ?? 0) < (this.#order[b] ?? 0));
  }

  #copy(from: number, to: number): void {
    this.#at[to] = this.#at[from] ?? 0;
    this.#order[to] = this.#order[from] ?? 0;
    this.#kind[to] = this.#kind[from] ?? 0;
    this.#first[to] = this.#first[from] ?? 0;
    this.#second[to] = this.#second[from] ?? 0;
  }

  #grow(): void {
    const size = this.#at.length * 2;
    const at = new Float64Array(size);
    at.set(this.#at);
    this.#at = at;
    const order = new Float64Array(size);
    order.set(this.#order);
    this.#order = order;
    const kind = new Uint8Array(size);
    kind.set(this.#kind);
    this.#kind = kind;
    const first = new Int32Array(size);
    first.set(this.#first);
    this.#first = first;
    const second = new Int32Array(size);
    second.set(this.#second);
    this.#second = second;
  }
}
