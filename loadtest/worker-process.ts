import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../worker/bin.ts", import.meta.url));
const listening = /^listening on (http:\/\/127\.0\.0\.1:(\d+))$/u;

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly url: string;
  readonly port: number;
  /** As a power cut would: nothing is said, nothing is finished. */
  readonly kill: () => Promise<void>;
  /** As an operator would; resolves with the exit code. */
  readonly stop: () => Promise<number>;
}

/**
 * Start `nightdesk start` with these flags and wait until it listens. Its log goes to this
 * process's standard error only if it fails to start.
 */
export async function startWorker(flags: readonly string[]): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [entry, "start", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (chunk: string) => {
    log = (log + chunk).slice(-20_000);
  });
  const { url, port } = await firstLine(child, () => log);
  return {
    url,
    port,
    kill: () => end(child, "SIGKILL").then(() => undefined),
    stop: () => end(child, "SIGTERM"),
  };
}

async function firstLine(
  child: ChildProcess,
  log: () => string,
): Promise<{ readonly url: string; readonly port: number }> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the worker has no standard output");
  for await (const line of createInterface({ input: stdout })) {
    const [, url, port] = listening.exec(line) ?? [];
    if (url === undefined || port === undefined) continue;
    stdout.resume(); // the curl lines that follow are for people
    return { url, port: Number(port) };
  }
  throw new Error(`the worker did not start:\n${log()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  return child.exitCode ?? 128;
}
