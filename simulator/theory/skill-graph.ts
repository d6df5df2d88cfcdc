/**
 * Agents and skill queues as a graph: who can take what, and how fast everything is.
 */
export interface SkillGraph {
  /** λ of each queue. */
  readonly arrivalRates: readonly number[];
  /** Each agent's service rate and the queues (places in `arrivalRates`) that agent can take. */
  readonly agents: readonly { readonly serviceRate: number; readonly queues: readonly number[] }[];
}

/** Stationary figures of one queue. */
export interface QueueFigures {
  readonly probabilityOfWaiting: number;
  readonly meanWait: number;
}

/**
 * The product form of first-come-first-served with assignment to the longest idle agent, for any
 * skill graph: Poisson arrivals, exponential service, one conversation an agent, unlimited patience.
 *
 * A state lists the busy agents by the age of their customer and the idle ones by idle time; its
 * weight is a product over prefixes and suffixes that depends on them only as *sets*, so sums over
 * all orders are a recursion over subsets.
 *
 * Source: Adan & Weiss, "A skill based parallel service system under FCFS-ALIS", Stochastic
 * Systems 4 (2014), theorem 2.1.
 *
 * @param graph at most 20 agents @returns one entry a queue, or undefined where some set of queues
 *   has more load than the agents who can take it
 * Complexity: O(2^agents × (agents + queues)).
 */
export function fcfsAlis(graph: SkillGraph): readonly QueueFigures[] | undefined {
  const { arrivalRates, agents } = graph;
  if (agents.length > 20) throw new RangeError("fcfsAlis takes at most 20 agents");
  const compatible = arrivalRates.map((_rate, queue) =>
    agents.reduce((set, agent, bit) => (agent.queues.includes(queue) ? set | (1 << bit) : set), 0),
  );
  const size = 1 << agents.length;
  const busy = new Float64Array(size);
  const waiting = arrivalRates.map(() => new Float64Array(size));
  busy[0] = 1;
  for (let set = 1; set < size; set += 1) {
    const captive = arrivalRates.map((_rate, queue) => isSubset(compatible[queue] ?? 0, set));
    const slack = serviceRateOf(graph, set) - sumWhere(arrivalRates, captive);
    if (slack <= 0) return undefined;
    busy[set] = sumWithoutOne(busy, set) / slack;
    for (const [queue, rate] of arrivalRates.entries()) {
      const table = waiting[queue];
      if (table === undefined) continue;
      const here = captive[queue] === true ? ((busy[set] ?? 0) * rate) / slack : 0;
      table[set] = sumWithoutOne(table, set) / slack + here;
    }
  }
  const idle = idleWeights(graph, compatible, size);
  return arrivalRates.map((rate, queue) => {
    let total = 0;
    let delayed = 0;
    let queued = 0;
    for (let set = 0; set < size; set += 1) {
      const rest = idle[size - 1 - set] ?? 0;
      const weight = (busy[set] ?? 0) * rest;
      total += weight;
      if (isSubset(compatible[queue] ?? 0, set)) delayed += weight;
      queued += (waiting[queue]?.[set] ?? 0) * rest;
    }
    return { probabilityOfWaiting: delayed / total, meanWait: queued / total / rate };
  });
}

/** For each set of idle agents the sum, over their orders, of Π 1 / λ(queues any of them takes). */
function idleWeights(graph: SkillGraph, compatible: readonly number[], size: number): Float64Array {
  const idle = new Float64Array(size);
  idle[0] = 1;
  for (let set = 1; set < size; set += 1) {
    const reached = compatible.map((who) => (who & set) !== 0);
    idle[set] = sumWithoutOne(idle, set) / sumWhere(graph.arrivalRates, reached);
  }
  return idle;
}

function isSubset(set: number, of: number): boolean {
  return (set & ~of) === 0;
}

function serviceRateOf(graph: SkillGraph, set: number): number {
  return graph.agents.reduce(
    (sum, agent, bit) => ((set >> bit) & 1 ? sum + agent.serviceRate : sum),
    0,
  );
}

function sumWhere(values: readonly number[], chosen: readonly boolean[]): number {
  return values.reduce((sum, value, index) => (chosen[index] === true ? sum + value : sum), 0);
}

function sumWithoutOne(table: Float64Array, set: number): number {
  let sum = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) sum += table[set ^ (rest & -rest)] ?? 0;
  return sum;
}
