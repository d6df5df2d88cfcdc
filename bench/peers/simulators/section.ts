import type { Environment } from "../../environment.ts";

/** What `npm run bench:peers -- simulators` keeps. */
export interface SimulatorResults {
  readonly environment: Environment;
  readonly observations: readonly {
    readonly name: string;
    /** One entry a round. */
    readonly eventsPerSecond: readonly number[];
    readonly meanWait: number;
  }[];
  /** Bytes in use after each month of a simulated year. */
  readonly heap: readonly number[];
}

/** The section "Simulators" of docs/benchmarks.md. */
export function simulatorsSection({ environment, observations, heap }: SimulatorResults): string {
  const own = median(observations[0]?.eventsPerSecond ?? []);
  const rows = observations.map(({ name, eventsPerSecond, meanWait }) => {
    const rate = median(eventsPerSecond);
    const rounds = eventsPerSecond.map((value) => Math.round(value / 1000)).join(", ");
    return `| ${name} | ${Math.round(rate).toLocaleString("en")} | ${rounds} | ${(own / rate).toFixed(2)} | ${meanWait.toFixed(3)} |`;
  });
  const [month2 = Number.NaN, month12 = Number.NaN] = [heap[1], heap[11]];
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return `## Simulators

M/M/c with 48 arrivals and 50 agents of rate 1, two events a customer. Nightdesk's events go through the
whole router, with its rules, timers, digests and log; the others have a counter of free servers. Fresh processes in turn,
processor time of the process while it simulates, the median of the rounds. Exact mean wait 0.347.

| simulator | events/s | rounds, thousands | Nightdesk ÷ it | mean wait |
|---|--:|---|--:|--:|
${rows.join("\n")}

Heap in use over a simulated year of 2,000 messages a day from 1,000 customers (the log of messages, typed arrays, is outside the heap): ${mebibytes(month2)} MiB after month 2, ${mebibytes(month12)} MiB after
month 12, ratio ${(month12 / month2).toFixed(2)} (wanted: at most 1.10).

${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, commit ${environment.commit.slice(0, 12)}, ${environment.at.slice(0, 10)}; \`npm run bench:peers -- simulators\`.
`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
