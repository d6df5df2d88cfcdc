/** A birth-and-death chain on 0 … size − 1; births out of the last state are dropped. */
export interface BirthDeath {
  readonly size: number;
  readonly birth: number;
  readonly death: (state: number) => number;
}

/**
 * The law after a time, by uniformization: Σ Poisson(Λt; k) π Pᵏ, cut where the rest is below 1e-13.
 *
 * Source: Jensen, Skandinavisk Aktuarietidskrift 36 (1953).
 * Complexity: O(size × (Λt + √Λt)).
 */
export function transient(chain: BirthDeath, start: Float64Array, time: number): Float64Array {
  return walk(chain, start, time).law;
}

/** The expected time spent in each state until `time`: ∫ π(s) ds. */
export function timeInStates(chain: BirthDeath, start: Float64Array, time: number): Float64Array {
  return walk(chain, start, time).spent;
}

function walk(chain: BirthDeath, start: Float64Array, time: number) {
  const { size, birth, death } = chain;
  const rates = Float64Array.from({ length: size }, (_unused, state) => death(state));
  const fastest = birth + Math.max(...rates);
  const law = new Float64Array(size);
  const spent = new Float64Array(size);
  let current = start;
  const load = fastest * time;
  // Poisson weights from their logarithms: e^−load alone would underflow.
  let logWeight = -load;
  let left = 1;
  for (let k = 0; left > 1e-13 && k < load + 12 * Math.sqrt(load) + 60; k += 1) {
    if (k > 0) logWeight += Math.log(load / k);
    const weight = Math.exp(logWeight);
    left -= weight;
    for (let state = 0; state < size; state += 1) {
      const mass = current[state] ?? 0;
      law[state] = (law[state] ?? 0) + weight * mass;
      spent[state] = (spent[state] ?? 0) + (Math.max(0, left) / fastest) * mass;
    }
    current = step(current, rates, birth, fastest);
  }
  return { law, spent };
}

function step(from: Float64Array, rates: Float64Array, birth: number, fastest: number) {
  const to = new Float64Array(from.length);
  const last = from.length - 1;
  for (let state = 0; state <= last; state += 1) {
    const mass = from[state] ?? 0;
    if (mass === 0) continue;
    const up = state < last ? birth : 0;
    const down = state > 0 ? (rates[state] ?? 0) : 0;
    if (up > 0) to[state + 1] = (to[state + 1] ?? 0) + (mass * up) / fastest;
    if (down > 0) to[state - 1] = (to[state - 1] ?? 0) + (mass * down) / fastest;
    to[state] = (to[state] ?? 0) + (mass * (fastest - up - down)) / fastest;
  }
  return to;
}

/** Poisson probabilities 0 … size − 1. */
export function poissonLaw(mean: number, size: number): Float64Array {
  const law = new Float64Array(size);
  let log = -mean;
  for (let k = 0; k < size; k += 1) {
    if (k > 0) log += Math.log(mean / k);
    law[k] = Math.exp(log);
  }
  return law;
}
