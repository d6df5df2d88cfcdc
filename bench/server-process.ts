import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endWithUs } from "./ended-with-us.ts";
import { processorSecondsOf } from "./processor-time.ts";

const listening = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/u;

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Processor time of all its threads so far. */
  readonly processorSeconds: () => number;
  /** As a power cut would. */
  readonly kill: () => Promise<void>;
}

/** Start a script that says `listening on URL`; disposing of it ends it as an operator would. */
export async function startServer(
  script: URL,
  argv: readonly string[] = [],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-10_000);
  });
  const { pid } = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = listening.exec(line) ?? [];
    if (url === undefined || pid === undefined) continue;
    child.stdout.resume();
    return {
      url,
      pid,
      processorSeconds: () => processorSecondsOf(pid),
      kill: () => end(child, "SIGKILL"),
      [Symbol.asyncDispose]: () => end(child, "SIGTERM"),
    };
  }
  throw new Error(`${script.pathname} did not start:\n${log}`);
}

/** `nightdesk start` with these flags. */
export function startWorkerProcess(flags: readonly string[]): Promise<ServerProcess> {
  const argv = ["start", "--port=0", "--log-level=error", ...flags];
  return startServer(new URL("../worker/bin.ts", import.meta.url), argv);
}

/** Run a client's script to its end; answers what it wrote as JSON. */
export async function runClient(script: URL, argv: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child);
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${script.pathname} ended with ${String(code)}`);
  return JSON.parse(answer);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
