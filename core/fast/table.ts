/**
 * Rows of fixed width in one growing piece of memory, addressed by a handle. Handle 0 is nobody. A
 * row that was given back is taken again first, so memory follows the most rows ever in use.
 *
 * One row is one stretch of memory, not one entry in each of many arrays: whoever touches a row
 * among a million pays for one or two cache lines, not for one per field.
 */
export class Table {
  /** Fields of 32 bits: `ints[row * width + field]`. */
  ints: Int32Array;
  /** The same memory as fields of 64 bits: `doubles[row * width / 2 + field]`. */
  doubles: Float64Array;
  readonly width: number;
  readonly #half: number;
  #capacity: number;
  #free = 0;
  #last = 0;
  #count = 0;

  /** @param width in fields of 32 bits, even */
  constructor(width: number, startingRows = 64) {
    this.width = width;
    this.#half = width >> 1;
    this.#capacity = startingRows;
    this.doubles = new Float64Array(startingRows * this.#half);
    this.ints = new Int32Array(this.doubles.buffer);
  }

  /** Rows in use. */
  get count(): number {
    return this.#count;
  }

  /** The highest handle ever taken. */
  get last(): number {
    return this.#last;
  }

  /** So many rows are to be taken: make room for them at once, and for some more. */
  reserve(rows: number): void {
    const needed = this.#last + 1 + rows + (rows >> 3);
    if (needed > this.#capacity) this.#resize(needed);
  }

  /** A row of zeros. O(1) amortised. */
  take(): number {
    this.#count += 1;
    const row = this.#free;
    if (row === 0) return this.#extend();
    this.#free = this.ints[row * this.width] ?? 0;
    this.ints[row * this.width] = 0;
    return row;
  }

  give(row: number): void {
    this.#count -= 1;
    const start = row * this.#half;
    const end = start + this.#half;
    const { doubles } = this;
    for (let index = start; index < end; index += 1) doubles[index] = 0;
    this.ints[row * this.width] = this.#free;
    this.#free = row;
  }

  get(row: number, field: number): number {
    return this.ints[row * this.width + field] ?? 0;
  }

  set(row: number, field: number, value: number): void {
    this.ints[row * this.width + field] = value;
  }

  /** The field counted in fields of 64 bits. */
  getDouble(row: number, field: number): number {
    return this.doubles[row * this.#half + field] ?? 0;
  }

  setDouble(row: number, field: number, value: number): void {
    this.doubles[row * this.#half + field] = value;
  }

  #extend(): number {
    this.#last += 1;
    if (this.#last >= this.#capacity) this.#resize(this.#capacity * 2);
    return this.#last;
  }

  #resize(capacity: number): void {
    this.#capacity = capacity;
    const grown = new Float64Array(capacity * this.#half);
    grown.set(this.doubles);
    this.doubles = grown;
    this.ints = new Int32Array(grown.buffer);
  }
}
