import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of this folder as a process of its own, for those who run several of them together. */
export class Program implements AsyncDisposable {
  /** What it printed, by line; standard error too. */
  readonly lines: string[] = [];
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown[]>;
  #wakers: (() => void)[] = [];

  /** @param file from this folder */
  constructor(file: string, ...args: readonly string[]) {
    this.#name = file;
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args]);
    this.#ended = once(this.#child, "close");
    this.#ended.then(
      () => this.#wake(),
      () => this.#wake(),
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#read(stream);
  }

  /**
   * The first line of which this is a part, as soon as it was printed.
   *
   * @throws Error where the program ends without it
   */
  async printed(part: string): Promise<string> {
    await this.until(() => this.lines.some((line) => line.includes(part)), part);
    return this.lines.find((line) => line.includes(part)) ?? "";
  }

  /** Resolves when this holds, which is looked at whenever the program has printed something. */
  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`${this.#name} ended without ${what}:\n${this.lines.join("\n")}`);
      }
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wakers.push(() => resolve(undefined));
      await promise;
    }
  }

  /** The address it listens on. */
  async url(): Promise<string> {
    return (await this.printed("listening on ")).replace("listening on ", "");
  }

  /** A line on its standard input. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
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
      this.#wake();
    });
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
