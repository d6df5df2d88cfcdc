import type { ComparedMeasure } from "./comparison.ts";
import { durationText, percent, points, signed } from "./figures.ts";

/** A compared measure as people read it, in the terminal and in the report. */
export interface DifferenceText {
  readonly first: string;
  readonly second: string;
  readonly difference: string;
  readonly interval: string;
  /** What common customers gained; "–" where it has no meaning. */
  readonly varianceReduction: string;
}

export function differenceText(measure: ComparedMeasure): DifferenceText {
  const { first, second, varianceReduction } = measure;
  const { estimate, low, high } = measure.difference;
  const figure = figureOf(measure);
  const change = (value: number): string => signed(changeOf(measure), value);
  return {
    first: figure(first),
    second: figure(second),
    difference: estimate === 0 && first === Infinity ? "both beyond the limit" : change(estimate),
    interval: Number.isNaN(low) || isEndless(measure) ? "–" : `[${change(low)}, ${change(high)}]`,
    varianceReduction: gainText(varianceReduction),
  };
}

/** Two waits without end, of which no replication doubts it: there is no difference to speak of. */
export function isEndless({ first, second, difference }: ComparedMeasure): boolean {
  const { low, high } = difference;
  return first === Infinity && second === Infinity && low === 0 && high === 0;
}

/** How a difference of the measure is written. */
export function changeOf({ unit }: Pick<ComparedMeasure, "unit">): (value: number) => string {
  return { share: points, ms: durationText, count: countOf }[unit];
}

function figureOf({ unit }: ComparedMeasure): (value: number) => string {
  return { share: percent, ms: durationText, count: countOf }[unit];
}

function gainText(varianceReduction: number): string {
  if (!Number.isFinite(varianceReduction)) return "–";
  return varianceReduction >= 1000 ? "over 1000" : varianceReduction.toFixed(1);
}

function countOf(value: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(value < 100 ? 1 : 0);
}
