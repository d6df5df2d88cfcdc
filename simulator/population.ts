import type { Law } from "./distributions.ts";
import { type KeyedRandom, purposes } from "./keyed-random.ts";

/** A person is the channel of the first contact × this + a number there. */
export const personUnit = 4294967296;

/** Who writes on one channel. */
export interface ChannelPopulation {
  readonly id: string;
  /** Key of its draws, from its id. */
  readonly key: number;
  /** Arrivals, epoch ms ascending. */
  readonly at: Float64Array;
  /** 0: without bound. */
  readonly population: number;
  readonly returnProbability: number;
  /** In ms. */
  readonly returnAfter: Law;
  /** Channels (places in the list) of the earlier contact, with weights that sum to 1. */
  readonly returnFrom: readonly { readonly channel: number; readonly weight: number }[];
}

/**
 * Who is behind each arrival. A returning customer is the one who wrote about a drawn gap earlier,
 * on the drawn channel; so returns change who writes, never when or how many. Everything is keyed
 * by channel and arrival, hence the same under every configuration.
 */
export class Population {
  readonly #channels: readonly ChannelPopulation[];
  readonly #random: KeyedRandom;
  /** Per channel and arrival the person. */
  readonly #persons: readonly Float64Array[];

  constructor(channels: readonly ChannelPopulation[], random: KeyedRandom) {
    this.#channels = channels;
    this.#random = random;
    this.#persons = channels.map((channel) => new Float64Array(channel.at.length));
  }

  /** When the channel's arrival with this number comes; undefined beyond the last. */
  arrivalAt(channel: number, index: number): number | undefined {
    return this.#channels[channel]?.at[index];
  }

  /** The person of an arrival. Must be asked in order of time. Complexity: O(log arrivals). */
  identify(channel: number, index: number): number {
    const person = this.#decide(channel, index);
    const persons = this.#persons[channel];
    if (persons !== undefined) persons[index] = person;
    return person;
  }

  #decide(channel: number, index: number): number {
    const self = this.#channels[channel];
    if (self === undefined) return 0;
    const isAlwaysNew = self.returnProbability === 0 && self.population === 0;
    if (isAlwaysNew) return channel * personUnit + index;
    const random = this.#random.at(self.key, index, purposes.customer);
    if (random.next() < self.returnProbability) {
      const gap = self.returnAfter.sample(random);
      const from = chosen(self.returnFrom, random.next());
      const earlier = this.#channels[from];
      const at = self.at[index] ?? 0;
      const found = earlier === undefined ? -1 : lastBefore(earlier.at, Math.min(at - gap, at - 1));
      if (found >= 0) return this.#persons[from]?.[found] ?? 0;
    }
    const number = self.population > 0 ? Math.floor(random.next() * self.population) : index;
    return channel * personUnit + number;
  }
}

/** How a person is addressed: the channel of the first contact, and a number there. */
export function nameOfPerson(channels: readonly { readonly id: string }[], person: number): string {
  const channel = Math.floor(person / personUnit);
  return `${channels[channel]?.id ?? ""}-${person - channel * personUnit}`;
}

function chosen(weights: ChannelPopulation["returnFrom"], u: number): number {
  let rest = u;
  for (const { channel, weight } of weights) {
    if (rest < weight) return channel;
    rest -= weight;
  }
  return weights.at(-1)?.channel ?? -1;
}

function lastBefore(sorted: Float64Array, at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
