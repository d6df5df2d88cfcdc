import { median } from "../figures.ts";
import type { QueueResults } from "../peers/queues/run.ts";
import { shown, table } from "./table.ts";

type Contestants = QueueResults["contestants"];

const survives = {
  always: "everything",
  moments: "all but the last moments",
  none: "nothing",
} as const;

/** Messages a second of the large burst, by those who ended it: the median of the rounds. */
export function queueRates(results: QueueResults | undefined): ReadonlyMap<string, number> {
  const contestants = results?.contestants ?? [];
  const rates = contestants.map(({ name, rounds }) => {
    return [name, phaseMedian(rounds, 1, "perSecond")] as const;
  });
  return new Map(rates.filter(([, rate]) => Number.isFinite(rate)));
}

/** Throughput of the burst, and how Nightdesk compares with each. */
export function queueBurstTable(results: QueueResults): string {
  const rates = queueRates(results);
  const ours = [...rates].filter(([name]) => isOurs(name));
  const rows = results.contestants.map(({ name, durability, rounds }) => {
    const rate = rates.get(name) ?? Number.NaN;
    const each = rounds.map((phases) => shown(phases[1]?.perSecond ?? Number.NaN)).join(", ");
    const ratios = ours.map(([, value]) => (isOurs(name) ? "" : `${shown(value / rate)} ×`));
    return [name, survives[durability], shown(rate), each, ...ratios];
  });
  const titles = ours.map(([name]) => `>${name} ÷ it`);
  return table(["system", "a crash leaves", ">messages/s", ">rounds", ...titles], rows);
}

/** Processor time of each message of the burst, and of what share of it is ours. */
export function queueProcessorTable({ contestants }: QueueResults): string {
  const own = contestants.filter(({ name }) => isOurs(name));
  const all = (rounds: Contestants[number]["rounds"]) =>
    phaseMedian(rounds, 1, "serverUs") + phaseMedian(rounds, 1, "clientsUs");
  const rows = contestants.map(({ name, rounds }) => {
    const cells = [phaseMedian(rounds, 1, "serverUs"), phaseMedian(rounds, 1, "clientsUs")];
    const ratios = own.map((one) =>
      isOurs(name) ? "" : `${shown(all(rounds) / all(one.rounds))} ×`,
    );
    return [name, ...[...cells, all(rounds)].map(shown), ...ratios];
  });
  const titles = own.map(({ name }) => `>it ÷ ${name}`);
  return table(["system", ">server µs", ">clients µs", ">together µs", ...titles], rows);
}

/** Latency by offered rate. */
export function queueLatencyTable(results: QueueResults): string {
  const paced = [...results.phases.entries()].filter(([, { rate }]) => rate > 0);
  const rows = paced.flatMap(([index, { rate }]) =>
    results.contestants.map(({ name, rounds }) => {
      const of = (key: "perSecond" | "p50" | "p99" | "p99.9" | "max") =>
        shown(phaseMedian(rounds, index, key));
      return [`${rate}/s`, name, of("perSecond"), of("p50"), of("p99"), of("p99.9"), of("max")];
    }),
  );
  return table(
    [">offered", "system", ">delivered/s", ">p50 ms", ">p99 ms", ">p99.9 ms", ">max ms"],
    rows,
  );
}

function isOurs(name: string): boolean {
  return name.startsWith("Nightdesk");
}

function phaseMedian(
  rounds: Contestants[number]["rounds"],
  phase: number,
  key: "perSecond" | "p50" | "p99" | "p99.9" | "max" | "serverUs" | "clientsUs",
): number {
  return median(rounds.map((phases) => phases[phase]?.[key] ?? Number.NaN));
}
