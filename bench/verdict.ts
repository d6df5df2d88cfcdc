import { better, median, percentile, type Figure } from "./figures.ts";
import { Numbers } from "./assign-workload.ts";

/** The figures of one observation of the base and of one of the head, made right after one another. */
export interface Pair {
  readonly base: readonly Figure[];
  readonly head: readonly Figure[];
}

/** Whether the head is slower, and how sure that is. */
export interface Verdict {
  readonly name: string;
  readonly metric: string;
  /**
   * `regression` and `improvement`: the whole interval lies beyond the margin. `same`: it does not.
   * `new`: the base has no such figure. `gone`: the head has none. `other-work`: the results differ,
   * so the two did not do the same. `not-judged`: neither more nor less is better.
   */
  readonly verdict:
    | "regression"
    | "improvement"
    | "same"
    | "new"
    | "gone"
    | "other-work"
    | "not-judged";
  /** Cost of the head over that of the base, above 1 where the head is worse; absent where nothing was compared. */
  readonly ratio?: number;
  /** 95 % interval of it. */
  readonly interval?: Interval;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Judging {
  /** How much worse or better something must be to count, 0.1 being a tenth. */
  readonly margin: number;
  /** Metrics that are judged; others are left out. @defaultValue all */
  readonly metrics?: readonly string[];
}

/** What each figure of the pairs came to, in the order of the head's, those that are gone last. */
export function judge(pairs: readonly Pair[], { margin, metrics }: Judging): Verdict[] {
  const [first] = pairs;
  if (first === undefined) return [];
  const wanted = ({ metric }: Figure): boolean => metrics === undefined || metrics.includes(metric);
  const gone = first.base.filter((figure) => find(first.head, figure) === undefined);
  return [
    ...first.head.filter(wanted).map((figure) => judgeOne(figure, pairs, margin)),
    ...gone.filter(wanted).map(({ name, metric }) => ({ name, metric, verdict: "gone" }) as const),
  ];
}

function judgeOne(figure: Figure, pairs: readonly Pair[], margin: number): Verdict {
  const { name, metric } = figure;
  const direction = better(figure);
  const ratios: number[] = [];
  for (const { base, head } of pairs) {
    const before = find(base, figure);
    const after = find(head, figure);
    if (before === undefined || after === undefined) return { name, metric, verdict: "new" };
    if (before.resultHash !== after.resultHash) return { name, metric, verdict: "other-work" };
    ratios.push(direction === "more" ? before.value / after.value : after.value / before.value);
  }
  const ratio = median(ratios);
  const interval = bootstrapInterval(ratios);
  const common = { name, metric, ratio, interval };
  if (direction === "none" || !ratios.every(Number.isFinite)) {
    return { ...common, verdict: "not-judged" };
  }
  if (interval.low > 1 + margin) return { ...common, verdict: "regression" };
  if (interval.high < 1 / (1 + margin)) return { ...common, verdict: "improvement" };
  return { ...common, verdict: "same" };
}

function find(figures: readonly Figure[], { name, metric }: Figure): Figure | undefined {
  return figures.find((figure) => figure.name === name && figure.metric === metric);
}

/**
 * 95 % interval of the geometric mean of ratios by the percentile bootstrap. The pairs are drawn with
 * a fixed seed, so that the same figures give the same verdict. With few pairs it is nearly the
 * range of what was seen, which is as sure as so few allow.
 *
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. Complexity:
 * `draws` times the number of ratios.
 */
export function bootstrapInterval(ratios: readonly number[], draws: number = 4_000): Interval {
  const logarithms = ratios.map(Math.log);
  const numbers = new Numbers(20_251);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let index = 0; index < logarithms.length; index += 1) {
      sum += logarithms[numbers.below(logarithms.length)] ?? 0;
    }
    return sum / logarithms.length;
  }).toSorted();
  return {
    low: Math.exp(percentile(means, 0.025)),
    high: Math.exp(percentile(means, 0.975)),
  };
}
