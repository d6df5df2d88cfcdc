// `npm run faults`: fault simulation from the command line; what fails is shrunk and can be replayed.
import { parseArgs } from "node:util";
import { play, planOf, shrink } from "./simulation.ts";
import { playThreads } from "./threads.ts";
import type { Plan } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    steps: { type: "string", default: "200" },
    only: { type: "string" },
    seconds: { type: "string" },
    threads: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    [
      "npm run faults -- [--seed N] [--steps N] [--only 3,7,9] [--threads] [--seconds N] [--quiet]",
      "",
      "  npm run faults -- --seed 7              one run of 200 steps",
      "  npm run faults -- --seed 7 --only 3,7   the same, of which only these steps",
      "  npm run faults -- --seed 7 --threads    of seed 7 a shard's host and its threads alone",
      "  npm run faults -- --seconds 180         fresh seeds for three minutes",
    ].join("\n"),
  );
  process.exit(0);
}
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const stepCount = Number(values.steps);
const seconds = values.seconds === undefined ? 0 : Number(values.seconds);
const problems = [
  ...(Number.isSafeInteger(first) && first >= 0 ? [] : ["--seed takes a whole number from 0"]),
  ...(Number.isSafeInteger(stepCount) && stepCount > 0
    ? []
    : ["--steps takes a whole number from 1"]),
  ...(seconds >= 0 ? [] : ["--seconds takes a number from 0"]),
];
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(64);
}
console.log(`seed ${first}`);

const endsAt = performance.now() + seconds * 1000;
const sum = {
  runs: 0,
  commands: 0,
  events: 0,
  starts: 0,
  pushed: 0,
  asked: 0,
  posted: 0,
  deaths: 0,
};
let seed = first;
do {
  const whole = planOf(seed, stepCount);
  const plan =
    values.only === undefined ? whole : { seed, steps: values.only.split(",").map(Number) };
  const failure = values.threads ? undefined : await failureOf(plan);
  if (failure !== undefined) {
    await report(plan, failure);
    break;
  }
  const threadFailure = values.only === undefined ? await failureOfThreads(seed) : undefined;
  if (threadFailure !== undefined) {
    process.exitCode = 1;
    console.log(`seed ${seed} fails among threads: ${said(threadFailure)}`);
    console.log(`npm run faults -- --seed ${seed} --steps ${stepCount} --threads`);
    break;
  }
  seed += 1;
} while (performance.now() < endsAt);
console.log(JSON.stringify(sum));

async function failureOf(plan: Plan): Promise<unknown> {
  try {
    const { commands, events, starts, pushed, asked } = await play(plan);
    sum.runs += 1;
    sum.commands += commands;
    sum.events += events;
    sum.starts += starts;
    sum.pushed += pushed;
    sum.asked += asked;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A quarter of the steps: many things happen in each. */
async function failureOfThreads(of: number): Promise<unknown> {
  try {
    const { sent, deaths } = await playThreads(of, Math.ceil(stepCount / 4));
    sum.posted += sent;
    sum.deaths += deaths;
    return undefined;
  } catch (error) {
    return error;
  }
}

async function report(plan: Plan, failure: unknown): Promise<void> {
  process.exitCode = 1;
  console.log(`seed ${plan.seed} fails: ${said(failure)}`);
  if (values.quiet || values.only !== undefined) {
    if (values.only !== undefined && failure instanceof Error) console.log(failure.stack);
    return;
  }
  const shortest = await shrink(plan, async (shorter) => (await failureOf(shorter)) !== undefined);
  console.log(
    `${shortest.steps.length} of ${plan.steps.length} steps suffice: ${said(await failureOf(shortest))}`,
  );
  console.log(`npm run faults -- --seed ${plan.seed} --only ${shortest.steps.join(",")}`);
}

function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 600)}` : String(error);
}
