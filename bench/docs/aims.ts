import type { Figure } from "../figures.ts";
import type { QueueResults } from "../peers/queues/run.ts";
import { queueRates } from "./queue-tables.ts";
import { type AllResults, figuresOf } from "./results.ts";
import { shown, table } from "./table.ts";

/** A figure of ARCHITECTURE.md's table, and what was measured for it. */
interface Aim {
  readonly path: string;
  readonly aim: string;
  /** Undefined: not measured. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly reached: (value: number) => boolean;
}

const atLeast = (limit: number) => (value: number) => value >= limit;
const atMost = (limit: number) => (value: number) => value <= limit;

function aims(all: AllResults): Aim[] {
  const figures = figuresOf(all);
  const of = (name: string, metric: string) => find(figures, name, metric);
  return [
    {
      path: "engine by handle, nothing waiting",
      aim: "≥ 0.3 of a bare loop with the same tables",
      value: of("assign.interned", "of the bare loop"),
      unit: "",
      reached: atLeast(0.3),
    },
    {
      path: "engine by handle, 1 M waiting",
      aim: "≥ 0.3 of the bare loop with 1 M waiting",
      value: of("assign.interned-1m", "of the bare loop"),
      unit: "",
      reached: atLeast(0.3),
    },
    {
      path: "growth to 1 M waiting, beside the bare loop's own",
      aim: "≤ 1.3 ×",
      value: ratio(
        ratio(of("assign.interned", "throughput"), of("assign.interned-1m", "throughput")),
        ratio(of("assign.bare-loop", "throughput"), of("assign.bare-loop-1m", "throughput")),
      ),
      unit: "×",
      reached: atMost(1.3),
    },
    {
      path: "engine through string ids",
      aim: "≥ 0.5 M assignments/s",
      value: of("assign.string-ids", "throughput"),
      unit: "/s",
      reached: atLeast(500_000),
    },
    {
      path: "journal, 64 B commands",
      aim: "≥ 0.6 of a bare append and fdatasync",
      value: of("journal.append/bytes=64", "of a bare append"),
      unit: "",
      reached: atLeast(0.6),
    },
    {
      path: "journal, 256 B commands",
      aim: "≥ 0.6 of a bare append and fdatasync",
      value: of("journal.append/bytes=256", "of a bare append"),
      unit: "",
      reached: atLeast(0.6),
    },
    {
      path: "HTTP, one message a request",
      aim: "≤ 1.6 × the processor time of a route that stores nothing",
      value: of("http.one", "processor time/bare"),
      unit: "×",
      reached: atMost(1.6),
    },
    {
      path: "HTTP, NDJSON, store on",
      aim: "≥ 100,000 messages/s durable",
      value: of("http.ndjson", "throughput"),
      unit: "/s",
      reached: atLeast(100_000),
    },
    {
      path: "message → assigned in the event stream, half of saturation, p50",
      aim: "≤ 3 × one sync",
      value: of("http.assigned", "p50/sync"),
      unit: "×",
      reached: atMost(3),
    },
    {
      path: "message → assigned in the event stream, half of saturation, p99",
      aim: "≤ 10 × one sync",
      value: of("http.assigned", "p99/sync"),
      unit: "×",
      reached: atMost(10),
    },
    {
      path: "timer due → event leaves, 1 M armed, p99 beyond one sync",
      aim: "≤ 5 ms",
      value: of("timers.lateness", "p99 beyond one sync"),
      unit: "ms",
      reached: atMost(5),
    },
    {
      path: "p99 of answers while a snapshot of 1 M open is taken",
      aim: "≤ 2 × that before it",
      value: of("snapshot.beside/during", "p99/before"),
      unit: "×",
      reached: atMost(2),
    },
    {
      path: "a waiting conversation",
      aim: "≤ 256 B resident",
      value: of("memory.per-conversation", "rss"),
      unit: "B",
      reached: atMost(256),
    },
    {
      path: "a remembered id",
      aim: "≤ 64 B resident",
      value: of("memory.per-remembered-id", "rss"),
      unit: "B",
      reached: atMost(64),
    },
    {
      path: "collections of the young generation in 1 M commands by handle",
      aim: "0",
      value: of("memory.scavenges", "scavenges"),
      unit: "",
      reached: atMost(0),
    },
    {
      path: "spawn to `/readyz`, 1 M open, after a kill",
      aim: "≤ 5 s",
      value: find(figures, /^restart\.one-million\/.*\/killed$/u, "p50"),
      unit: "ms",
      reached: atMost(5_000),
    },
    {
      path: "NDJSON in, event stream out, beside BullMQ with appendonly always",
      aim: "≥ 10 ×",
      value: beside(all.queues),
      unit: "×",
      reached: atLeast(10),
    },
  ];
}

function find(
  figures: readonly Figure[],
  name: string | RegExp,
  metric: string,
): number | undefined {
  const is = (one: string) => (typeof name === "string" ? one === name : name.test(one));
  return figures.find((figure) => is(figure.name) && figure.metric === metric)?.value;
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function beside(queues: QueueResults | undefined): number | undefined {
  const rates = queueRates(queues);
  return ratio(rates.get("Nightdesk, one stream"), rates.get("BullMQ, appendonly always"));
}

/** What was aimed at, what was measured, and whether it was reached. */
export function aimsTable(all: AllResults): string {
  const rows = aims(all).map(({ path, aim, value, unit, reached }) => {
    if (value === undefined) return [path, aim, "—", "not measured"];
    return [path, aim, `${shown(value)} ${unit}`.trim(), reached(value) ? "yes" : "**no**"];
  });
  return table(["path", "aim", ">measured", "reached"], rows);
}
