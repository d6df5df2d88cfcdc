/**
 * The functions behind laws and intervals: normal, gamma, beta and Student's t, each with its
 * inverse. Relative accuracy is about 1e-12 where nothing else is said.
 */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0 (Lanczos, g = 7, 9 terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  let sum: number = lanczos[0];
  for (let index = 1; index < lanczos.length; index += 1)
    sum += (lanczos[index] ?? 0) / (y + index);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** P(a, x), the cumulative distribution of a gamma law of shape a and scale 1. */
export function gammaCdf(shape: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  return x < shape + 1 ? scale * gammaSeries(shape, x) : 1 - scale * gammaFraction(shape, x);
}

/** 1 − P(shape, x), with all its digits also far out, where P rounds to 1. */
function gammaTail(shape: number, x: number): number {
  if (x < shape + 1) return 1 - gammaCdf(shape, x);
  return Math.exp(shape * Math.log(x) - x - logGamma(shape)) * gammaFraction(shape, x);
}

function gammaSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < 10_000; n += 1) {
    term *= x / (shape + n);
    sum += term;
    if (term < sum * 1e-16) break;
  }
  return sum;
}

/** Lentz's method on the continued fraction of Q(a, x). */
function gammaFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i += 1) {
    const an = -i * (i - shape);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return h;
}

/** The x with P(shape, x) = u, for u in (0, 1): Wilson–Hilferty, then Newton kept in a bracket. */
export function gammaQuantile(shape: number, u: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let x = gammaStart(shape, u);
  const logNorm = logGamma(shape);
  for (let step = 0; step < 100; step += 1) {
    const error = gammaCdf(shape, x) - u;
    if (error === 0) return x;
    if (error > 0) high = x;
    else low = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - logNorm);
    let next = x - error / density;
    if (!(next > low && next < high)) {
      next = high === Number.POSITIVE_INFINITY ? 2 * x + 1 : (low + high) / 2;
    }
    if (Math.abs(next - x) <= 1e-14 * x) return next;
    x = next;
  }
  return x;
}

function gammaStart(shape: number, u: number): number {
  // Below the bulk of a small shape P(a, x) is x^a / Γ(a + 1).
  const tail = Math.exp((Math.log(u) + logGamma(shape + 1)) / shape);
  if (shape < 1 || tail < 0.1 * shape) return Math.max(tail, 1e-300);
  const t = 1 - 1 / (9 * shape) + normalQuantile(u) / (3 * Math.sqrt(shape));
  return t > 0 ? shape * t * t * t : Math.max(tail, 1e-300);
}

/** Φ(z), by the incomplete gamma function of shape ½; nothing cancels in the lower tail. */
export function normalCdf(z: number): number {
  const x = (z * z) / 2;
  return z >= 0 ? 0.5 + gammaCdf(0.5, x) / 2 : gammaTail(0.5, x) / 2;
}

const normalCentre = {
  a: [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  b: [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
    39307.89580009271061, 28729.085735721942674, 5226.495278852545925,
  ],
} as const;
const normalMiddle = {
  a: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
    7.7454501427834140764e-4,
  ],
  b: [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
    0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
  ],
} as const;
const normalTail = {
  a: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ],
  b: [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
    7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
    2.04426310338993978564e-15,
  ],
} as const;

/** Φ⁻¹(u) for u in (0, 1). Source: Wichura, AS 241 (PPND16), Applied Statistics 37 (1988). */
export function normalQuantile(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(normalCentre.a, r)) / polynomial(normalCentre.b, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  const part = r <= 5 ? normalMiddle : normalTail;
  const s = r <= 5 ? r - 1.6 : r - 5;
  const value = polynomial(part.a, s) / polynomial(part.b, s);
  return q < 0 ? -value : value;
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let index = coefficients.length - 1; index >= 0; index -= 1) {
    value = value * x + (coefficients[index] ?? 0);
  }
  return value;
}

/** I_x(a, b), the cumulative distribution of a beta law. */
export function betaCdf(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-15) break;
  }
  return h;
}

/** The x with I_x(a, b) = u, by bisection: 1e-15 absolute. */
export function betaQuantile(a: number, b: number, u: number): number {
  return bisect((x) => betaCdf(a, b, x) - u, 0, 1);
}

/** The quantile of Student's t with `degrees` degrees of freedom, for u in (0, 1). */
export function studentQuantile(degrees: number, u: number): number {
  if (u === 0.5) return 0;
  if (u < 0.5) return -studentQuantile(degrees, 1 - u);
  const x = betaQuantile(degrees / 2, 0.5, 2 * (1 - u));
  return Math.sqrt((degrees * (1 - x)) / x);
}

/** The root of a function that rises from below zero to above it on [low, high]. */
export function bisect(f: (x: number) => number, low: number, high: number): number {
  let from = low;
  let to = high;
  for (let step = 0; step < 200; step += 1) {
    const middle = (from + to) / 2;
    if (middle === from || middle === to) break;
    if (f(middle) < 0) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

function nonZero(x: number): number {
  return Math.abs(x) < 1e-300 ? 1e-300 : x;
}
