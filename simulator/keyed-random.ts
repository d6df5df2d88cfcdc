import { jump, Mrg32k3a, type MrgSeed, type UniformSource } from "./random.ts";

/**
 * Randomness by key instead of by turn. Whatever a customer or a message needs after its arrival is
 * drawn from a generator keyed by (seed, replication, channel id, index, purpose). Nothing depends
 * on who was asked before, so two configurations under one seed see the same customers, and a
 * sampler that rejects disturbs nobody.
 *
 * The generator is Philox4x32-10, whose output is a function of (key, counter).
 * Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 */
export class KeyedRandom implements UniformSource {
  readonly #seed: number;
  readonly #replication: number;
  readonly #block = new Uint32Array(4);
  #channel = 0;
  #index = 0;
  #purpose = 0;
  #draw = 0;

  /** @param seed whole, 0 to 2^32 − 1 @param replication whole, counted from 0 */
  constructor(seed: number, replication: number) {
    this.#seed = seed >>> 0;
    this.#replication = replication >>> 0;
  }

  /**
   * Turns to the draws of one thing: the same key always starts the same sequence.
   *
   * @param channel the hash of a name, from {@link keyOf}
   * @param index the arrival's place within its channel, or a day number
   * @param purpose one of {@link purposes}, plus 256 × a running number where a thing repeats
   */
  at(channel: number, index: number, purpose: number): this {
    this.#channel = channel;
    this.#index = index;
    this.#purpose = purpose;
    this.#draw = 0;
    return this;
  }

  next(): number {
    const half = this.#draw & 1;
    if (half === 0) {
      philox(
        this.#block,
        this.#channel,
        this.#index,
        this.#purpose,
        this.#draw >>> 1,
        this.#seed,
        this.#replication,
      );
    }
    this.#draw += 1;
    const high = this.#block[2 * half] ?? 0;
    const low = this.#block[2 * half + 1] ?? 0;
    // 52 bits and a half step: the ends 0 and 1 are never reached, and no rounding can reach them.
    return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) / 4503599627370496;
  }
}

/** What a keyed draw is for. The numbers are part of every digest: append, never renumber. */
export const purposes = {
  customer: 1,
  handleTime: 2,
  replyCount: 3,
  replyDelay: 4,
  withdrawal: 5,
  openingMessages: 6,
  dayFactor: 7,
  intervalFactor: 8,
  attendance: 9,
  adherence: 10,
  presenceFlap: 11,
  acceptance: 12,
  closing: 13,
  botAnswer: 14,
  returnAfterParking: 15,
  deliveryHabit: 16,
  breakTime: 17,
  stream: 18,
} as const;

/** The 32-bit key of a name (FNV-1a over its UTF-16 code units, mixed at the end). */
export function keyOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The stream of an arrival process: MRG32k3a, one stream a channel (by its id, not by its place in a
 * list) and one substream a replication.
 */
export function arrivalStream(seed: number, channelId: string, replication: number): Mrg32k3a {
  return new Mrg32k3a(jump(mrgSeedOf(seed), keyOf(channelId), replication));
}

function mrgSeedOf(seed: number): MrgSeed {
  const random = new KeyedRandom(seed, 0).at(0, 0, purposes.stream);
  // Below both moduli, and never all zero.
  const word = (): number => 1 + Math.floor(random.next() * 4294944441);
  return [word(), word(), word(), word(), word(), word()];
}

/** Ten rounds of Philox4x32 into `out`. Exported for its known answers. */
export function philox(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0;
  let c1 = counter1;
  let c2 = counter2;
  let c3 = counter3;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers, by 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  // Each sum of a product and a carry stays below 2^32, so integer arithmetic is all it takes.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) >>> 0;
  const middleLow = ((middle & 0xffff) + Math.imul(aLow, bHigh)) >>> 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (middleLow >>> 16)) >>> 0;
}
