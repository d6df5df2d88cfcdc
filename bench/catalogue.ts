import { assignLatency } from "./assign-latency.ts";
import { assignThroughput } from "./assign-throughput.ts";
import { burstOpening } from "./burst-opening.ts";
import { codecRoundtrip } from "./codec-roundtrip.ts";
import type { Benchmark } from "./figures.ts";
import { httpMessages } from "./http/messages.ts";
import { journalAppend } from "./journal-append.ts";
import { memories } from "./memory.ts";
import { pushDeadEndpoint } from "./push-dead-endpoint.ts";
import { restartOneMillion } from "./restart-one-million.ts";
import { scalings } from "./scaling.ts";
import { selections } from "./selection.ts";
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
  codecRoundtrip,
  journalAppend,
  storeWrite,
  ...snapshots,
  ...httpMessages,
  restartOneMillion,
  timersLateness,
  pushDeadEndpoint,
];

export function benchmarkNamed(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
