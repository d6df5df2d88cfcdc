import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { endWithUs } from "../../ended-with-us.ts";

/** A database of a peer, on a port of 127.0.0.1. */
export interface Database extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** Start a server and wait for the line that says it can be used; it is ended by `endsBy`. */
export async function startDatabase(
  program: string,
  argv: readonly string[],
  options: SpawnOptions & { readonly ready: RegExp; readonly endsBy: NodeJS.Signals },
): Promise<Omit<Database, "port">> {
  const { ready, endsBy, ...spawning } = options;
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
    pid,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill(endsBy);
      await exited;
    },
  };
}
