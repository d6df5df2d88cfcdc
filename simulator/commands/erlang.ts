import type { Argv, CommandModule } from "yargs";
import { erlangA, fixedLimit, mmn } from "../erlang.ts";
import { percent } from "../figures.ts";
import { alignedTable } from "../terminal-table.ts";
import { exitCodes, finish } from "./exit.ts";
import { printProblems } from "./problems.ts";

interface ErlangArguments {
  readonly perHour: number;
  readonly handleSeconds: number;
  readonly withinSeconds: number;
  readonly share: number;
  readonly patienceSeconds: number | undefined;
  readonly limitSeconds: number | undefined;
  readonly json: boolean;
}

/** The same as yargs names them. */
interface ErlangFlags {
  readonly "per-hour": number;
  readonly "handle-seconds": number;
  readonly "within-seconds": number;
  readonly share: number;
  readonly "patience-seconds": number | undefined;
  readonly "limit-seconds": number | undefined;
  readonly json: boolean;
}

export const erlangCommand: CommandModule<object, ErlangFlags> = {
  command: "erlang",
  describe: "Print a staffing table from queueing theory",
  builder: (yargs: Argv): Argv<ErlangFlags> =>
    yargs
      .option("per-hour", { type: "number", demandOption: true, describe: "Arrivals an hour" })
      .option("handle-seconds", {
        type: "number",
        demandOption: true,
        describe: "Mean handle time",
      })
      .option("within-seconds", { type: "number", default: 20, describe: "Service level: within" })
      .option("share", { type: "number", default: 0.8, describe: "Service level: share" })
      .option("patience-seconds", { type: "number", describe: "Mean patience: Erlang A" })
      .option("limit-seconds", { type: "number", describe: "Fixed limit: M/M/n+D" })
      .conflicts("patience-seconds", "limit-seconds")
      .option("json", { type: "boolean", default: false, describe: "Print JSON" })
      .example("$0 erlang --per-hour 200 --handle-seconds 180", "80 % in 20 s: Erlang C")
      .example(
        "$0 erlang --per-hour 60 --handle-seconds 600 --limit-seconds 1200",
        "How many messages pass a limit of 20 minutes",
      )
      .epilogue(
        "One conversation an agent, first come first served, always open: other settings need `sim run`.",
      ),
  handler: (flags) =>
    staffingTable({
      perHour: flags["per-hour"],
      handleSeconds: flags["handle-seconds"],
      withinSeconds: flags["within-seconds"],
      share: flags.share,
      patienceSeconds: flags["patience-seconds"],
      limitSeconds: flags["limit-seconds"],
      json: flags.json,
    }),
};

interface StaffingRow {
  readonly agents: number;
  readonly serviceLevel: number;
  readonly probabilityOfWaiting: number;
  readonly meanWaitSeconds: number;
  readonly lost: number;
  readonly occupancy: number;
}

function staffingTable(given: ErlangArguments): void {
  const problems = flagProblems(given);
  if (problems.length > 0) {
    printProblems([], problems);
    finish(exitCodes.badInput);
    return;
  }
  const load = offeredLoad(given);
  const needed = agentsNeeded(given, load);
  const endless = given.limitSeconds === undefined && given.patienceSeconds === undefined;
  const first = Math.max(1, needed - 10, Math.floor(load * (endless ? 1 : 0.8)));
  const rows: StaffingRow[] = [];
  for (let agents = Math.min(first, needed); agents <= needed + 10; agents += 1) {
    const row = staffed(given, agents);
    rows.push(row);
    if (isAmple(given, row)) break;
  }
  if (given.json) {
    process.stdout.write(`${JSON.stringify({ load, agents: needed, rows }, null, 2)}\n`);
    return;
  }
  const lost = given.limitSeconds === undefined ? "abandon" : "past the limit";
  const table = alignedTable([
    ["agents", `within ${given.withinSeconds} s`, "wait at all", "mean wait", lost, "occupancy"],
    ...rows.map((row) => [
      String(row.agents),
      percent(row.serviceLevel),
      percent(row.probabilityOfWaiting),
      Number.isFinite(row.meanWaitSeconds) ? `${row.meanWaitSeconds.toFixed(1)} s` : "∞",
      percent(row.lost),
      percent(row.occupancy),
    ]),
  ]);
  const found = `${needed} ${needed === 1 ? "agent answers" : "agents answer"}`;
  const goal = `${Number((given.share * 100).toPrecision(12))} % within ${given.withinSeconds} s`;
  process.stdout.write(
    `offered load ${load.toFixed(2)} Erlang; ${found} at least ${goal}\n\n${table}\n`,
  );
}

