import { mmn, type DelayFigures } from "./delay.ts";
import { hold } from "./ranges.ts";

/** A quantity that is constant over each of several intervals in a row. */
export interface Steps {
  /** Length of each interval. */
  readonly width: number;
  readonly values: readonly number[];
}

/** PSA, the pointwise stationary approximation: at each instant M/M/n with that instant's rate. */
export function pointwise(
  arrivalRates: Steps,
  serviceRate: number,
  agents: readonly number[],
): readonly DelayFigures[] {
  return arrivalRates.values.map((rate, index) => mmn(rate, serviceRate, agents[index] ?? 0));
}

/**
 * MOL, the modified offered load: the mean number in M_t/M/∞ at the end of each interval, exactly,
 * from m' = λ(t) − μ m. Staff for it instead of λ(t)/μ.
 *
 * Source: Jennings, Mandelbaum, Massey & Whitt, Management Science 42 (1996).
 *
 * @param start mean number in service at the beginning
 */
export function modifiedOfferedLoad(
  arrivalRates: Steps,
  serviceRate: number,
  start: number,
): readonly number[] {
  hold(
    ["width", "above 0", arrivalRates.width],
    ["serviceRate", "above 0", serviceRate],
    ["start", "0 or more", start],
  );
  const kept = Math.exp(-serviceRate * arrivalRates.width);
  const loads: number[] = [];
  let load = start;
  for (const rate of arrivalRates.values) {
    load = load * kept + (rate / serviceRate) * (1 - kept);
    loads.push(load);
  }
  return loads;
}

/** What the fluid of work does: no chance, only rates. */
export interface FluidFigures {
  /** Backlog at the end of each interval. */
  readonly backlog: readonly number[];
  /** Age of the oldest at the end of each interval, on the clock of the limit. */
  readonly oldest: readonly number[];
  readonly arrived: number;
  readonly served: number;
  readonly expired: number;
}

/** Fluid settings. */
export interface FluidSettings {
  /** Age at which fluid expires, on the clock below. Infinite: never. */
  readonly limit: number;
  /** `working`: only intervals that are open age the waiting. */
  readonly clock: "wall" | "working";
  /** Which intervals are open. */
  readonly open: readonly boolean[];
}

/**
 * The fluid model of a first-come, first-served line with capacity `agents × serviceRate` while
 * open: good where limits are hours and backlogs are a night's, when chance averages out.
 *
 * Exact for the discrete fluid that arrives at the end of each interval; halve the width to see the
 * error of the steps. Complexity: linear in the number of intervals.
 */
export function fluid(
  arrivalRates: Steps,
  capacities: readonly number[],
  settings: FluidSettings,
): FluidFigures {
  const { width, values } = arrivalRates;
  hold(["width", "above 0", width]);
  const born: number[] = [];
  const amounts: number[] = [];
  let first = 0;
  let clock = 0;
  const figures = { arrived: 0, served: 0, expired: 0 };
  const backlog: number[] = [];
  const oldest: number[] = [];
  for (const [index, rate] of values.entries()) {
    const open = settings.open[index] ?? true;
    if (open || settings.clock === "wall") clock += width;
    born.push(clock);
    amounts.push(rate * width);
    figures.arrived += rate * width;
    let room = open ? (capacities[index] ?? 0) * width : 0;
    for (; first < amounts.length; first += 1) {
      const amount = amounts[first] ?? 0;
      if (clock - (born[first] ?? 0) >= settings.limit) {
        figures.expired += amount;
      } else if (amount <= room) {
        figures.served += amount;
        room -= amount;
      } else {
        figures.served += room;
        amounts[first] = amount - room;
        break;
      }
    }
    backlog.push(figures.arrived - figures.served - figures.expired);
    oldest.push(first < amounts.length ? clock - (born[first] ?? 0) : 0);
  }
  return { backlog, oldest, ...figures };
}
