import { present } from "../assert.ts";
import type { Table } from "./table.ts";

interface Ends {
  first: number;
  last: number;
  count: number;
}

/** Rows of a table in lists, one a tenant, linked by two fields of the rows. Each change is O(1). */
export class TenantLists {
  readonly #rows: Table;
  readonly #previous: number;
  readonly #next: number;
  readonly #ends: Ends[] = [];

  constructor(rows: Table, previous: number, next: number) {
    this.#rows = rows;
    this.#previous = previous;
    this.#next = next;
  }

  /** 0: the list is empty. */
  firstOf(tenant: number): number {
    return this.#ends[tenant]?.first ?? 0;
  }

  countOf(tenant: number): number {
    return this.#ends[tenant]?.count ?? 0;
  }

  inOrder(tenant: number): number[] {
    const found: number[] = [];
    for (let row = this.firstOf(tenant); row !== 0; row = this.#rows.get(row, this.#next)) {
      found.push(row);
    }
    return found;
  }

  /** Put a row, which is in no list, behind all others. */
  push(tenant: number, row: number): void {
    const ends = this.#endsOf(tenant);
    this.#rows.set(row, this.#previous, ends.last);
    this.#rows.set(row, this.#next, 0);
    if (ends.last === 0) ends.first = row;
    else this.#rows.set(ends.last, this.#next, row);
    ends.last = row;
    ends.count += 1;
  }

  remove(tenant: number, row: number): void {
    const ends = this.#endsOf(tenant);
    const before = this.#rows.get(row, this.#previous);
    const after = this.#rows.get(row, this.#next);
    if (before === 0) ends.first = after;
    else this.#rows.set(before, this.#next, after);
    if (after === 0) ends.last = before;
    else this.#rows.set(after, this.#previous, before);
    ends.count -= 1;
  }

  #endsOf(tenant: number): Ends {
    while (this.#ends.length <= tenant) this.#ends.push({ first: 0, last: 0, count: 0 });
    return present(this.#ends[tenant], "a list's ends");
  }
}
