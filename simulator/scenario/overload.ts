/** Work offered to queues, and who can do it; any unit, the same for both. */
export interface OfferedWork {
  /** Work of each queue. */
  readonly queues: ReadonlyMap<string, number>;
  /** What each agent can do, and on which queues. */
  readonly agents: readonly { readonly capacity: number; readonly queues: readonly string[] }[];
}

/** Queues whose work together is more than everybody with one of these skills can do. */
export interface Cut {
  readonly queues: readonly string[];
  readonly offered: number;
  readonly capacity: number;
}

/**
 * The set of queues with the greatest excess of work over hands; undefined where there is none.
 *
 * It is the source's side of a minimum cut: work flows from a source through the queues to the agents
 * who have the skill, and from them to a sink; what cannot flow is the excess. Agents with the same
 * skills are one node.
 *
 * Source: Ford & Fulkerson (1956); shortest augmenting paths, Edmonds & Karp, JACM 19 (1972).
 * Complexity: O(V E²) at worst, about a path a node in practice.
 */
export function overloadedCut(work: OfferedWork): Cut | undefined {
  const queues = [...work.queues.keys()];
  const hands = handsBySkills(work);
  const network = new Network(queues.length + hands.length + 2);
  const sink = queues.length + hands.length + 1;
  for (const [index, queue] of queues.entries()) {
    network.connect(0, 1 + index, work.queues.get(queue) ?? 0);
    for (const [place, { skills }] of hands.entries()) {
      if (skills.has(queue)) {
        network.connect(1 + index, 1 + queues.length + place, Number.POSITIVE_INFINITY);
      }
    }
  }
  for (const [place, { capacity }] of hands.entries()) {
    network.connect(1 + queues.length + place, sink, capacity);
  }
  const isReached = network.saturate(0, sink);
  const chosen = queues.filter((_queue, index) => isReached[1 + index] === true);
  const offered = chosen.reduce((sum, queue) => sum + (work.queues.get(queue) ?? 0), 0);
  const capacity = hands.reduce(
    (sum, one) => (chosen.some((queue) => one.skills.has(queue)) ? sum + one.capacity : sum),
    0,
  );
  return offered - capacity > least * offered ? { queues: chosen, offered, capacity } : undefined;
}

/** Less than this part of the work is rounding. */
const least = 1e-9;

interface Hands {
  readonly skills: ReadonlySet<string>;
  capacity: number;
}

function handsBySkills({ queues, agents }: OfferedWork): readonly Hands[] {
  const byKey = new Map<string, Hands>();
  for (const agent of agents) {
    const skills = agent.queues.filter((queue) => queues.has(queue)).toSorted();
    const key = JSON.stringify(skills);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { skills: new Set(skills), capacity: agent.capacity });
    else known.capacity += agent.capacity;
  }
  return [...byKey.values()];
}

/** What can still flow from node to node. */
class Network {
  readonly #left: readonly Map<number, number>[];

  constructor(nodes: number) {
    this.#left = Array.from({ length: nodes }, () => new Map<number, number>());
  }

  connect(from: number, to: number, capacity: number): void {
    this.#left[from]?.set(to, capacity);
    this.#left[to]?.set(from, 0);
  }

  /** Sends all that can flow. @returns which nodes the source can still reach */
  saturate(source: number, sink: number): readonly boolean[] {
    for (;;) {
      const before = this.#search(source);
      if (before[sink] === undefined) return before.map((node) => node !== undefined);
      let amount = Number.POSITIVE_INFINITY;
      for (let node = sink; node !== source; node = before[node] ?? source) {
        amount = Math.min(amount, this.#left[before[node] ?? source]?.get(node) ?? 0);
      }
      for (let node = sink; node !== source; node = before[node] ?? source) {
        const from = before[node] ?? source;
        this.#add(from, node, -amount);
        this.#add(node, from, amount);
      }
    }
  }

  /** Breadth first: each node that is reached, and from which. */
  #search(source: number): (number | undefined)[] {
    const before: (number | undefined)[] = this.#left.map(() => undefined);
    before[source] = source;
    const reached = [source];
    for (const node of reached) {
      for (const [next, capacity] of this.#left[node] ?? []) {
        if (capacity <= 0 || before[next] !== undefined) continue;
        before[next] = node;
        reached.push(next);
      }
    }
    return before;
  }

  #add(from: number, to: number, amount: number): void {
    const left = this.#left[from];
    left?.set(to, (left.get(to) ?? 0) + amount);
  }
}
