import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { KeyedRandom } from "../keyed-random.ts";
import { messageId } from "../messages-csv.ts";
import { nameOfPerson, Population } from "../population.ts";
import { loadScenario } from "../scenario/scenario.ts";
import { textForms } from "../scenario/text-forms.ts";
import { channelArrivals } from "../traffic.ts";
import { buildWorld, type World } from "../world.ts";
import { exitCodes, finish } from "./exit.ts";
import { numberProblems, wholeNumberProblem } from "./numbers.ts";
import { printProblems } from "./problems.ts";

interface TrafficArguments {
  readonly file: string;
  readonly ndjson: boolean;
  readonly seed: number | undefined;
  readonly replication: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly count: number | undefined;
  readonly out: string | undefined;
}

export const trafficCommand: CommandModule<object, TrafficArguments> = {
  command: "traffic <file>",
  describe: "Write the messages that a scenario's customers send",
  builder: (yargs: Argv): Argv<TrafficArguments> =>
    yargs
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "Scenario (YAML or JSON)",
      })
      .option("ndjson", {
        type: "boolean",
        default: true,
        describe: "One message a line, as POST /messages takes them",
      })
      .option("seed", { type: "number", describe: "Instead of the scenario's seed" })
      .option("replication", { type: "number", default: 1, describe: "Which of the replications" })
      .option("from", { type: "string", describe: "Only from this local time on" })
      .option("to", { type: "string", describe: "Only before this local time" })
      .option("count", { type: "number", describe: "At most so many" })
      .option("out", { type: "string", describe: "File instead of standard output" })
      .example("$0 traffic night.yaml --ndjson --seed 1", "The customers of replication 1")
      .example(
        "$0 traffic plan.yaml --from 2026-03-02T18:00 --to 2026-03-03T09:00 --count 10000",
        "One night's messages, at most 10,000",
      ),
  handler: writeTraffic,
};

async function writeTraffic(given: TrafficArguments): Promise<void> {
  const loaded = loadScenario(given.file);
  const others = flagProblems(given);
  if ("problems" in loaded || others.length > 0) {
    printProblems("problems" in loaded ? loaded.problems : [], others);
    finish(exitCodes.badInput);
    return;
  }
  const { scenario } = loaded;
  const world = buildWorld(scenario);
  const seed = given.seed ?? scenario.settings.run.seed;
  const out = given.out === undefined ? process.stdout : createWriteStream(given.out);
  let written = 0;
  for (const line of trafficLines(world, seed, given)) {
    if (written === given.count) break;
    written += 1;
    if (!out.write(line)) await once(out, "drain");
  }
  if (out !== process.stdout) {
    out.end();
    await once(out, "finish");
  }
}

function flagProblems(given: TrafficArguments): readonly string[] {
  const { seed, replication, count, from, to } = given;
  const times = [
    ["from", from],
    ["to", to],
  ] as const;
  const problems = times.flatMap(([name, text]) => {
    const wrong = text === undefined ? undefined : textForms["local-date-time"](text);
    return wrong === undefined ? [] : [`--${name}: ${wrong} (${JSON.stringify(text)})`];
  });
  const isEmpty =
    problems.length === 0 &&
    from !== undefined &&
    to !== undefined &&
    Temporal.PlainDateTime.compare(from, to) >= 0;
  return [
    ...numberProblems({ seed, replications: undefined, threads: 0 }),
    ...wholeNumberProblem("replication", replication, 1, 100_000),
    ...wholeNumberProblem("count", count, 0, Number.MAX_SAFE_INTEGER),
    ...problems,
    ...(isEmpty ? [`--to must be after --from, not ${to}`] : []),
  ];
}

/** The messages in order of time, as lines of NDJSON. */
function* trafficLines(
  world: World,
  seed: number,
  { replication, from, to }: TrafficArguments,
): Generator<string> {
  const local = (text: string): number =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(world.traffic.timeZone).epochMilliseconds;
  const begin = from === undefined ? world.countFrom : local(from);
  const end = to === undefined ? world.countTo : local(to);
  for (const arrival of arrivalsInOrder(world, seed, replication)) {
    if (arrival.at >= end) return;
    if (arrival.at < begin) continue;
    const { channel, index, customer, at } = arrival;
    const { id, settings } = channel;
    yield `${JSON.stringify({
      id: messageId(id, index),
      channel: id,
      customer,
      customerId: customer,
      ...(settings.kind === "email" ? { subject: `Question ${index}` } : {}),
      text: `Message ${index} on ${id}`,
      sentAt: new Date(at).toISOString(),
    })}\n`;
  }
}

interface Arrival {
  readonly channel: World["channels"][number];
  readonly index: number;
  readonly customer: string;
  readonly at: number;
}

function* arrivalsInOrder(world: World, seed: number, replication: number): Generator<Arrival> {
  const random = new KeyedRandom(seed, replication);
  const times = world.channels.map(({ sources }) =>
    channelArrivals(world.traffic, sources, random, seed, replication),
  );
  const population = new Population(
    world.channels.map(({ id, key, traffic, laws, returnFrom }, channel) => ({
      id,
      key,
      at: times[channel] ?? new Float64Array(),
      population: traffic?.customers.population ?? 0,
      returnProbability: traffic?.customers.returnProbability ?? 0,
      returnAfter: laws.returnAfter,
      returnFrom,
    })),
    random,
  );
  const next = world.channels.map(() => 0);
  for (;;) {
    let soonest = -1;
    let soonestAt = Number.POSITIVE_INFINITY;
    for (const [channel, index] of next.entries()) {
      const at = times[channel]?.[index] ?? Number.POSITIVE_INFINITY;
      if (at < soonestAt) {
        soonest = channel;
        soonestAt = at;
      }
    }
    const channel = world.channels[soonest];
    const index = next[soonest];
    if (channel === undefined || index === undefined) return;
    next[soonest] = index + 1;
    const customer = nameOfPerson(world.channels, population.identify(soonest, index));
    yield { channel, index, customer, at: soonestAt };
  }
}
