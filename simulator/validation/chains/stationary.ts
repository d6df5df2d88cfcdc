/** A move of a Markov chain: to another state (by its key) at a rate. */
export interface Move {
  readonly to: readonly number[];
  readonly rate: number;
}

/** The stationary law of a chain, by state. */
export interface StationaryLaw {
  /** Σ over the states of probability × value. */
  readonly mean: (value: (state: readonly number[]) => number) => number;
}

/**
 * The stationary law of a finite chain: every state that can be reached from `start`, solved by
 * Gauss–Seidel sweeps over the balance equations until nothing changes by more than 1e-13.
 *
 * The state space must be cut off by `moves`, which leaves out what would lead beyond it.
 */
export function stationaryLaw(
  start: readonly number[],
  moves: (state: readonly number[]) => readonly Move[],
): StationaryLaw {
  const { states, into, out } = explore(start, moves);
  const law = new Float64Array(states.length).fill(1 / states.length);
  for (let sweep = 0; sweep < 20_000; sweep += 1) {
    let change = 0;
    let total = 0;
    for (const [index, sources] of into.entries()) {
      let inflow = 0;
      for (const { from, rate } of sources) inflow += (law[from] ?? 0) * rate;
      const mass = inflow / (out[index] ?? 1);
      change = Math.max(change, Math.abs(mass - (law[index] ?? 0)));
      law[index] = mass;
      total += mass;
    }
    for (const index of law.keys()) law[index] = (law[index] ?? 0) / total;
    if (change < 1e-13) break;
  }
  return {
    mean: (value) =>
      states.reduce((sum, state, index) => sum + (law[index] ?? 0) * value(state), 0),
  };
}

function explore(
  start: readonly number[],
  moves: (state: readonly number[]) => readonly Move[],
): {
  readonly states: readonly (readonly number[])[];
  readonly into: readonly { readonly from: number; readonly rate: number }[][];
  readonly out: readonly number[];
} {
  const states: (readonly number[])[] = [start];
  const places = new Map([[start.join(), 0]]);
  const into: { from: number; rate: number }[][] = [[]];
  const out: number[] = [];
  for (let index = 0; index < states.length; index += 1) {
    let total = 0;
    for (const { to, rate } of moves(states[index] ?? start)) {
      let place = places.get(to.join());
      if (place === undefined) {
        place = states.length;
        places.set(to.join(), place);
        states.push(to);
        into.push([]);
      }
      into[place]?.push({ from: index, rate });
      total += rate;
    }
    out.push(total);
  }
  return { states, into, out };
}
