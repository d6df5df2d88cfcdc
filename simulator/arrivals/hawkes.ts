import { exponentialStep, type ArrivalProcess } from "./process.ts";

/**
 * The self-exciting process with an exponential kernel: each arrival raises the rate by
 * branching × decay, which then decays at `decay`. Customers who tell each other.
 *
 * Stationary: E = t × rate / (1 − branching);
 * IDC(t) = a² + (1 − a²) (1 − e^−gt) / (gt) with a = 1 / (1 − branching), g = decay (1 − branching).
 *
 * Source: Hawkes, Biometrika 58 (1971); exact simulation by Dassios & Zhao, Electronic
 * Communications in Probability 18 (2013), begun fifty relaxation times early.
 *
 * @param rate the rate of spontaneous arrivals
 * @param branching children an arrival, 0 to below 1
 */
export function hawkes(rate: number, branching: number, decay: number): ArrivalProcess {
  const meanRate = rate / (1 - branching);
  const relaxation = decay * (1 - branching);
  const limit = 1 / (1 - branching) ** 2;
  return {
    mean: (from, to) => meanRate * (to - from),
    variance(from, to) {
      const gt = relaxation * (to - from);
      return gt <= 0 ? 0 : meanRate * (to - from) * (limit + (1 - limit) * (-Math.expm1(-gt) / gt));
    },
    arrivals(source, from, to) {
      const times: number[] = [];
      let t = from - 50 / relaxation;
      let excess = 0;
      while (t < to) {
        // The next arrival is the sooner of a spontaneous one and one of the decaying excess.
        const spontaneous = exponentialStep(source) / rate;
        const survival = 1 + (decay * Math.log(source.next())) / excess;
        const excited = survival > 0 ? -Math.log(survival) / decay : Number.POSITIVE_INFINITY;
        const step = Math.min(spontaneous, excited);
        t += step;
        excess = excess * Math.exp(-decay * step) + branching * decay;
        if (t >= from && t < to) times.push(t);
      }
      return times;
    },
  };
}
