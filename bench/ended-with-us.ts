import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

const children = new Set<ChildProcess>();

/** No process of ours outlives this one, however it ends: by itself, in an error, or by a signal. */
export function endWithUs(child: ChildProcess): void {
  listen();
  children.add(child);
  child.once("exit", () => children.delete(child));
}

let isListening = false;

function listen(): void {
  if (isListening) return;
  isListening = true;
  process.once("exit", () => {
    for (const child of children) child.kill("SIGKILL");
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