/** In Erlang. */
function offeredLoad(given: ErlangArguments): number {
  return (given.perHour / 3600) * given.handleSeconds;
}

/** The least agents who reach the goal: more agents never answer fewer in time. */
function agentsNeeded(given: ErlangArguments, load: number): number {
  const suffice = (agents: number): boolean => staffed(given, agents).serviceLevel >= given.share;
  let tooFew = 0;
  let enough = Math.max(1, Math.ceil(load));
  while (!suffice(enough)) {
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const between = Math.floor((tooFew + enough) / 2);
    if (suffice(between)) enough = between;
    else tooFew = between;
  }
  return enough;
}

/** In Erlang: more than any desk has, and an answer in about a second. */
const largestLoad = 100_000;

function flagProblems(given: ErlangArguments): readonly string[] {
  const above = (name: string, value: number | undefined) =>
    value === undefined || (value > 0 && Number.isFinite(value))
      ? []
      : [`--${name} must be above 0, not ${value}`];
  const { withinSeconds, share } = given;
  const load = offeredLoad(given);
  return [
    ...above("per-hour", given.perHour),
    ...above("handle-seconds", given.handleSeconds),
    ...above("patience-seconds", given.patienceSeconds),
    ...above("limit-seconds", given.limitSeconds),
    ...(withinSeconds >= 0 ? [] : [`--within-seconds must be at least 0, not ${withinSeconds}`]),
    ...(share > 0 && share < 1 ? [] : [`--share must be above 0 and below 1, not ${share}`]),
    ...(load > largestLoad
      ? [`--per-hour times --handle-seconds is ${load} Erlang, more than ${largestLoad}`]
      : []),
  ];
}

function staffed(given: ErlangArguments, agents: number): StaffingRow {
  const rate = given.perHour / 3600;
  const serviceRate = 1 / given.handleSeconds;
  if (given.patienceSeconds !== undefined) {
    const figures = erlangA(rate, serviceRate, agents, 1 / given.patienceSeconds);
    return {
      agents,
      serviceLevel: figures.answeredWithin(given.withinSeconds),
      probabilityOfWaiting: figures.probabilityOfWaiting,
      meanWaitSeconds: figures.meanWait,
      lost: figures.abandonment,
      occupancy: figures.occupancy,
    };
  }
  if (given.limitSeconds !== undefined) {
    const figures = fixedLimit(rate, serviceRate, agents, given.limitSeconds);
    return {
      agents,
      serviceLevel:
        given.withinSeconds < given.limitSeconds
          ? 1 - figures.waitAbove(given.withinSeconds)
          : 1 - figures.abandonment,
      probabilityOfWaiting: figures.probabilityOfWaiting,
      meanWaitSeconds: figures.meanWait,
      lost: figures.abandonment,
      occupancy: figures.occupancy,
    };
  }
  const figures = mmn(rate, serviceRate, agents);
  return {
    agents,
    serviceLevel: 1 - figures.waitAbove(given.withinSeconds),
    probabilityOfWaiting: figures.probabilityOfWaiting,
    meanWaitSeconds: figures.meanWait,
    lost: 0,
    occupancy: figures.occupancy,
  };
}

/** Some rows past the goal are enough to see what one agent more would bring. */
function isAmple(given: ErlangArguments, row: StaffingRow): boolean {
  return row.serviceLevel >= given.share && 1 - row.serviceLevel < (1 - given.share) / 4;
}
