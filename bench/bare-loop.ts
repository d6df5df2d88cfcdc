import {
  activeCount,
  agentCount,
  lastAgentShare,
  Numbers,
  queueCount,
  queuesOf,
  skillsPerAgent,
  slotsPerAgent,
} from "./assign-workload.ts";

const wheelSlots = 65_536;

/**
 * The least that any engine with these tables has to do: random queue, longest idle agent or the
 * last one, a deadline armed and cancelled, lists relinked. No rules, no ids, no events. It is the
 * limit that our own figures are read against, not something anybody could use.
 */
export class BareLoop {
  readonly #numbers = new Numbers(7);
  readonly #rows: number;
  readonly #agentOf: Int32Array;
  readonly #queueOf: Int32Array;
  readonly #deadlineAt: Float64Array;
  readonly #timerNext: Int32Array;
  readonly #timerPrevious: Int32Array;
  readonly #wheel = new Int32Array(wheelSlots).fill(-1);
  readonly #free = new Int32Array(agentCount).fill(slotsPerAgent);
  /** Links of each agent in each of their queues, circular, with a head for each queue. */
  readonly #next = new Int32Array(agentCount * skillsPerAgent + queueCount);
  readonly #previous = new Int32Array(agentCount * skillsPerAgent + queueCount);
  /** Waiting lines, by queue. */
  readonly #first = new Int32Array(queueCount).fill(-1);
  readonly #last = new Int32Array(queueCount).fill(-1);
  readonly #waitNext: Int32Array;
  /** What the agents have, where all of them are busy. */
  readonly #active = new Int32Array(agentCount * slotsPerAgent);
  readonly #queues = new Int32Array(agentCount * skillsPerAgent);
  #now = 0;
  #step = 0;
  #hash = 0;

  /** @param waiting conversations that wait all the time; with any, every agent is busy */
  constructor(waiting: number) {
    this.#rows = waiting === 0 ? activeCount : waiting + agentCount * slotsPerAgent;
    this.#agentOf = new Int32Array(this.#rows).fill(-1);
    this.#queueOf = new Int32Array(this.#rows);
    this.#deadlineAt = new Float64Array(this.#rows);
    this.#timerNext = new Int32Array(this.#rows).fill(-1);
    this.#timerPrevious = new Int32Array(this.#rows).fill(-1);
    this.#waitNext = new Int32Array(this.#rows).fill(-1);
    for (let queue = 0; queue < queueCount; queue += 1) {
      const head = agentCount * skillsPerAgent + queue;
      this.#next[head] = head;
      this.#previous[head] = head;
    }
    for (let agent = 0; agent < agentCount; agent += 1) {
      for (const [index, queue] of queuesOf(agent).entries()) {
        this.#queues[agent * skillsPerAgent + index] = queue;
      }
      this.#linkLast(agent);
    }
    let active = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      this.#arrive(row);
      if ((this.#agentOf[row] ?? -1) < 0 || active === this.#active.length) continue;
      this.#active[active] = row;
      active += 1;
    }
  }

  /** One after the other: the oldest ends, another arrives; answers a hash of who got what. */
  run(assignments: number): number {
    const waits = this.#rows > activeCount;
    for (let count = 0; count < assignments; count += 1) {
      if (waits) this.#endAny();
      else this.#end(this.#step);
      this.#step = this.#step + 1 === this.#rows ? 0 : this.#step + 1;
    }
    return this.#hash;
  }

  #end(row: number): void {
    this.#leave(row);
    this.#arrive(row);
  }

  /** An agent ends something and takes the longest waiting of all their queues. */
  #endAny(): void {
    const at = this.#step % (agentCount * slotsPerAgent);
    const row = this.#active[at] ?? 0;
    const agent = this.#agentOf[row] ?? 0;
    this.#leave(row);
    let best = -1;
    for (let index = 0; index < skillsPerAgent; index += 1) {
      const head = this.#first[this.#queues[agent * skillsPerAgent + index] ?? 0] ?? -1;
      if (head < 0) continue;
      if (best < 0 || (this.#deadlineAt[head] ?? 0) < (this.#deadlineAt[best] ?? 0)) best = head;
    }
    if (best >= 0) {
      const queue = this.#queueOf[best] ?? 0;
      this.#first[queue] = this.#waitNext[best] ?? -1;
      if (this.#first[queue] === -1) this.#last[queue] = -1;
      this.#give(best, agent);
      this.#active[at] = best;
    }
    this.#arrive(row);
  }

  #arrive(row: number): void {
    this.#now += 1;
    const queue = this.#numbers.below(queueCount);
    this.#queueOf[row] = queue;
    const before = this.#agentOf[row] ?? -1;
    const byLast = before >= 0 && this.#numbers.below(1000) < lastAgentShare * 1000;
    this.#arm(row);
    const head = agentCount * skillsPerAgent + queue;
    const link = this.#next[head] ?? head;
    const isFree = byLast && (this.#free[before] ?? 0) > 0;
    if (!isFree && link === head) {
      this.#agentOf[row] = -1;
      const tail = this.#last[queue] ?? -1;
      this.#waitNext[row] = -1;
      if (tail < 0) this.#first[queue] = row;
      else this.#waitNext[tail] = row;
      this.#last[queue] = row;
      return;
    }
    this.#give(row, isFree ? before : Math.floor(link / skillsPerAgent));
  }

  #give(row: number, agent: number): void {
    this.#agentOf[row] = agent;
    const free = (this.#free[agent] ?? 0) - 1;
    this.#free[agent] = free;
    this.#unlink(agent);
    if (free > 0) this.#linkLast(agent);
    this.#hash = (Math.imul(this.#hash, 31) + agent) | 0;
  }

  #leave(row: number): void {
    this.#disarm(row);
    const agent = this.#agentOf[row] ?? -1;
    if (agent < 0) return;
    const free = this.#free[agent] ?? 0;
    if (free > 0) this.#unlink(agent);
    this.#free[agent] = free + 1;
    this.#linkLast(agent);
  }

  #linkLast(agent: number): void {
    for (let index = 0; index < skillsPerAgent; index += 1) {
      const link = agent * skillsPerAgent + index;
      const head = agentCount * skillsPerAgent + (this.#queues[link] ?? 0);
      const tail = this.#previous[head] ?? head;
      this.#next[tail] = link;
      this.#previous[link] = tail;
      this.#next[link] = head;
      this.#previous[head] = link;
    }
  }

  #unlink(agent: number): void {
    for (let index = 0; index < skillsPerAgent; index += 1) {
      const link = agent * skillsPerAgent + index;
      const before = this.#previous[link] ?? 0;
      const after = this.#next[link] ?? 0;
      this.#next[before] = after;
      this.#previous[after] = before;
    }
  }

  #arm(row: number): void {
    const at = this.#now + 60_000 + this.#numbers.below(60_000);
    const slot = at % wheelSlots;
    const head = this.#wheel[slot] ?? -1;
    this.#deadlineAt[row] = at;
    this.#timerNext[row] = head;
    this.#timerPrevious[row] = -1;
    if (head >= 0) this.#timerPrevious[head] = row;
    this.#wheel[slot] = row;
  }

  #disarm(row: number): void {
    const before = this.#timerPrevious[row] ?? -1;
    const after = this.#timerNext[row] ?? -1;
    if (before >= 0) this.#timerNext[before] = after;
    else this.#wheel[(this.#deadlineAt[row] ?? 0) % wheelSlots] = after;
    if (after >= 0) this.#timerPrevious[after] = before;
  }
}
