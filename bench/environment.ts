import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What a figure must be read with. */
export interface Environment {
  /** Empty outside a checkout. */
  readonly commit: string;
  readonly node: string;
  readonly v8: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly at: string;
  /** Of the minute before; absent in results of before it was noted. */
  readonly loadAverage?: number;
}

export function environment(): Environment {
  return {
    commit: commit(),
    node: process.versions.node,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    at: new Date().toISOString(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return ""; // an unpacked archive has no history
  }
}
