import {
  agentsForServiceLevel,
  cobham,
  erlangA,
  erlangB,
  erlangC,
  fixedLimit,
  mg1MeanWait,
  mmn,
} from "../erlang.ts";

/** A number of the literature beside the one that `nightdesk/erlang` computes. */
export interface FormulaCheck {
  readonly name: string;
  /** As printed, with its digits. */
  readonly printed: string;
  readonly computed: number;
}

const a = erlangA(48, 1, 50, 0.5);
const limit = fixedLimit(10, 1, 10, 2);
const [first = Number.NaN, second = Number.NaN] = cobham([1.5, 2.5], 1, 5);
const goal = { share: 0.8, within: 20 };

export const formulaChecks: readonly FormulaCheck[] = [
  { name: "Erlang B(10, 5)", printed: "0.01838457034", computed: erlangB(10, 5) },
  { name: "Erlang B(30, 25)", printed: "0.05260317223", computed: erlangB(30, 25) },
  { name: "Erlang B(200, 200)", printed: "0.05435242284", computed: erlangB(200, 200) },
  {
    name: "Erlang C, 13 agents, 10.5 Erlang",
    printed: "0.3688456362",
    computed: erlangC(13, 10.5),
  },
  {
    name: "its mean wait, s",
    printed: "26.5569",
    computed: mmn(3.5 / 60, 1 / 180, 13).meanWait,
  },
  { name: "Erlang C, 50 agents, 48 Erlang", printed: "0.6944556112", computed: erlangC(50, 48) },
  { name: "its mean wait", printed: "0.3472278056", computed: mmn(48, 1, 50).meanWait },
  ...([10, 50, 100, 200, 500] as const).map((calls, index) => ({
    name: `agents for 80 % in 20 s, ${calls} calls of 180 s in half an hour`,
    printed: ["3", "8", "14", "24", "56"][index] ?? "",
    computed: agentsForServiceLevel(calls / 1800, 1 / 180, goal),
  })),
  { name: "Erlang A, P(W > 0)", printed: "0.4677740686", computed: a.probabilityOfWaiting },
  { name: "Erlang A, P(Ab)", printed: "0.03091224916", computed: a.abandonment },
  { name: "Erlang A, E[W]", printed: "0.06182449832", computed: a.meanWait },
  { name: "Erlang A, occupancy", printed: "0.9303242408", computed: a.occupancy },
  { name: "fixed limit, P(expire)", printed: "0.04055114574", computed: limit.abandonment },
  { name: "fixed limit, P(W > 0)", printed: "0.8515740605", computed: limit.probabilityOfWaiting },
  { name: "fixed limit, E[W]", printed: "0.8921252063", computed: limit.meanWait },
  {
    name: "fixed limit, E[W | assigned]",
    printed: "0.8453008320",
    computed: limit.meanWaitOfAnswered,
  },
  { name: "Cobham, first class", printed: "0.1583178726", computed: first },
  { name: "Cobham, second class", printed: "0.791589363", computed: second },
  { name: "the same without priorities", printed: "0.5541125541", computed: mmn(4, 1, 5).meanWait },
  ...([0, 1, 2, 4] as const).map((squaredCv) => ({
    name: `M/G/1 at 80 %, CV² = ${squaredCv}`,
    printed: String(2 * (1 + squaredCv)),
    computed: mg1MeanWait(0.8, 1, squaredCv),
  })),
];

/** Equal in every printed digit. */
export function agrees({ printed, computed }: FormulaCheck): boolean {
  const digits = printed.split(".")[1]?.length ?? 0;
  return Math.abs(computed - Number(printed)) <= 0.5000001 * 10 ** -digits;
}
