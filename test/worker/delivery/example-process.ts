import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Happenings } from "./happenings.ts";

/** One of docs/examples, as a process of its own. */
export class ExampleProcess implements AsyncDisposable {
  /** What it printed, by line; standard error too. */
  readonly lines: string[] = [];
  readonly #happenings = new Happenings();
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown[]>;

  /** @param name file name without its ending */
  constructor(name: string, ...args: readonly string[]) {
    const file = fileURLToPath(new URL(`../../../docs/examples/${name}.ts`, import.meta.url));
    this.#child = spawn(process.execPath, [file, ...args]);
    this.#ended = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#read(stream);
  }

  /** The first line of which this is a part, as soon as it was printed. */
  async printed(part: string | RegExp): Promise<string> {
    const isIt = (line: string): boolean =>
      typeof part === "string" ? line.includes(part) : part.test(line);
    await this.#happenings.until(() => this.lines.some(isIt));
    return this.lines.find(isIt) ?? "";
  }

  /** The address it listens on. */
  async url(): Promise<string> {
    const line = await this.printed("listening on ");
    return `${line.replace("listening on ", "")}/`;
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    const [code] = (await this.#ended) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }

  #read(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#happenings.happened();
    });
  }
}
