import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { endWithUs } from "../../ended-with-us.ts";

/** A database of a peer, on a port of 127.0.0.1. */
export interface Database extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

interface DatabaseOptions extends SpawnOptions {
  readonly port: number;
  /** Goes with the server. */
  readonly folder: string;
  /** The line that says that it can be used. */
  readonly ready: RegExp;
  readonly endsBy: NodeJS.Signals;
}

/** Start a server and wait until it can be used. */
export async function startDatabase(
  program: string,
  argv: readonly string[],
  options: DatabaseOptions,
): Promise<Database> {
  const { port, folder, ready, endsBy, ...spawning } = options;
  const child: ChildProcess = spawn(program, argv, {
    ...spawning,
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithUs(child);
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null) throw new Error(`${program} has no output`);
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [stdout, stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      said.push(line);
      if (ready.test(line)) resolve();
    });
  }
  child.once("error", reject);
  child.once("exit", () => reject(new Error(`${program} did not start:\n${said.join("\n")}`)));
  await promise;
  if (pid === undefined) throw new Error(`${program} has no process`);
  return {
    port,
    pid,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill(endsBy);
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
