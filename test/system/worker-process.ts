import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { root } from "../repository.ts";

/** A folder that goes when the test is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nightdesk-system-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `nightdesk start` in a process of its own, killed at the latest when the test is done. */
export class WorkerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  readonly #output: Output;

  private constructor(child: ChildProcess, url: string, output: Output) {
    this.process = child;
    this.url = url;
    this.#output = output;
  }

  /** Resolves when it listens. */
  static async start(folder: string, ...args: readonly string[]): Promise<WorkerProcess> {
    const child = spawn(
      process.execPath,
      [
        join(root, "worker/bin.ts"),
        "start",
        "--port",
        "0",
        "--data",
        join(folder, "data"),
        ...args,
      ],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    const output: Output = { stdout: [], stderr: "", heard: Promise.withResolvers<void>() };
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      output.stdout.push(line);
      output.heard.resolve();
      output.heard = Promise.withResolvers<void>();
    });
    const ended = once(child, "exit");
    const first = await Promise.race([once(lines, "line"), ended]);
    const [, url] = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/u.exec(String(first[0])) ?? [];
    if (url === undefined) throw new Error(`it does not listen: ${String(first)} ${output.stderr}`);
    return new WorkerProcess(child, url, output);
  }

  /** The first so many lines on standard output that match, once they are there. */
  async printed(pattern: RegExp, count: number): Promise<readonly string[]> {
    for (;;) {
      const found = this.#output.stdout.filter((line) => pattern.test(line));
      if (found.length >= count) return found.slice(0, count);
      await this.#output.heard.promise;
    }
  }

  /** What it has printed on standard error so far. */
  get complaints(): string {
    return this.#output.stderr;
  }

  /** Ends it; answers its exit code, null where a signal ended it. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** One request with a JSON body. Rejects where there is no answer. */
  async call(method: string, path: string, body?: unknown): Promise<CallAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    const answer = text === "" ? {} : (JSON.parse(text) as CallAnswer["body"]);
    return { status: response.status, body: answer };
  }
}

interface Output {
  /** Lines. */
  readonly stdout: string[];
  stderr: string;
  /** Resolves at the next line. */
  heard: PromiseWithResolvers<void>;
}

export interface CallAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
