import { assignLatency } from "./assign-latency.ts";
import { assignThroughput } from "./assign-throughput.ts";
import { burstOpening } from "./burst-opening.ts";
import { codecRoundtrip } from "./codec-roundtrip.ts";
import type { Benchmark } from "./figures.ts";
import { assignedOverHttp } from "./http/assigned.ts";
import { httpMessages } from "./http/messages.ts";
import { journalAppend } from "./journal-append.ts";
import { memories } from "./memory.ts";
import { pushDeadEndpoint } from "./push-dead-endpoint.ts";
import { restartOneMillion } from "./restart-one-million.ts";
import { scalings } from "./scaling.ts";
import { scavenges } from "./scavenges.ts";
import { selections } from "./selection.ts";
import { snapshotBeside } from "./snapshot-beside.ts";
import { snapshots } from "./snapshot.ts";
import { storeWrite } from "./store-write.ts";
import { timersArmCancel } from "./timers-arm-cancel.ts";
import { timersLateness } from "./timers-lateness.ts";
import { worstInstants } from "./worst-instants.ts";
import { worstMatching } from "./worst-matching.ts";

/** Everything that can be measured, in the order in which it is. */
export const benchmarks: readonly Benchmark[] = [
  ...assignThroughput,
  assignLatency,
  timersArmCancel,
  ...selections,
  ...scalings,
  burstOpening,
  ...worstMatching,
  ...worstInstants,
  ...memories,
  scavenges,
  codecRoundtrip,
  journalAppend,
  storeWrite,
  ...snapshots,
  snapshotBeside,
  ...httpMessages,
  assignedOverHttp,
  restartOneMillion,
  timersLateness,
  pushDeadEndpoint,
];

export function benchmarkNamed(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}

/**
 * What CI compares with the parent commit: the engine's ways that everything goes through, in little
 * over a minute. What waits for servers or disks says nothing at smoke size.
 */
export const smokeCompared: readonly string[] = [
  "assign.string-ids",
  "assign.latency",
  "timers.arm-cancel",
  "selection.longest-idle",
  "selection.best-level",
  "worst.unroutable-ahead",
  "worst.many-queues",
  "worst.due-in-one-tick",
  "codec.roundtrip",
  "snapshot.restore",
];
