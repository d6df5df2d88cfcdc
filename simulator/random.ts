/**
 * MRG32k3a, the combined multiple recursive generator of L'Ecuyer, with its streams and substreams.
 *
 * It runs exactly in doubles: every intermediate product stays below 2^53. Streams lie 2^127 draws
 * apart and substreams 2^76, so no two of them ever meet in a run.
 *
 * Source: P. L'Ecuyer, "Good parameters and implementations for combined multiple recursive random
 * number generators", Operations Research 47 (1999); streams: L'Ecuyer, Simard, Chen & Kelton,
 * "An object-oriented random-number package with many long streams and substreams", OR 50 (2002).
 */

const m1 = 4294967087;
const m2 = 4294944443;
const a12 = 1403580;
const a13n = 810728;
const a21 = 527612;
const a23n = 1370589;
const norm = 2.328306549295727688e-10;

/** Anything that gives numbers in the open interval (0, 1), one after the other. */
export interface UniformSource {
  /** The next number, strictly between 0 and 1. */
  next(): number;
}

/** Three values below m1 = 4294967087, then three below m2 = 4294944443; neither triple all zero. */
export type MrgSeed = readonly [number, number, number, number, number, number];

type Vector = readonly [bigint, bigint, bigint];
type Matrix = readonly [Vector, Vector, Vector];

/** One stream of MRG32k3a. */
export class Mrg32k3a implements UniformSource {
  #s10: number;
  #s11: number;
  #s12: number;
  #s20: number;
  #s21: number;
  #s22: number;

  /** @defaultValue seed 12345 six times, as in the paper */
  constructor(seed: MrgSeed = [12345, 12345, 12345, 12345, 12345, 12345]) {
    [this.#s10, this.#s11, this.#s12, this.#s20, this.#s21, this.#s22] = seed;
  }

  next(): number {
    const p1 = modulo(a12 * this.#s11 - a13n * this.#s10, m1);
    this.#s10 = this.#s11;
    this.#s11 = this.#s12;
    this.#s12 = p1;
    const p2 = modulo(a21 * this.#s22 - a23n * this.#s20, m2);
    this.#s20 = this.#s21;
    this.#s21 = this.#s22;
    this.#s22 = p2;
    return p1 > p2 ? (p1 - p2) * norm : (p1 - p2 + m1) * norm;
  }

  /** The six numbers that `new Mrg32k3a` would need to go on from here. */
  state(): MrgSeed {
    return [this.#s10, this.#s11, this.#s12, this.#s20, this.#s21, this.#s22];
  }
}

/**
 * The remainder from 0 on. The quotient may be one too large by rounding, and every product is exact;
 * `%` of doubles is a call several times as long.
 */
function modulo(value: number, modulus: number): number {
  const rest = value - Math.floor(value / modulus) * modulus;
  return rest < 0 ? rest + modulus : rest;
}

/**
 * The seed of substream `substream` of stream `stream`, counted from `seed`.
 *
 * Both numbers are whole and at least 0: streams below 2^63, substreams below 2^51.
 * Complexity: one 3×3 matrix product for each binary digit of either number.
 */
export function jump(seed: MrgSeed, stream: number, substream: number): MrgSeed {
  const first = advance(seed.slice(0, 3), matrixA1, BigInt(m1), stream, substream);
  const second = advance(seed.slice(3), matrixA2, BigInt(m2), stream, substream);
  return [first[0], first[1], first[2], second[0], second[1], second[2]];
}

const matrixA1: Matrix = [
  [0n, 1n, 0n],
  [0n, 0n, 1n],
  [BigInt(m1 - a13n), BigInt(a12), 0n],
];
const matrixA2: Matrix = [
  [0n, 1n, 0n],
  [0n, 0n, 1n],
  [BigInt(m2 - a23n), 0n, BigInt(a21)],
];

function advance(
  state: readonly number[],
  matrix: Matrix,
  modulus: bigint,
  stream: number,
  substream: number,
): readonly [number, number, number] {
  const steps = (BigInt(stream) << 127n) + (BigInt(substream) << 76n);
  const power = matrixPower(matrix, steps, modulus);
  const vector: Vector = [BigInt(state[0] ?? 0), BigInt(state[1] ?? 0), BigInt(state[2] ?? 0)];
  const row = (r: Vector): number =>
    Number((r[0] * vector[0] + r[1] * vector[1] + r[2] * vector[2]) % modulus);
  return [row(power[0]), row(power[1]), row(power[2])];
}

function matrixPower(matrix: Matrix, exponent: bigint, modulus: bigint): Matrix {
  let result: Matrix = [
    [1n, 0n, 0n],
    [0n, 1n, 0n],
    [0n, 0n, 1n],
  ];
  let square = matrix;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square, modulus);
    square = multiply(square, square, modulus);
  }
  return result;
}

function multiply(a: Matrix, b: Matrix, modulus: bigint): Matrix {
  const row = (r: Vector): Vector => [
    (r[0] * b[0][0] + r[1] * b[1][0] + r[2] * b[2][0]) % modulus,
    (r[0] * b[0][1] + r[1] * b[1][1] + r[2] * b[2][1]) % modulus,
    (r[0] * b[0][2] + r[1] * b[1][2] + r[2] * b[2][2]) % modulus,
  ];
  return [row(a[0]), row(a[1]), row(a[2])];
}
