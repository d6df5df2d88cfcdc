import type { Patience } from "./patience.ts";

/** Nodes and weights of ten-point Gauss–Legendre quadrature on [−1, 1], positive half. */
const nodes = [
  0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845,
  0.9739065285171717,
] as const;
const weights = [
  0.29552422471475287, 0.26926671930999635, 0.21908636251598204, 0.1494513491505806,
  0.06667134430868814,
] as const;

/** The three integrands at a point, and the exponent they share. */
interface Cell {
  readonly j: number;
  readonly jH: number;
  readonly jAnswered: number;
  readonly jAbandoned: number;
}

/**
 * The integrals of M/M/n+G, each divided by e^shift so that no overload overflows:
 * ∫ e^(λH − nμx), ∫ H e^…, ∫ x S e^…, ∫ (1 − S) e^…; `unit` is e^−shift.
 */
export class ScaledIntegrals {
  j = 0;
  jH = 0;
  jAnswered = 0;
  jAbandoned = 0;
  readonly #arrivalRate: number;
  readonly #capacity: number;
  readonly #patience: Patience;
  #shift = 0;

  constructor(arrivalRate: number, capacity: number, patience: Patience) {
    this.#arrivalRate = arrivalRate;
    this.#capacity = capacity;
    this.#patience = patience;
    this.#integrate();
  }

  get unit(): number {
    return Math.exp(-this.#shift);
  }

  #integrate(): void {
    const kinks = this.#patience.kinks ?? [];
    let from = 0;
    let h = 0;
    for (let cells = 0; cells < 2_000_000; cells += 1) {
      const drift = this.#arrivalRate * this.#patience.survival(from) - this.#capacity;
      const kink = kinks.find((point) => point > from);
      const step = Math.min(
        1 / Math.max(Math.abs(drift), 0.02 * this.#capacity),
        (kink ?? Infinity) - from,
      );
      const to = kink !== undefined && step === kink - from ? kink : from + step;
      const exponent = this.#arrivalRate * h - this.#capacity * from;
      if (exponent > this.#shift + 100) this.#rescale(exponent);
      this.#add(this.#refine(from, to, h, exponent, 0));
      h = this.#integral(from, to, h);
      from = to;
      if (kinks.some((point) => point > from)) continue;
      if (this.#tailIsNegligible(from, h)) return;
    }
  }

  /** Beyond `from` the exponent falls at least as fast as here, since survival never rises. */
  #tailIsNegligible(from: number, h: number): boolean {
    const fall = this.#capacity - this.#arrivalRate * this.#patience.survival(from);
    if (fall <= 0) return false;
    const height = Math.exp(this.#arrivalRate * h - this.#capacity * from - this.#shift);
    const tail = (height / fall) * (from + 1 / fall);
    return tail <= 1e-15 * Math.min(this.jH || this.j, this.j * (this.jH / this.j || 1));
  }

  #add(cell: Cell): void {
    this.j += cell.j;
    this.jH += cell.jH;
    this.jAnswered += cell.jAnswered;
    this.jAbandoned += cell.jAbandoned;
  }

  #rescale(exponent: number): void {
    const factor = Math.exp(this.#shift - exponent);
    this.#shift = exponent;
    this.j *= factor;
    this.jH *= factor;
    this.jAnswered *= factor;
    this.jAbandoned *= factor;
  }

  /** One cell, halved until both halves agree with the whole. */
  #refine(from: number, to: number, h: number, exponent: number, depth: number): Cell {
    const whole = this.#cell(from, to, h);
    const middle = (from + to) / 2;
    const hMiddle = this.#integral(from, middle, h);
    const left = this.#cell(from, middle, h);
    const right = this.#cell(middle, to, hMiddle);
    const both = sum(left, right);
    const agrees =
      close(whole.j, both.j) &&
      close(whole.jAnswered, both.jAnswered) &&
      close(whole.jAbandoned, both.jAbandoned);
    if (agrees || depth >= 20) return both;
    return sum(
      this.#refine(from, middle, h, exponent, depth + 1),
      this.#refine(middle, to, hMiddle, exponent, depth + 1),
    );
  }

  #cell(from: number, to: number, h: number): Cell {
    const half = (to - from) / 2;
    let cell: Cell = { j: 0, jH: 0, jAnswered: 0, jAbandoned: 0 };
    for (const [index, node] of nodes.entries()) {
      const weight = (weights[index] ?? 0) * half;
      for (const x of [from + half * (1 - node), from + half * (1 + node)]) {
        const hx = this.#integral(from, x, h);
        const survival = this.#patience.survival(x);
        const value = weight * Math.exp(this.#arrivalRate * hx - this.#capacity * x - this.#shift);
        cell = sum(cell, {
          j: value,
          jH: value * hx,
          jAnswered: value * x * survival,
          jAbandoned: value * (1 - survival),
        });
      }
    }
    return cell;
  }

  /** H(to), from H(from). */
  #integral(from: number, to: number, hFrom: number): number {
    const exact = this.#patience.integral;
    if (exact !== undefined) return exact(to);
    const half = (to - from) / 2;
    let total = 0;
    for (const [index, node] of nodes.entries()) {
      const weight = (weights[index] ?? 0) * half;
      total += weight * this.#patience.survival(from + half * (1 - node));
      total += weight * this.#patience.survival(from + half * (1 + node));
    }
    return hFrom + total;
  }
}

function sum(a: Cell, b: Cell): Cell {
  return {
    j: a.j + b.j,
    jH: a.jH + b.jH,
    jAnswered: a.jAnswered + b.jAnswered,
    jAbandoned: a.jAbandoned + b.jAbandoned,
  };
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.abs(b) + 1e-300;
}
