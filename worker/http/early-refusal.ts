import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { requestAt } from "./request-framing.ts";

/** What a connection has to do with the rest. */
export interface Refusing {
  /** Whether a write that comes now is refused. */
  readonly isFull: () => boolean;
  /** The answer to it, from the status line on. */
  readonly answer: Buffer;
  /** So many were refused. */
  readonly note: (count: number) => void;
}

/**
 * Stands between a connection and Node's parser, and refuses writes by their bytes: many at once, for
 * a small part of what it costs to parse one and answer it. All else goes on to the parser untouched.
 *
 * Answers stay in the order of the requests: what is refused behind a request that is not answered yet
 * is owed until that one is.
 */
export class EarlyRefusal {
  readonly #socket: Socket;
  readonly #refusing: Refusing;
  readonly #parse: (chunk: Buffer) => void;
  /** The last request that went to the parser, and how it stands with its answer. */
  #request: IncomingMessage | undefined;
  #turn: Turn = { isOver: true, owed: 0 };

  /** @returns undefined where somebody else reads the connection */
  static of(socket: Socket, refusing: Refusing): EarlyRefusal | undefined {
    const [parse, another] = socket.listeners("data") as ((chunk: Buffer) => void)[];
    if (parse === undefined || another !== undefined) return undefined;
    return new EarlyRefusal(socket, refusing, parse);
  }

  private constructor(socket: Socket, refusing: Refusing, parse: (chunk: Buffer) => void) {
    this.#socket = socket;
    this.#refusing = refusing;
    this.#parse = parse;
    socket.removeListener("data", parse);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** A request of this connection goes through the parser. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const turn: Turn = { isOver: false, owed: 0 };
    this.#request = request;
    this.#turn = turn;
    // Before Node gives the connection to the next answer.
    response.prependOnceListener("finish", () => {
      turn.isOver = true;
      this.#write(turn.owed);
    });
  }

  #read(chunk: Buffer): void {
    const rest = this.#refuse(chunk);
    if (rest < chunk.length) this.#parse(rest === 0 ? chunk : chunk.subarray(rest));
  }

  /** Answers where that begins which is not refused. */
  #refuse(chunk: Buffer): number {
    const { isFull, note } = this.#refusing;
    let rest = 0;
    if (!isFull() || this.#request?.complete === false) return rest;
    let count = 0;
    while (rest < chunk.length) {
      const found = requestAt(chunk, rest);
      if (found === undefined || !found.isWrite) break;
      count += 1;
      rest = found.end;
    }
    if (count === 0) return rest;
    note(count);
    if (this.#turn.isOver) this.#write(count);
    else this.#turn.owed += count;
    return rest;
  }

  #write(count: number): void {
    if (count === 0 || !this.#socket.writable) return;
    const { answer } = this.#refusing;
    this.#socket.write(
      count === 1 ? answer : Buffer.concat(Array.from({ length: count }, () => answer)),
    );
    // Whoever does not read what they are told may not fill the memory with it.
    if (this.#socket.writableLength > unreadBytesMax) this.#socket.destroy();
  }
}

interface Turn {
  isOver: boolean;
  /** Refusals that come behind it. */
  owed: number;
}

const unreadBytesMax = 262_144;
