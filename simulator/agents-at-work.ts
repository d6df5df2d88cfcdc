/**
 * What agents do with their time: which conversations they hold and work on, and how long.
 *
 * Work is processor sharing along the group's efficiency curve: with k conversations being worked on
 * each advances at e(k) / k, where e(k) is the work done at once with k in hand.
 */
export interface WorkingAgent {
  readonly index: number;
  readonly group: number;
  readonly capacity: number;
  /** e(1), e(2), …, constant beyond its last point. */
  readonly efficiency: readonly number[];
  signedIn: boolean;
  /** Can work now: on shift, not on a break, connected. */
  atDesk: boolean;
  /** Conversations owned, and their units. */
  owned: number;
  units: number;
  /** Contacts being worked on, with the work left, ms as with nothing else in hand. */
  readonly contacts: number[];
  readonly left: number[];
  /** Up to when `left` and the occupancies are reckoned. */
  since: number;
  /** Grows with every change, so that an outdated completion is recognised. */
  stamp: number;
  /** Its next completion is to be planned, as an event of this turn. */
  isToPlan: boolean;
  turn: number;
}

/** Sums over a group's agents within the counted window, ms. */
export interface GroupOccupancy {
  signedInMs: number;
  /** Signed in with at least one conversation owned. */
  busyMs: number;
  /** Units used × time, units of capacity × time, while signed in. */
  usedUnitMs: number;
  capacityUnitMs: number;
  /** Signed in and working on at least one. */
  workingMs: number;
  /** Messages that they wrote to customers. */
  answers: number;
}

/** Every agent's work and time. */
export class AgentsAtWork {
  readonly agents: readonly WorkingAgent[];
  readonly occupancy: readonly GroupOccupancy[];
  readonly #from: number;
  readonly #to: number;

  /** @param from, @param to the counted window, epoch ms */
  constructor(
    agents: readonly Pick<WorkingAgent, "group" | "capacity" | "efficiency">[],
    groupCount: number,
    from: number,
    to: number,
  ) {
    this.agents = agents.map(({ group, capacity, efficiency }, index) => ({
      index,
      group,
      capacity,
      efficiency,
      signedIn: false,
      atDesk: false,
      owned: 0,
      units: 0,
      contacts: [],
      left: [],
      since: 0,
      stamp: 0,
      isToPlan: false,
      turn: 0,
    }));
    this.occupancy = Array.from({ length: groupCount }, () => ({
      signedInMs: 0,
      busyMs: 0,
      usedUnitMs: 0,
      capacityUnitMs: 0,
      workingMs: 0,
      answers: 0,
    }));
    this.#from = from;
    this.#to = to;
  }

  /** Brings an agent's work and occupancies up to now. Must precede every change of the agent. */
  advance(agent: WorkingAgent, now: number): void {
    const speed = speedOf(agent);
    if (speed > 0) {
      const done = (now - agent.since) * speed;
      for (let index = 0; index < agent.left.length; index += 1) {
        agent.left[index] = (agent.left[index] ?? 0) - done;
      }
    }
    if (agent.signedIn) this.#count(agent, now);
    agent.since = now;
  }

  begin(agent: WorkingAgent, contact: number, workMs: number): void {
    agent.contacts.push(contact);
    agent.left.push(workMs);
  }

  isWorkedOn(agent: WorkingAgent, contact: number): boolean {
    return agent.contacts.includes(contact);
  }

  drop(agent: WorkingAgent, contact: number): void {
    const place = agent.contacts.indexOf(contact);
    if (place >= 0) removeAt(agent, place);
  }

  /** When the next piece of work will be done; infinite while nothing advances. */
  nextDoneAt(agent: WorkingAgent, now: number): number {
    const speed = speedOf(agent);
    if (speed === 0) return Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (const left of agent.left) if (left < least) least = left;
    return now + Math.max(0, Math.ceil(least / speed - 1e-6));
  }

  /** Takes the finished piece of work away; −1 if none is finished. */
  takeDone(agent: WorkingAgent): number {
    let place = -1;
    for (let index = 0; index < agent.left.length; index += 1) {
      const least = place < 0 ? 1e-3 : (agent.left[place] ?? 0);
      if ((agent.left[index] ?? 0) < least) place = index;
    }
    if (place < 0) return -1;
    const contact = agent.contacts[place] ?? -1;
    removeAt(agent, place);
    return contact;
  }

  #count(agent: WorkingAgent, now: number): void {
    const ms = Math.min(now, this.#to) - Math.max(agent.since, this.#from);
    const sums = this.occupancy[agent.group];
    if (ms <= 0 || sums === undefined) return;
    sums.signedInMs += ms;
    if (agent.owned > 0) sums.busyMs += ms;
    sums.usedUnitMs += ms * agent.units;
    sums.capacityUnitMs += ms * agent.capacity;
    if (agent.atDesk && agent.left.length > 0) sums.workingMs += ms;
  }
}

/** By hand, which makes no lists of what was removed. */
function removeAt({ contacts, left }: WorkingAgent, place: number): void {
  for (let index = place + 1; index < contacts.length; index += 1) {
    contacts[index - 1] = contacts[index] ?? 0;
    left[index - 1] = left[index] ?? 0;
  }
  contacts.pop();
  left.pop();
}

/** How fast each piece of work advances. */
function speedOf(agent: WorkingAgent): number {
  const count = agent.left.length;
  if (count === 0 || !agent.atDesk) return 0;
  const curve = agent.efficiency;
  return (curve[Math.min(count, curve.length) - 1] ?? 1) / count;
}
