/**
 * One row for each customer message that sought an agent: it began an episode, or joined one whose
 * conversation nobody owned. Messages to a conversation that an agent has in hand are no rows.
 *
 * Instants are epoch ms, NaN where the thing never happened.
 */
export interface MessageColumns {
  readonly count: number;
  /** Place of the channel among the configuration's. */
  readonly channel: Uint16Array;
  /** Place of the skill queue it waited in, at the end. */
  readonly queue: Uint16Array;
  /** The customer's arrival this row comes from: its place among the channel's arrivals. */
  readonly arrival: Int32Array;
  /** 0 the arrival itself, n its n-th further message. */
  readonly part: Int32Array;
  /** Who wrote: a number that {@link nameOfPerson} turns into a name. */
  readonly person: Float64Array;
  readonly arrivedAt: Float64Array;
  readonly assignedAt: Float64Array;
  readonly parkedAt: Float64Array;
  readonly closedAt: Float64Array;
  /** When an agent first wrote into its conversation after it; infinite: nobody had when all ended. */
  readonly answeredAt: Float64Array;
  /** Place of the agent, −1 if never assigned. */
  readonly agent: Int32Array;
  /** 1 went to the last agent, 0 to another, −1 no last agent was known or the mode is off. */
  readonly lastAgentHit: Int8Array;
  /** 1 where the bot ended the conversation by itself, so that no agent was sought after all. */
  readonly contained: Uint8Array;
}

/** Rows that belong together, linked in the log from first to last; −1 none. */
export interface LoggedRows {
  firstRow: number;
  lastRow: number;
}

/** A growing table of {@link MessageColumns}. */
export class MessageLog {
  #size = 4096;
  #channel = new Uint16Array(this.#size);
  #queue = new Uint16Array(this.#size);
  #arrival = new Int32Array(this.#size);
  #part = new Int32Array(this.#size);
  #arrivedAt = new Float64Array(this.#size);
  #assignedAt = new Float64Array(this.#size);
  #parkedAt = new Float64Array(this.#size);
  #closedAt = new Float64Array(this.#size);
  #answeredAt = new Float64Array(this.#size);
  #agent = new Int32Array(this.#size);
  #lastAgentHit = new Int8Array(this.#size);
  #contained = new Uint8Array(this.#size);
  #person = new Float64Array(this.#size);
  #next = new Int32Array(this.#size);
  #count = 0;

  /** Adds a row to those of `owner`. @returns the new row */
  add(
    owner: LoggedRows,
    channel: number,
    queue: number,
    arrival: number,
    part: number,
    person: number,
    arrivedAt: number,
  ): number {
    const row = this.#count;
    if (row === this.#size) this.#grow();
    this.#count += 1;
    this.#channel[row] = channel;
    this.#queue[row] = queue;
    this.#arrival[row] = arrival;
    this.#part[row] = part;
    this.#person[row] = person;
    this.#arrivedAt[row] = arrivedAt;
    this.#assignedAt[row] = Number.NaN;
    this.#parkedAt[row] = Number.NaN;
    this.#closedAt[row] = Number.NaN;
    this.#answeredAt[row] = Number.NaN;
    this.#agent[row] = -1;
    this.#lastAgentHit[row] = -1;
    this.#next[row] = -1;
    if (owner.firstRow < 0) owner.firstRow = row;
    else this.#next[owner.lastRow] = row;
    owner.lastRow = row;
    return row;
  }

  /** The row behind, of those that belong together; −1 none. */
  nextOf(row: number): number {
    return this.#next[row] ?? -1;
  }

  /** The rows of `other` stand behind those of `owner` from now on. */
  join(owner: LoggedRows, other: LoggedRows): void {
    if (other.firstRow < 0) return;
    if (owner.firstRow < 0) owner.firstRow = other.firstRow;
    else this.#next[owner.lastRow] = other.firstRow;
    owner.lastRow = other.lastRow;
  }

  assigned(row: number, at: number, queue: number, agent: number, lastAgentHit: number): void {
    this.#assignedAt[row] = at;
    this.#queue[row] = queue;
    this.#agent[row] = agent;
    this.#lastAgentHit[row] = lastAgentHit;
  }

  parked(row: number, at: number, queue: number): void {
    this.#parkedAt[row] = at;
    this.#queue[row] = queue;
  }

  closed(row: number, at: number): void {
    if (Number.isNaN(this.#closedAt[row])) this.#closedAt[row] = at;
  }

  answered(row: number, at: number): void {
    if (Number.isNaN(this.#answeredAt[row])) this.#answeredAt[row] = at;
  }

  contained(row: number): void {
    this.#contained[row] = 1;
  }

  arrivedAt(row: number): number {
    return this.#arrivedAt[row] ?? Number.NaN;
  }

  /** Neither assigned nor parked nor closed yet. */
  isWaiting(row: number): boolean {
    return (
      Number.isNaN(this.#assignedAt[row]) &&
      Number.isNaN(this.#parkedAt[row]) &&
      Number.isNaN(this.#closedAt[row])
    );
  }

  columns(): MessageColumns {
    const cut = <T extends { slice(from: number, to: number): T }>(column: T): T =>
      column.slice(0, this.#count);
    return {
      count: this.#count,
      channel: cut(this.#channel),
      queue: cut(this.#queue),
      arrival: cut(this.#arrival),
      part: cut(this.#part),
      person: cut(this.#person),
      arrivedAt: cut(this.#arrivedAt),
      assignedAt: cut(this.#assignedAt),
      parkedAt: cut(this.#parkedAt),
      closedAt: cut(this.#closedAt),
      answeredAt: cut(this.#answeredAt),
      agent: cut(this.#agent),
      lastAgentHit: cut(this.#lastAgentHit),
      contained: cut(this.#contained),
    };
  }

  #grow(): void {
    this.#size *= 2;
    this.#person = copied(new Float64Array(this.#size), this.#person);
    this.#channel = copied(new Uint16Array(this.#size), this.#channel);
    this.#queue = copied(new Uint16Array(this.#size), this.#queue);
    this.#arrival = copied(new Int32Array(this.#size), this.#arrival);
    this.#part = copied(new Int32Array(this.#size), this.#part);
    this.#arrivedAt = copied(new Float64Array(this.#size), this.#arrivedAt);
    this.#assignedAt = copied(new Float64Array(this.#size), this.#assignedAt);
    this.#parkedAt = copied(new Float64Array(this.#size), this.#parkedAt);
    this.#closedAt = copied(new Float64Array(this.#size), this.#closedAt);
    this.#answeredAt = copied(new Float64Array(this.#size), this.#answeredAt);
    this.#agent = copied(new Int32Array(this.#size), this.#agent);
    this.#lastAgentHit = copied(new Int8Array(this.#size), this.#lastAgentHit);
    this.#contained = copied(new Uint8Array(this.#size), this.#contained);
    this.#next = copied(new Int32Array(this.#size), this.#next);
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
