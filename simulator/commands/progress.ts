import { Presets, SingleBar } from "cli-progress";

/** Tells how far a run is: a bar on a terminal, plain lines elsewhere. */
export interface Progress {
  readonly show: (done: number) => void;
  readonly stop: () => void;
}

/** On standard error, so that standard output stays what was asked for. */
export function progressOf(replications: number, silent: boolean): Progress {
  if (silent) return { show: () => undefined, stop: () => undefined };
  if (!process.stderr.isTTY) {
    return {
      show: (done) => process.stderr.write(`replication ${done} of ${replications}\n`),
      stop: () => undefined,
    };
  }
  const bar = new SingleBar(
    { format: "{bar} {value}/{total} replications, {eta_formatted} left", stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(replications, 0);
  return { show: (done) => bar.update(done), stop: () => bar.stop() };
}
