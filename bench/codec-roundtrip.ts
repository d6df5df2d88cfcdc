import { decodeCommand, encodeCommand } from "../core/codec.ts";
import { hash64, type Command } from "../core/index.ts";
import { startAt, tenant } from "./engine-desk.ts";
import { median, type Benchmark, type Figure } from "./figures.ts";
import { processorSeconds } from "./sampling.ts";

/**
 * Goal: commands a second into the journal's bytes and back, beside JSON of the same commands in
 * alternating rounds.
 *
 * Non-goal: the journal itself (`journal.append`).
 */
export const codecRoundtrip: Benchmark = {
  name: "codec.roundtrip",
  goal: "messages encoded and decoded a second, by the length of their content, beside JSON",
  nonGoal: "appending them, see journal.append",
  run: ({ smoke }) =>
    Promise.resolve([64, 256].flatMap((contentBytes) => measure(contentBytes, smoke))),
};

const rounds = 5;

function measure(contentBytes: number, smoke: boolean): Figure[] {
  const commands = messages(smoke ? 200 : 2_000, contentBytes);
  const repeats = smoke ? 5 : 50;
  const again = (each: (command: Command) => unknown) => () => {
    for (let repeat = 0; repeat < repeats; repeat += 1) for (const one of commands) each(one);
  };
  const own = again((command) => decodeCommand(encodeCommand(command)));
  const json = again((command) => JSON.parse(JSON.stringify(command)));
  own();
  json();
  const count = repeats * commands.length;
  const ownRates: number[] = [];
  const jsonRates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ownRates.push(count / processorSeconds(own));
    jsonRates.push(count / processorSeconds(json));
  }
  const all = Buffer.concat(commands.map(encodeCommand));
  const common = {
    name: `codec.roundtrip/content=${contentBytes}`,
    samples: rounds,
    resultHash: hash64(all),
  };
  const value = median(ownRates);
  return [
    { ...common, metric: "throughput", unit: "commands/s", value },
    { ...common, metric: "of JSON", unit: "ratio", value: value / median(jsonRates) },
    { ...common, metric: "encoded", unit: "B", value: all.length / commands.length },
  ];
}

/** Messages of customers with content of so many bytes. */
export function messages(count: number, contentBytes: number): Command[] {
  return Array.from({ length: count }, (_, index) => ({
    type: "receiveMessage",
    at: startAt + index,
    tenant,
    id: `wamid.${index}`,
    channel: "web",
    customer: `+49151${String(index).padStart(8, "0")}`,
    content: "x".repeat(contentBytes),
  }));
}
