import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../worker/bin.ts", import.meta.url));

/** One life of a worker process, from its start to its kill. */
export class WorkerLife {
  readonly #child: ChildProcess;
  #log = "";
  readonly #exited: Promise<unknown>;

  constructor(flags: readonly string[]) {
    this.#child = spawn(process.execPath, [entry, "start", ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exited = once(this.#child, "exit");
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#log = (this.#log + chunk).slice(-50_000);
    });
  }

  /** Of the process; 0 where it never began. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it logged, the end of it. */
  get log(): string {
    return this.#log;
  }

  /** Resolves with its address when it listens; rejects with its log where it ends before. */
  async listening(): Promise<string> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no standard output");
    for await (const line of createInterface({ input: stdout })) {
      const url = /^listening on (\S+)$/u.exec(line)?.[1];
      if (url === undefined) continue;
      stdout.resume();
      return url;
    }
    await this.#exited;
    throw new Error(`the worker ended before it listened:\n${this.#log}`);
  }

  /** As a power cut of the process: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Ask it to stop, and do not wait. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }
}
